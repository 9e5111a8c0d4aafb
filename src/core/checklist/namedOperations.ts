import type { Environment } from '../environment/environment.ts';
import type { FlagSettings } from '../flags/surroundings.ts';
import { literalPattern } from '../literalPattern.ts';
import type { Checklist, ChecklistNode, CommandBlock } from './model.ts';
import { nodesOf } from './walk.ts';

/** What a step tells a person to do and Cache Ops has an operation for: planned, confirmed, verified, recorded. */
export type NamedOperation =
  /** `value` where the step says which, as the flag's settings write it. */
  | { readonly kind: 'setFlag'; readonly flag: string; readonly value: string | undefined }
  | { readonly kind: 'flush' | 'backUp' | 'rollBack' };

export interface NamingNode {
  readonly node: ChecklistNode;
  readonly operations: readonly NamedOperation[];
}

type Settings = Environment['settings'];

/**
 * The nodes of a checklist that name an operation which their environment has, in the order of the document. Only what is
 * said plainly counts: a flag's name with a value, FLUSHDB, BGSAVE, “Back up Redis”. What a block says is not said again for
 * the item around it. `text` is the document.
 */
export function namedOperations(checklist: Checklist, text: string, settings: Settings): readonly NamingNode[] {
  const found = new Map<ChecklistNode, readonly NamedOperation[]>();
  const nodes = [...nodesOf(checklist.stages)];
  let rollbackEnd = 0;
  for (const node of nodes) {
    if (node.kind === 'block') found.set(node, inBlock(text.slice(node.code.start, node.code.end), node, settings));
    else if (node.kind === 'stage' && node.role === 'rollback' && node.range.start >= rollbackEnd) {
      rollbackEnd = node.range.end;
      found.set(node, [{ kind: 'rollBack' }]);
    }
  }
  for (const node of nodes) {
    if (node.kind !== 'item') continue;
    const below = new Set([...nodesOf(node.children)].flatMap((one) => found.get(one) ?? []).map(keyOf));
    found.set(
      node,
      inItem(node.text, settings).filter((one) => !below.has(keyOf(one))),
    );
  }
  return nodes.flatMap((node) => {
    const operations = found.get(node) ?? [];
    return operations.length === 0 ? [] : [{ node, operations }];
  });
}

function keyOf(one: NamedOperation): string {
  return one.kind === 'setFlag' ? `${one.kind} ${one.flag}` : one.kind;
}

/** What only looks, and what sets a variable of this shell. */
const looksOnly = /^\s*(?:export|echo|printf|cat|test|if|\[)\b|\bgrep\b/;
/** A comment that tells a person what to do. */
const told = /^\s*#\s*(?:\d+\.\s*)?((?:edit|set|add|change|comment|uncomment|disable|enable|turn)\b.*)$/i;

function inBlock(code: string, { language }: CommandBlock, settings: Settings): readonly NamedOperation[] {
  const lines = code
    .split('\n')
    .map((line) => told.exec(line)?.[1] ?? line.replace(/(?:^|\s)#.*$/, ''))
    .filter((line) => !looksOnly.test(line));
  const flags = Object.entries(settings.flags ?? {}).flatMap(([name, flag]): NamedOperation[] => {
    const named = lines.flatMap((line) => valuesIn(line, name, flag)).at(-1) ?? lineIn(code, flag);
    return named ? [{ kind: 'setFlag', flag: name, value: named.value }] : [];
  });
  const isShell = language !== 'python' && language !== 'sql';
  const says = (pattern: RegExp): boolean => isShell && lines.some((line) => pattern.test(line));
  return [
    ...flags,
    ...(hasCache(settings) && (says(flushes) || lines.some((line) => clears(line, settings)))
      ? [{ kind: 'flush' as const }]
      : []),
    ...(hasCache(settings) && says(saves) ? [{ kind: 'backUp' as const }] : []),
  ];
}

const flushes = /\bFLUSH(?:DB|ALL)\b|--scan\b.*\|.*\b(?:DEL|UNLINK)\b|\bKEYS\b.*\|.*\b(?:DEL|UNLINK)\b/i;
const saves = /\bredis-cli\b.*\b(?:BGSAVE|SAVE)\b|\bPOST\b.*\/snapshots\b|\/snapshots\b.*\bPOST\b/i;

/** The application's own endpoint, called as it wants to be. */
function clears(line: string, { application }: Settings): boolean {
  if (application?.clear === undefined || !/\bcurl\b/.test(line)) return false;
  return (
    line.includes(new URL(application.clear).pathname) && new RegExp(`\\b${application.clearMethod}\\b`).test(line)
  );
}

function inItem(text: string, settings: Settings): readonly NamedOperation[] {
  const lineFlags = Object.values(settings.flags ?? {}).filter(({ in: place }) => place?.line !== undefined);
  const flags = Object.entries(settings.flags ?? {}).flatMap(([name, flag]): NamedOperation[] => {
    const named =
      valuesIn(text, name, flag).at(-1) ?? verbOf(text, name, flag) ?? commentOf(text, flag, lineFlags.length);
    return named ? [{ kind: 'setFlag', flag: name, value: named.value }] : [];
  });
  const cached = /^(?:flush|clear|empty|purge|invalidate)\b.*\b(?:cache|redis|keys|entries|qdrant|namespace)\b/i;
  const kept =
    /^(?:back ?up|(?:take|create|make)\b.*\b(?:backup|snapshot))\b.*|^(?:backup|snapshot)\b.*\b(?:taken|made|created)\b/i;
  return [
    ...flags,
    ...(hasCache(settings) && cached.test(text) ? [{ kind: 'flush' as const }] : []),
    ...(hasCache(settings) && kept.test(text) && /\b(?:redis|qdrant|cache|keys|collection)\b/i.test(text)
      ? [{ kind: 'backUp' as const }]
      : []),
  ];
}

function hasCache({ redis, qdrant }: Settings): boolean {
  return redis !== undefined || qdrant !== undefined;
}

interface Named {
  readonly value: string | undefined;
}

/** `NAME=value`, `NAME value`, “NAME is off”, “set NAME to 0”. */
function valuesIn(line: string, name: string, flag: FlagSettings): readonly Named[] {
  if (!line.includes(name)) return [];
  const pattern = new RegExp(String.raw`${whole(name)}(\s*[=:]\s*|\s+(?:to|is)\s+|\s+)["'\`]?([^\s"'\`,;)/]+)`, 'g');
  return Array.from(line.matchAll(pattern), ([, between = '', word = '']) => {
    const value = valueOf(word, flag);
    return value === undefined && !between.includes('=') ? undefined : { value };
  }).filter((one) => one !== undefined);
}

/** A pattern for the name as a word of its own. */
function whole(name: string): string {
  return String.raw`(?<![\w.-])${literalPattern(name)}(?![\w-])`;
}

function valueOf(word: string, { on, off }: FlagSettings): string | undefined {
  const low = word.toLowerCase().replace(/\.$/, '');
  if (low === on.toLowerCase() || low === 'on' || low === 'enabled') return on;
  return low === off.toLowerCase() || low === 'off' || low === 'disabled' ? off : undefined;
}

/** “Disable NAME”, “turn NAME on”. */
function verbOf(text: string, name: string, { on, off }: FlagSettings): Named | undefined {
  if (!text.includes(name)) return undefined;
  const named = new RegExp(String.raw`^(disable|enable|turn off|turn on|switch off|switch on)\b.*${whole(name)}`, 'i');
  const verb = named.exec(text)?.[1];
  if (verb === undefined) return undefined;
  return { value: /^disable$|off$/i.test(verb) ? off : on };
}

/** “Comment out the middleware in settings.py”: by the file, or because there is no other line that could be meant. */
function commentOf(text: string, { in: place, on, off }: FlagSettings, lineFlags: number): Named | undefined {
  const verb = /^(?:un)?comment\b/i.exec(text)?.[0].toLowerCase();
  if (verb === undefined || place?.line === undefined) return undefined;
  const file = place.file?.split('/').at(-1) ?? '';
  if (lineFlags > 1 && !text.includes(file)) return undefined;
  return { value: verb === 'comment' ? off : on };
}

/** The line of source that is the flag, commented out or in. */
function lineIn(code: string, { in: place, on, off }: FlagSettings): Named | undefined {
  const wanted = place?.line?.trim();
  const line = wanted === undefined ? undefined : code.split('\n').find((one) => one.includes(wanted));
  if (line === undefined || wanted === undefined) return undefined;
  return { value: /^\s*(?:#|\/\/|--|;)/.test(line) ? off : on };
}
