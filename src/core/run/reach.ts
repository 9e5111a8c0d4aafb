import type { ShellNode, SimpleCommand, Word } from '../shell/types.ts';
import { simpleCommandsOf } from '../shell/walk.ts';

/**
 * Where a statement reaches, for the eyes of whoever confirms it: the server that `redis-cli` connects to, the host of an
 * address, the context of kubectl; everything else acts on this machine. A variable that is not known stays `$NAME`.
 */
export function placesReached(
  tree: ShellNode | undefined,
  variables: Readonly<Record<string, string>>,
): readonly string[] {
  const places = new Set<string>();
  for (const command of tree ? simpleCommandsOf([tree]) : []) {
    const words = command.words.map((word) => expand(word, variables));
    for (const place of placesOf(words, command)) places.add(place);
  }
  return places.size === 0 ? ['this machine'] : [...places];
}

function placesOf(words: readonly string[], command: SimpleCommand): readonly string[] {
  const at = words.findIndex((word) => /(^|\/)(redis-cli|valkey-cli|kubectl)$/.test(word));
  const program = words[at]?.replace(/^.*\//, '');
  if (program === 'kubectl') return [`Kubernetes context ${optionOf(words, ['--context']) ?? 'as kubectl has it now'}`];
  // Inside a container or a pod it is the container's own server that an address without a host means.
  if (program !== undefined) return [redisPlace(words.slice(at + 1), at > 0)];
  if (command.words.length === 0) return [];
  return words.flatMap((word) => /^[a-z][\w+.-]*:\/\/(?:[^/?#@]*@)?([^/?#]+)/i.exec(word)?.[1] ?? []);
}

function redisPlace(words: readonly string[], wrapped: boolean): string {
  const url = optionOf(words, ['-u']);
  const inUrl = url === undefined ? undefined : /^\w+:\/\/(?:[^/?#@]*@)?([^/?#]+)/.exec(url)?.[1];
  const socket = optionOf(words, ['-s']);
  const host = optionOf(words, ['-h', '--host']);
  const database = optionOf(words, ['-n']);
  const db = database === undefined ? '' : ` db ${database}`;
  if (inUrl !== undefined) return `Redis ${inUrl}${db}`;
  if (socket !== undefined) return `Redis ${socket}${db}`;
  if (host === undefined && wrapped) return `Redis inside the container${db}`;
  return `Redis ${host ?? '127.0.0.1'}:${optionOf(words, ['-p', '--port']) ?? '6379'}${db}${host === undefined ? ' (no host is given)' : ''}`;
}

function optionOf(words: readonly string[], names: readonly string[]): string | undefined {
  for (const [index, word] of words.entries()) {
    if (names.includes(word)) return words[index + 1];
    const name = names.find((one) => one.startsWith('--') && word.startsWith(`${one}=`));
    if (name !== undefined) return word.slice(name.length + 1);
  }
  return undefined;
}

function expand({ parts }: Word, variables: Readonly<Record<string, string>>): string {
  return parts
    .map((part) => {
      if (part.kind === 'text') return part.text;
      return part.kind === 'variable' ? (variables[part.name] ?? `$${part.name}`) : '…';
    })
    .join('');
}
