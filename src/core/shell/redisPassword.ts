import type { ShellNode, SimpleCommand, Span, Word } from './types.ts';
import { simpleCommandsOf } from './walk.ts';

/** A stretch of code and what to write instead. */
export interface Edit {
  readonly span: Span;
  readonly text: string;
}

/** Programs that hand their environment on to what they run. */
const HANDS_ON = new Set(['xargs', 'nohup', 'nice', 'timeout', 'stdbuf', 'setsid', 'exec', 'command']);

/**
 * The edits that take `-a password` off each `redis-cli` and give the password to its process in `REDISCLI_AUTH`
 * instead: on the command line every user of the machine could read it. Behind `sudo`, `docker exec` and the like, which
 * hand no environment on, the option stays; `classifyDanger` says so.
 */
export function passwordEdits(tree: ShellNode, code: string): readonly Edit[] {
  const edits: Edit[] = [];
  for (const command of simpleCommandsOf([tree])) edits.push(...editsOf(command, code));
  return edits;
}

function editsOf({ words }: SimpleCommand, code: string): readonly Edit[] {
  const index = words.findIndex(({ literal }) => /(?:^|\/)(?:redis|valkey)-cli$/.test(literal ?? ''));
  const first = words[0];
  if (first === undefined || index < 0) return [];
  const around = words.slice(0, index).map(({ literal }) => literal ?? '');
  if (around.length > 0 && !HANDS_ON.has(around[0] ?? '')) return [];
  const option = words.findIndex(({ literal }, at) => at > index && (literal === '-a' || literal === '--pass'));
  const password = words[option + 1];
  if (option < 0 || password === undefined || !isOption(words, index, option)) return [];
  const start = words[option]?.span.start ?? 0;
  const before = code.slice(0, start).search(/(?:[ \t]|\\\n)+$/);
  return [
    {
      span: { start: first.span.start, end: first.span.start },
      text: `REDISCLI_AUTH=${code.slice(password.span.start, password.span.end)} `,
    },
    { span: { start: before < 0 ? start : before, end: password.span.end }, text: '' },
  ];
}

const VALUED = new Set([
  '-h',
  '-p',
  '-s',
  '-u',
  '-n',
  '-r',
  '-i',
  '--user',
  '--cacert',
  '--cert',
  '--key',
  '--sni',
  '-t',
]);

/** Only what stands before the command to Redis is an option: in `redis-cli SET -a b` it is a key. */
function isOption(words: readonly Word[], program: number, option: number): boolean {
  for (let at = program + 1; at < option; at++) {
    const literal = words[at]?.literal;
    if (literal !== undefined && VALUED.has(literal)) at++;
    else if (literal === undefined || !literal.startsWith('-')) return false;
  }
  return true;
}
