import { dotenvAssignments, parseDotenv } from '../checks/dotenv.ts';
import type { TextFlag } from './textFlag.ts';

/** A variable of a `.env` file. Comments, order, line ends and the way it is quoted are kept. */
export function dotenvFlag(name: string): TextFlag {
  return {
    valueOf: (text) => parseDotenv(text).get(name),
    withValue: (text, value) => {
      // Of several, the last one counts.
      const last = [...dotenvAssignments(text)].findLast((one) => one.name === name);
      if (value === undefined) return last === undefined ? text : withoutLine(text, last.range);
      if (last === undefined) return appended(text, `${name}=${written(value, undefined)}`);
      const { start, end } = last.valueRange;
      const rest = text.slice(end);
      // A sign right behind a value would be a part of it.
      return text.slice(0, start) + written(value, last.quote) + (rest.startsWith('#') ? ' ' : '') + rest;
    },
  };
}

const plain = /^[\w./:@%+,=-]*$/;

function written(value: string, quote: string | undefined): string {
  if (quote === "'" && !value.includes("'")) return `'${value}'`;
  if (quote === undefined && plain.test(value)) return value;
  return `"${value.replaceAll(/["\\$]/g, String.raw`\$&`).replaceAll('\n', String.raw`\n`)}"`;
}

function appended(text: string, line: string): string {
  const lineEnd = /\r\n|\n|\r/.exec(text)?.[0] ?? '\n';
  const between = text === '' || /[\r\n]$/.test(text) ? '' : lineEnd;
  return `${text}${between}${line}${lineEnd}`;
}

function withoutLine(text: string, { start, end }: { readonly start: number; readonly end: number }): string {
  const lineEnd = /^(?:\r\n|\n|\r)/.exec(text.slice(end))?.[0] ?? '';
  return text.slice(0, start) + text.slice(end + lineEnd.length);
}
