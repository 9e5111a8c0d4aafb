import { createHash } from 'node:crypto';

/** What the first line of a file follows. */
export const chainStart = 'start';

const sealed = /^(\{.*)"hash":"([\da-f]{64})"\}$/s;

/**
 * One line of a journal, without its line end: the body, the hash of the line before, and the hash of all that stands
 * before it in this line. Whoever edits a line has to rewrite every line after it.
 */
export function seal(body: object, previous: string): string {
  const open = `${JSON.stringify({ ...body, prev: previous }).slice(0, -1)},`;
  return `${open}"hash":"${hashOf(open)}"}`;
}

/** The hash a line says it has; of a line that says none, that of its bytes. What follows it refers to this. */
export function hashIn(line: string): string {
  return sealed.exec(line)?.[2] ?? hashOf(line);
}

export interface ChainLine {
  /** Counted from 1. */
  readonly number: number;
  /** What stands there; undefined where it is no JSON. */
  readonly body: unknown;
}

export interface ChainProblem {
  readonly line: number;
  /** A whole sentence that names the line. */
  readonly message: string;
}

/**
 * Reads a journal's text and says which lines are not as they were written. A last line without its end is torn: the
 * program was killed while writing it; it counts as not written. That lines were cut off the end cannot be seen.
 */
export function readChain(text: string): {
  readonly lines: readonly ChainLine[];
  readonly problems: readonly ChainProblem[];
  readonly torn: boolean;
} {
  const raw = text.split('\n');
  const rest = raw.pop() ?? '';
  const lines: ChainLine[] = [];
  const problems: ChainProblem[] = [];
  let previous = chainStart;
  for (const [index, line] of raw.entries()) {
    const number = index + 1;
    const body = parse(line);
    lines.push({ number, body });
    const message = body === undefined ? `Line ${number} is no JSON: it was damaged or edited.` : faultOf(line, number);
    if (message !== undefined) problems.push({ line: number, message });
    else if (previousIn(body) !== previous) problems.push({ line: number, message: gapBefore(number) });
    previous = hashIn(line);
  }
  return { lines, problems, torn: rest !== '' };
}

function faultOf(line: string, number: number): string | undefined {
  const [, open = '', hash] = sealed.exec(line) ?? [];
  return hash === undefined || hashOf(open) !== hash
    ? `Line ${number} was edited: what it says does not match its hash.`
    : undefined;
}

function gapBefore(number: number): string {
  return number === 1
    ? 'Line 1 is not the first that was written: lines before it are missing.'
    : `Line ${number} does not follow line ${number - 1}: lines between them are missing, or line ${number - 1} was written anew.`;
}

function previousIn(body: unknown): unknown {
  return typeof body === 'object' && body !== null && 'prev' in body ? body.prev : undefined;
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
