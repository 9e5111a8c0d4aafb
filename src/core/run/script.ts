import { quote } from './quote.ts';
import type { StatementToRun, Stream } from './model.ts';

export interface ScriptRequest {
  /** Folder of the run: the script, its pipes and its statements. */
  readonly folder: string;
  readonly statements: readonly StatementToRun[];
  readonly stopOnFailure: boolean;
  /** Whether a state to restore comes on descriptor 3. */
  readonly hasState: boolean;
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
  const statements = request.statements.map(({ text }, index) => ({
    name: names.statement(index + 1),
    text: statementText(text),
  }));
  return [{ name: names.script, text: mainText(request) }, ...statements];
}

/**
 * The end is noted inside the sourced file: there, `set -e` overlooks a failed `test && command` as it does in any script;
 * noted outside, the failed `.` would end the shell. A here-document that nobody closes would swallow the note, so where
 * there may be one it is left to the script. The empty line is for a text that ends with a backslash.
 */
function statementText(text: string): string {
  const begin = '{ __cacheOps_go && :; } 2>/dev/null; ';
  return text.includes('<<') ? `${begin}${text}\n` : `${begin}${text}\n\n${endLine}\n`;
}

/** Without quotes, so that it cannot close what a statement left open. */
const endLine = '{ __cacheOps_end; } 2>/dev/null';

function mainText(request: ScriptRequest): string {
  return [
    'BASH_ARGV0=bash',
    "__cacheOps_code=0 __cacheOps_flags='' __cacheOps_done='' __cacheOps_running=1",
    ...functionsOf(request),
    'trap \'{ __cacheOps_exit "$?" "$@"; } 2>/dev/null\' EXIT',
    '__cacheOps_snapshot baseline',
    ...(request.hasState ? restoreLines : []),
    // One compound command, so that bash has read all of it before the first statement can change anything.
    '{',
    ...request.statements.flatMap((_, index) => linesOf(request, index + 1)),
    '}',
    '',
  ].join('\n');
}

/** Not `read`, which takes one byte at a time from a socket; and with the system's PATH, whatever the user's is. */
const restoreLines = [
  'eval "$(command -p cat <&3)\n__cacheOps_restored=1"',
  'exec 3<&-',
  '[[ -n ${__cacheOps_restored-} ]] || { __cacheOps_say stateLost; __cacheOps_done=1; exit 125; }',
];

function linesOf({ folder, statements, stopOnFailure }: ScriptRequest, number: number): readonly string[] {
  const isLast = number === statements.length;
  const mayTrap = statements.slice(0, number).some(({ text }) => /\btrap\b/.test(text));
  return [
    ...(number === 1 ? ['__cacheOps_first'] : []),
    `. ${quote(`${folder}/${names.statement(number)}`)}`,
    endLine,
    ...(isLast || stopOnFailure
      ? [`${isLast ? '' : '[[ $__cacheOps_code == 0 ]] || '}__cacheOps_finish ${number} "$@"`]
      : []),
    // A trap of the user's may have taken the place of ours, which would save the state when a statement exits.
    ...(mayTrap && !isLast ? ['__cacheOps_snapshot state "$@"'] : []),
    ...(isLast ? [] : [`__cacheOps_next ${number} ${number + 1}`]),
  ];
}

function functionsOf(request: ScriptRequest): readonly string[] {
  const at = (name: string): string => quote(`${request.folder}/${name}`);
  return [...bookkeeping(at), ...descriptors(request, at), ...snapshot(at)];
}

type Place = (name: string) => string;

/**
 * `end` keeps the exit code and time, and turns off the flags that would act on our own lines (their traces would go to
 * the user's output); `go` turns them on again and gives the exit code back, as if nothing had come between.
 */
const bookkeeping = (at: Place): readonly string[] => [
  `__cacheOps_say() { builtin printf '%s\\n' "$1" >${at(names.control)}; }`,
  '__cacheOps_end() {',
  '  local __cacheOps_last=${1-$?}',
  '  [[ -n $__cacheOps_running ]] || return 0',
  '  __cacheOps_flags=${-//[!aevx]/}',
  '  builtin set +aevx',
  '  builtin export -n __cacheOps_flags',
  "  __cacheOps_running='' __cacheOps_code=$__cacheOps_last __cacheOps_ended=${EPOCHREALTIME-}",
  '}',
  '__cacheOps_go() {',
  '  __cacheOps_running=1',
  '  [[ -z $__cacheOps_flags ]] || builtin set "-$__cacheOps_flags"',
  '  return "$__cacheOps_code"',
  '}',
  '__cacheOps_finish() {',
  '  __cacheOps_say "ended $1 $__cacheOps_code $__cacheOps_ended"',
  '  __cacheOps_say done',
  '  builtin shift',
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

function descriptors({ statements }: ScriptRequest, at: Place): readonly string[] {
  const usesExec = statements.some(({ text }) => /\bexec\b/.test(text));
  const followed = usesExec ? [1, 2, 3, 4, 5, 6, 7, 8, 9] : [1, 2];
  const pipe = (number: string, stream: Stream): string => `${at('')}${number}.${stream}`;
  const follow = followed.map((fd) =>
    (['stdout', 'stderr'] as const)
      .map(
        (stream) =>
          `if [[ /dev/fd/${fd} -ef ${pipe('"$1"', stream)} ]]; then exec ${fd}>${pipe('"$2"', stream)} || builtin exit 125`,
      )
      .join('; el'),
  );
  return [
    '__cacheOps_first() {',
    `  exec 1>${pipe('1', 'stdout')} 2>${pipe('1', 'stderr')} || builtin exit 125`,
    '  __cacheOps_say "started 1 ${EPOCHREALTIME-}"',
    '}',
    '__cacheOps_next() {',
    `  [[ -e ${at(names.permit)} ]] || builtin exit 125`,
    ...follow.map((line) => `  ${line}; fi`),
    `  __cacheOps_say "ended $1 $__cacheOps_code $__cacheOps_ended"$'\\n'"started $2 \${EPOCHREALTIME-}"`,
    '}',
  ];
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
  String.raw`    builtin printf '\0directory\n'; builtin pwd; builtin printf '\0'`,
  ...['variable', 'function'].flatMap((kind) => [
    `    builtin compgen -A ${kind} >|${at(names.list)}`,
    `    IFS=$'\\n' builtin read -r -d '' -a __cacheOps_names <${at(names.list)}`,
    '    for __cacheOps_name in "${__cacheOps_names[@]}"; do',
    `      builtin printf '${kind} %s\\n' "$__cacheOps_name"`,
    `      builtin declare ${kind === 'function' ? '-pf' : '-p'} "$__cacheOps_name"`,
    String.raw`      builtin printf '\0'`,
    '    done',
  ]),
  String.raw`    builtin printf 'end\0'`,
  `  } >${at(names.state)} 2>/dev/null`,
  '  return 0',
  '}',
];
