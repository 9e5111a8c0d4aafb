import { quote } from './quote.ts';
import type { ShellState } from './model.ts';

/** One answer of the shell about itself; bytes as characters (latin1), since values need not be UTF-8. */
export interface Snapshot {
  readonly kind: 'baseline' | 'state';
  /** By what it is about: `variable PATH`, `function deploy`, `options`, `directory`, … */
  readonly records: ReadonlyMap<string, string>;
}

/** Bash's own, which are not the user's to pass on, or cannot be assigned. */
const ownToBash = new Set(
  `_ PWD SHLVL PPID UID EUID GROUPS DIRSTACK FUNCNAME LINENO PIPESTATUS HISTCMD RANDOM SRANDOM SECONDS SHELLOPTS
  EPOCHREALTIME EPOCHSECONDS BASH BASHOPTS BASHPID BASH_ALIASES BASH_ARGC BASH_ARGV BASH_ARGV0 BASH_CMDS BASH_COMMAND
  BASH_EXECUTION_STRING BASH_LINENO BASH_LOADABLES_PATH BASH_MONOSECONDS BASH_REMATCH BASH_SOURCE BASH_SUBSHELL
  BASH_TRAPSIG BASH_VERSINFO BASH_VERSION COMP_CWORD COMP_KEY COMP_LINE COMP_POINT COMP_TYPE COMP_WORDBREAKS COMP_WORDS
  CACHE_OPS_BLOCK`.split(/\s+/),
);

/**
 * The complete snapshots in what the shell wrote: records end with NUL, the first names the kind, then `name\nbody`, and
 * `end` closes. A snapshot that was cut off is left out.
 */
export function parseSnapshots(written: string): readonly Snapshot[] {
  const snapshots: Snapshot[] = [];
  let open: { readonly kind: Snapshot['kind']; readonly records: Map<string, string> } | undefined;
  for (const record of written.split('\0')) {
    if (record === 'baseline' || record === 'state') open = { kind: record, records: new Map() };
    else if (record === 'end') {
      if (open !== undefined) snapshots.push(open);
      open = undefined;
    } else {
      const newline = record.indexOf('\n');
      open?.records.set(record.slice(0, newline), record.slice(newline + 1));
    }
  }
  return snapshots;
}

/** What the block changed between the two, as text that makes the same change in a fresh shell. */
export function stateBetween(baseline: Snapshot, end: Snapshot): ShellState {
  const changed = [...end.records].filter(([name, body]) => baseline.records.get(name) !== body && isPassedOn(name));
  const gone = [...baseline.records.keys()].filter((name) => !end.records.has(name) && isPassedOn(name));
  // Options first: a function may need one (extglob) to be understood.
  const script = [
    ...changed.filter(([name]) => name === 'options').map(([, body]) => changedOptions(baseline, body)),
    ...gone.map((name) => name.replace(/^variable /, 'unset -v ').replace(/^function /, 'unset -f ')),
    ...changed.filter(([name]) => !named.has(name)).map(([, body]) => body.trimEnd()),
    argumentsOf(end),
    `__cacheOps_flags=${quote(end.records.get('flags')?.trim() ?? '')}`,
  ].join('\n');
  return { directory: utf8(end.records.get('directory')?.replace(/\n$/, '') ?? '/'), script };
}

/** Records that are not declarations. */
const named: ReadonlySet<string> = new Set(['options', 'flags', 'directory', 'arguments']);

function isPassedOn(name: string): boolean {
  if (named.has(name)) return name !== 'directory';
  const [, declared = ''] = name.split(' ', 2);
  return !ownToBash.has(declared) && !declared.startsWith('__cacheOps_');
}

/** Flags that our own lines must not run under come back later, from `flags`; noexec would run nothing at all. */
const setLater = /^set [-+]o (?:allexport|errexit|noexec|verbose|xtrace)$/;

function changedOptions(baseline: Snapshot, body: string): string {
  const before = new Set(baseline.records.get('options')?.split('\n'));
  return body
    .split('\n')
    .filter((line) => !before.has(line) && !setLater.test(line))
    .join('\n');
}

function argumentsOf(snapshot: Snapshot): string {
  const words = snapshot.records.get('arguments')?.trim() ?? '';
  return words === '' ? '' : `set -- ${words}`;
}

function utf8(latin1: string): string {
  return new TextDecoder().decode(Uint8Array.from(latin1, (character) => character.charCodeAt(0)));
}
