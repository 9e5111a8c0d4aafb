const ENTRY = /^[ \t]*(?:export[ \t]+)?([A-Za-z_][\w.-]*)[ \t]*=[ \t]*/;
const REFERENCE = /\$\{([A-Za-z_]\w*)(?:(:?-)([^}]*))?\}/g;

/**
 * The variables of a `.env` file, the last of each name. Quotes are taken off, `${NAME}` and `${NAME:-default}` replaced
 * by what stands above or in `outer`, except between single quotes. Lines that are no assignment are passed over.
 */
export function parseDotenv(text: string, outer: ReadonlyMap<string, string> = new Map()): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\n|\r/);
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index] ?? '';
    const name = ENTRY.exec(line)?.[1];
    if (name === undefined) continue;
    const first = line.slice(ENTRY.exec(line)?.[0].length);
    const quote = /^['"]/.exec(first)?.[0];
    const more = quote === undefined ? 0 : linesToClosing(lines, index, first, quote);
    const rest = [first, ...lines.slice(index + 1, index + 1 + more)].join('\n');
    index += more;
    const value = readValue(rest, quote);
    values.set(name, quote === "'" ? value : interpolate(value, (one) => values.get(one) ?? outer.get(one)));
  }
  return values;
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
    if (more > 0) rest += `\n${lines[index + more] ?? ''}`;
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
