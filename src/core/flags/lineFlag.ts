import { OpsError } from '../errors.ts';
import type { TextFlag } from './textFlag.ts';

export interface LineFlag {
  /** For messages. */
  readonly file: string;
  /** The line's text, without indentation and without the comment sign. */
  readonly line: string;
  readonly on: string;
  readonly off: string;
}

/** A line that is active when the flag is on, and commented out when it is off. Indentation and remarks are kept. */
export function lineFlag(flag: LineFlag): TextFlag {
  const sign = commentSign(flag.file);
  return {
    valueOf: (text) => (find(text, flag, sign).isActive ? flag.on : flag.off),
    withValue: (text, value) => {
      if (value !== flag.on && value !== flag.off)
        throw new OpsError('settings', `A line is active (${flag.on}) or commented out (${flag.off}); nothing else.`);
      const found = find(text, flag, sign);
      if (found.isActive === (value === flag.on)) return text;
      const { start, contentStart } = found;
      // Between the indentation and the content there is only the sign.
      const between = found.isActive ? `${sign.open} ` : '';
      const changed = text.slice(0, start) + between + text.slice(contentStart, found.end);
      return (
        changed +
        (found.isActive && sign.close !== '' ? ` ${sign.close}` : '') +
        text.slice(found.end + found.closeLength)
      );
    },
  };
}

interface Found {
  readonly isActive: boolean;
  /** Where the indentation ends. */
  readonly start: number;
  readonly contentStart: number;
  readonly end: number;
  /** Of the sign that closes the comment, with the space before it. */
  readonly closeLength: number;
}

function find(text: string, { file, line }: LineFlag, sign: Sign): Found {
  const all = [...candidates(text, line.trim(), sign)];
  const [found] = all;
  if (found !== undefined && all.length === 1) return found;
  const said = found === undefined ? 'does not have the line' : `has ${all.length} times the line`;
  throw new OpsError('conflict', `${file} ${said}: ${line.trim()}`, {
    next: 'Correct “line” in the flag’s settings: it must fit one line of the file.',
  });
}

function* candidates(text: string, wanted: string, sign: Sign): Generator<Found, void> {
  for (const match of text.matchAll(/[^\r\n]+/g)) {
    const indentation = /^[ \t]*/.exec(match[0])?.[0].length ?? 0;
    const rest = match[0].slice(indentation);
    const commented = rest.startsWith(sign.open);
    const skipped = commented ? (/^[ \t]*/.exec(rest.slice(sign.open.length))?.[0].length ?? 0) + sign.open.length : 0;
    const content = rest.slice(skipped).trimEnd();
    const closed = commented && sign.close !== '' && content.endsWith(sign.close);
    const inner = closed ? content.slice(0, -sign.close.length).trimEnd() : content;
    if (!fits(inner, wanted, sign)) continue;
    const start = match.index + indentation;
    const end = start + skipped + inner.length;
    yield {
      isActive: !commented,
      start,
      contentStart: start + skipped,
      end,
      closeLength: closed ? content.length - inner.length : 0,
    };
  }
}

/** A comma, semicolon or remark may follow: `'app.Cache',  # since March`. */
function fits(content: string, wanted: string, sign: Sign): boolean {
  if (!content.startsWith(wanted)) return false;
  const rest = content.slice(wanted.length).replace(/^[,;]/, '').trimStart();
  return rest === '' || rest.startsWith(sign.open);
}

interface Sign {
  readonly open: string;
  readonly close: string;
}

const signs: readonly (readonly [open: string, close: string, extensions: string])[] = [
  ['#', '', 'py rb sh bash zsh yaml yml toml conf cfg properties env pl r ex exs tf ini'],
  [
    '//',
    '',
    'js mjs cjs jsx ts mts cts tsx go java kt kts scala groovy gradle c h cc cpp hpp cs swift rs php dart jsonc',
  ],
  ['--', '', 'sql lua hs'],
  ['<!--', '-->', 'xml html htm vue svg md'],
  [';', '', 'clj el lisp'],
];

function commentSign(file: string): Sign {
  const extension = /\.?([^./\\]+)$/.exec(file)?.[1]?.toLowerCase() ?? '';
  const found = signs.find(([, , extensions]) => extensions.split(' ').includes(extension));
  if (found !== undefined) return { open: found[0], close: found[1] };
  throw new OpsError(
    'settings',
    `How a comment is written in ${file} is not known, so no line of it can be commented out.`,
    {
      next: 'Use “key” of a YAML or JSON file, a variable, or commands instead.',
    },
  );
}
