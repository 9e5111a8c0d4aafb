const ENTRY = /^[ \t]*(?:export[ \t]+)?([A-Za-z_][\w.-]*)[ \t]*=[ \t]*/;
const REFERENCE = /\$\{([A-Za-z_]\w*)(?:(:?-)([^}]*))?\}/g;

/** One `NAME=value` of a `.env` file. */
export interface DotenvAssignment {
  readonly name: string;
  /** What stands behind the sign, quotes and remark included, up to the end of its last line. */
  readonly raw: string;
  readonly quote: string | undefined;
  /** Of the whole assignment, the line end excluded. */
  readonly range: { readonly start: number; readonly end: number };
  /** Of what is to be replaced for another value: quotes included, spaces around and a remark excluded. */
  readonly valueRange: { readonly start: number; readonly end: number };
}

/**
 * The variables of a `.env` file, the last of each name. Quotes are taken off, `${NAME}` and `${NAME:-default}` replaced
 * by what stands above or in `outer`, except between single quotes. Lines that are no assignment are passed over.
 */
export function parseDotenv(text: string, outer: ReadonlyMap<string, string> = new Map()): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const { name, raw, quote } of dotenvAssignments(text)) {
    const value = readValue(raw, quote);
    values.set(name, quote === "'" ? value : interpolate(value, (one) => values.get(one) ?? outer.get(one)));
  }
  return values;
}

/** Every assignment in the order of the file, with its place in `text`. */
export function* dotenvAssignments(text: string): Generator<DotenvAssignment, void> {
  const lines = text.split(/(?<=\r\n|\n|\r(?!\n))/);
  for (let index = 0, at = 0; index < lines.length; index++) {
    const line = lines[index] ?? '';
    const start = at;
    at += line.length;
    const found = ENTRY.exec(line.replace(/^\uFEFF/, ' '));
    if (found === null) continue;
    const before = found[0].length;
    const first = withoutEnd(line.slice(before));
    const quote = /^['"]/.exec(first)?.[0];
    const more = quote === undefined ? 0 : linesToClosing(lines, index, first, quote);
    for (let next = 1; next <= more; next++) at += lines[index + next]?.length ?? 0;
    index += more;
    const raw = withoutEnd(text.slice(start + before, at));
    const length = lengthOfValue(raw, quote);
    // Where there is no value, spaces belong to the remark behind it.
    const valueStart = start + (length === 0 ? found[0].trimEnd().length : before);
    yield {
      name: found[1] ?? '',
      raw: raw.replace(/\r\n|\r/g, '\n'),
      quote,
      range: { start, end: start + before + raw.length },
      valueRange: { start: valueStart, end: valueStart + length },
    };
  }
}

function withoutEnd(line: string): string {
  return line.replace(/[\r\n]+$/, '');
}

function lengthOfValue(raw: string, quote: string | undefined): number {
  const end = quote === undefined ? -1 : closing(raw, quote);
  return end >= 0 ? end + 1 : raw.replace(/(?:^|[ \t])#.*$/, '').trimEnd().length;
}

/** Replaces `${NAME}`, `${NAME-default}` and `${NAME:-default}`; a name nobody knows becomes ''. */
export function interpolate(text: string, valueOf: (name: string) => string | undefined): string {
  return text.replace(REFERENCE, (_, name: string, operator?: string, preset?: string) => {
    const value = valueOf(name);
    return value === undefined || (value === '' && operator === ':-') ? (preset ?? '') : value;
  });
}

function readValue(rest: string, quote: string | undefined): string {
  const end = quote === undefined ? -1 : closing(rest, quote);
  if (quote === undefined || end < 0) return rest.replace(/(?:^|[ \t])#.*$/, '').trim();
  const inside = rest.slice(1, end);
  return quote === "'" ? inside : inside.replace(/\\([nrt"\\$])/g, (_, escaped: string) => ESCAPES[escaped] ?? escaped);
}

/** A quoted value may go on for lines; one that is never closed ends with its own. */
function linesToClosing(lines: readonly string[], index: number, first: string, quote: string): number {
  let rest = first;
  for (let more = 0; more < LONGEST_VALUE && index + more < lines.length; more++) {
    if (more > 0) rest += `\n${withoutEnd(lines[index + more] ?? '')}`;
    if (closing(rest, quote) >= 0) return more;
  }
  return 0;
}

/** In lines: a certificate with its chain fits. */
const LONGEST_VALUE = 200;
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };

function closing(text: string, quote: string): number {
  for (let at = 1; at < text.length; at++) {
    if (text[at] === '\\' && quote === '"') at++;
    else if (text[at] === quote) return at;
  }
  return -1;
}
