import { quote } from './quote.ts';
import type { StatementToRun, Stream } from './model.ts';

export interface ScriptRequest {
  /** Folder of the run: the script, its pipes and its statements. */
  readonly folder: string;
  readonly statements: readonly StatementToRun[];
  readonly stopOnFailure: boolean;
  /** Text of the state to restore, which comes on descriptor 3; undefined for none. It is not written into the script. */
  readonly state: string | undefined;
}

/** Whether something in the block may act on our own lines, or on where output goes. Most blocks are spared the care. */
interface Plan extends ScriptRequest {
  readonly needsCare: boolean;
}

export interface ComposedFile {
  readonly name: string;
  readonly text: string;
}

/** Names inside the folder of a run; statements are counted from 1. */
export const names = {
  script: 'block.sh',
  control: 'control',
  state: 'state',
  list: 'names',
  /** As long as it exists, the next statement may begin. */
  permit: 'go',
  statement: (number: number) => `${number}.sh`,
  pipe: (number: number, stream: Stream) => `${number}.${stream}`,
};

/**
 * The files of a block: the script that bash runs, and one per statement, which the script sources. A file each, so that
 * a syntax error stays in its statement, and bash's messages count lines from the statement's first.
 *
 * Each statement has a pipe of its own for either stream. Between two statements the script moves those of its
 * descriptors that are the old statement's pipes on to the new one's; what the user pointed elsewhere stays there, and
 * what a background process holds open stays with the statement that started it.
 */
export function composeScript(request: ScriptRequest): readonly ComposedFile[] {
  const plan = { ...request, needsCare: needsCare(request) };
  const statements = plan.statements.map(({ text }, index) => ({
    name: names.statement(index + 1),
    text: statementText(text, plan),
  }));
  return [{ name: names.script, text: mainText(plan) }, ...statements];
}

/** What can turn on flags or move descriptors, here or in a file that is read. */
const changesShell = /\b(?:set|exec|eval|source|trap)\b|(?:^|[\s;&|({])\.\s|__cacheOps_flags='[^']/m;

function needsCare({ statements, state = '' }: ScriptRequest): boolean {
  return changesShell.test(state) || statements.some(({ text }) => changesShell.test(text));
}

/**
 * With care, the end is noted inside the sourced file: there, `set -e` overlooks a failed `test && command` as it does in
 * any script; noted outside, the failed `.` would end the shell. A here-document that nobody closes would swallow the
 * note, so where there may be one it is left to the script. The empty line is for a text that ends with a backslash.
 */
function statementText(text: string, plan: Plan): string {
  const begin = '[[ -z $__cacheOps_differs ]] || { __cacheOps_go && :; } 2>/dev/null; ';
  return hasHereDocument(text) || !plan.needsCare ? `${begin}${text}\n` : `${begin}${text}\n\n${endLine}\n`;
}

function hasHereDocument(text: string): boolean {
  return text.includes('<<');
}

/** Without quotes, so that it cannot close what a statement left open. */
const endLine = '{ __cacheOps_end; } 2>/dev/null';

function mainText(plan: Plan): string {
  return [
    ...pipeLines(plan),
    'BASH_ARGV0=bash',
    "__cacheOps_code=0 __cacheOps_flags='' __cacheOps_done='' __cacheOps_running=''",
    ...functionsOf(plan),
    'trap \'{ __cacheOps_exit "$?" "$@"; } 2>/dev/null\' EXIT',
    '__cacheOps_snapshot baseline',
    ...(plan.state !== undefined ? restoreLines : []),
    // One compound command, so that bash has read all of it before the first statement can change anything.
    '{',
    ...plan.statements.flatMap(({ text }, index) => linesOf(plan, text, index + 1)),
    '}',
    '',
  ].join('\n');
}

/** What the script says on its first output when its pipes are made; it then waits until they are opened. */
export const readySign = '__cacheOps_ready';

/** Made here rather than beforehand: bash starts a program much faster than Node does. */
function pipeLines({ folder, statements }: ScriptRequest): readonly string[] {
  const numbers = statements.map((_, index) => index + 1);
  const pipes = numbers.flatMap((number) => [names.pipe(number, 'stdout'), names.pipe(number, 'stderr')]);
  const paths = [names.control, names.state, ...pipes].map((name) => quote(`${folder}/${name}`));
  return [`command -p mkfifo -m 600 ${paths.join(' ')} || exit`, `builtin printf '%s\\n' ${readySign}`];
}

/** Not `read`, which takes one byte at a time from a socket; and with the system's PATH, whatever the user's is. */
const restoreLines = [
  'eval "$(command -p cat <&3)\n__cacheOps_restored=1"',
  'exec 3<&-',
  '[[ -n ${__cacheOps_restored-} ]] || { __cacheOps_say stateLost; __cacheOps_done=1; exit 125; }',
];

function linesOf(plan: Plan, text: string, number: number): readonly string[] {
  const { folder, statements } = plan;
  const isLast = number === statements.length;
  const mayTrap = statements.slice(0, number).some((one) => /\btrap\b/.test(one.text));
  return [
    ...(number === 1 ? ['__cacheOps_first'] : []),
    `. ${quote(`${folder}/${names.statement(number)}`)}`,
    ...(plan.needsCare && (hasHereDocument(text) || mayTrap) ? [endLine] : []),
    // A trap of the user's may have taken the place of ours, which would save the state when a statement exits.
    ...(mayTrap && !isLast ? ['__cacheOps_snapshot state "$@"'] : []),
    `${isLast ? '__cacheOps_finish' : '__cacheOps_next'} ${number} "$?" "$@"`,
  ];
}

function functionsOf(plan: Plan): readonly string[] {
  const at = (name: string): string => quote(`${plan.folder}/${name}`);
  return [...bookkeeping(at), ...descriptors(plan, at), ...snapshot(at)];
}

type Place = (name: string) => string;

/**
 * `end` keeps the exit code and time, and turns off the flags that would act on our own lines (their traces would go to
 * the user's output). `go` turns them on again and gives the exit code back, as if nothing had come between; it is left
 * out where there is nothing to give back. What ended without saying so, by a syntax error or `return`, is ended with the
 * exit code that the script saw.
 */
const bookkeeping = (at: Place): readonly string[] => [
  `__cacheOps_say() { builtin printf '%s\\n' "$1" >${at(names.control)}; }`,
  '__cacheOps_begin() { __cacheOps_running=1 __cacheOps_differs=$__cacheOps_flags${__cacheOps_code#0}; }',
  '__cacheOps_go() {',
  '  [[ -z $__cacheOps_flags ]] || builtin set "-$__cacheOps_flags"',
  '  return "$__cacheOps_code"',
  '}',
  '__cacheOps_end() {',
  '  local __cacheOps_last=${1-$?}',
  '  [[ -n $__cacheOps_running ]] || return 0',
  '  __cacheOps_flags=${-//[!aevx]/}',
  '  builtin set +aevx',
  // Not always: it makes bash put together the environment of commands anew.
  '  [[ $__cacheOps_flags != *a* ]] || builtin export -n __cacheOps_flags',
  "  __cacheOps_running='' __cacheOps_code=$__cacheOps_last __cacheOps_ended=${EPOCHREALTIME-}",
  '}',
  '__cacheOps_finish() {',
  '  __cacheOps_end "$2"',
  '  __cacheOps_say "ended $1 $__cacheOps_code $__cacheOps_ended"',
  '  __cacheOps_say done',
  '  builtin shift 2',
  '  __cacheOps_snapshot state "$@"',
  '  __cacheOps_done=1',
  '  builtin exit "$__cacheOps_code"',
  '}',
  '__cacheOps_exit() {',
  '  [[ -z $__cacheOps_done ]] || return 0',
  '  __cacheOps_end "$1"',
  '  __cacheOps_say "exiting $__cacheOps_code $__cacheOps_ended"',
  '  builtin shift',
  '  __cacheOps_snapshot state "$@"',
  '}',
];

function descriptors(plan: Plan, at: Place): readonly string[] {
  const pipe = (number: string, stream: Stream): string => `${at('')}${number}.${stream}`;
  const stop = '[[ $__cacheOps_code == 0 ]] || __cacheOps_finish "$@"';
  return [
    '__cacheOps_first() {',
    `  exec 1>${pipe('1', 'stdout')} 2>${pipe('1', 'stderr')} || builtin exit 125`,
    '  __cacheOps_begin',
    '  __cacheOps_say "started 1 ${EPOCHREALTIME-}"',
    '}',
    '__cacheOps_next() {',
    '  [[ -z $__cacheOps_running ]] || __cacheOps_end "$2"',
    ...(plan.stopOnFailure ? [`  ${stop}`] : []),
    '  __cacheOps_to=$(($1 + 1))',
    `  [[ -e ${at(names.permit)} ]] || builtin exit 125`,
    ...moveOn(plan, pipe).map((line) => `  ${line}`),
    '  __cacheOps_begin',
    `  __cacheOps_say "ended $1 $__cacheOps_code $__cacheOps_ended"$'\\n'"started $__cacheOps_to \${EPOCHREALTIME-}"`,
    '}',
  ];
}

/** From the pipes of statement `$1` to those of the next; with care, only what still is one of the former. */
function moveOn(plan: Plan, pipe: (number: string, stream: Stream) => string): readonly string[] {
  const to = (fd: number, stream: Stream): string => `exec ${fd}>${pipe('"$__cacheOps_to"', stream)}`;
  if (!plan.needsCare) return [`${to(1, 'stdout')} 2>${pipe('"$__cacheOps_to"', 'stderr')} || builtin exit 125`];
  const usesExec = plan.statements.some(({ text }) => /\bexec\b/.test(text));
  const followed = usesExec ? [1, 2, 3, 4, 5, 6, 7, 8, 9] : [1, 2];
  const move = (fd: number, stream: Stream): string =>
    `if [[ /dev/fd/${fd} -ef ${pipe('"$1"', stream)} ]]; then ${to(fd, stream)} || builtin exit 125`;
  return followed.map((fd) => `${move(fd, 'stdout')}; el${move(fd, 'stderr')}; fi`);
}

/** Everything the next block must know, each record ended by NUL; names through a file, which takes no process. */
const snapshot = (at: Place): readonly string[] => [
  '__cacheOps_snapshot() {',
  '  local __cacheOps_name __cacheOps_names',
  '  {',
  String.raw`    builtin printf '%s\0flags\n%s\0' "$1" "$__cacheOps_flags"`,
  '    builtin shift',
  String.raw`    builtin printf 'arguments\n'; (( $# == 0 )) || builtin printf '%q ' "$@"`,
  String.raw`    builtin printf '\0options\n'; builtin set +o; builtin shopt -p; builtin umask -p`,
  String.raw`    builtin printf '\0directory\n'; builtin pwd`,
  ...['variable', 'function'].flatMap((kind) => [
    `    builtin compgen -A ${kind} >|${at(names.list)}`,
    `    IFS=$'\\n' builtin read -r -d '' -a __cacheOps_names <${at(names.list)}`,
    '    for __cacheOps_name in "${__cacheOps_names[@]}"; do',
    `      builtin printf '\\0${kind} %s\\n' "$__cacheOps_name"`,
    `      builtin declare ${kind === 'function' ? '-pf' : '-p'} "$__cacheOps_name"`,
    '    done',
  ]),
  String.raw`    builtin printf '\0end\0'`,
  `  } >${at(names.state)} 2>/dev/null`,
  '  return 0',
  '}',
];
