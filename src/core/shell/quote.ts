import { OpsError } from '../errors.ts';
import type { Placeholder, PlaceholderValue, Quote } from './types.ts';

/** Where a placeholder stands, and so what a value may be there. */
export interface Place {
  readonly quote: Quote;
  /** Nothing of its word stands before it: a dash would make it an option. */
  readonly startsWord: boolean;
  /** The word is read as code once more: `bash -c '…'`, `python -c "…"`, `ssh host '…'`. */
  readonly isCode: boolean;
  /** It would be the name of the program. */
  readonly isProgram: boolean;
}

/** What no shell and no language reads as anything but text. */
const PLAIN = /^[\p{L}\p{N}_./:@%+=,-]+$/u;

/**
 * A value as it is to be written in that place. Throws OpsError `settings` where it would be able to become a command,
 * an option or another line; nothing has been run then.
 */
export function quoteValue(value: PlaceholderValue, placeholder: Placeholder, place: Place): string {
  if (place.isProgram)
    refuse(placeholder, 'it stands where the name of a program goes', 'Write the command into the document.');
  if (typeof value !== 'string') return quoteVariable(value.variable, placeholder, place);
  if (value === '') refuse(placeholder, 'it is empty', 'Enter a value.');
  if (value.includes('\0')) refuse(placeholder, 'it holds a zero byte', 'Enter a value without it.');
  if (place.startsWord && value.startsWith('-')) {
    refuse(placeholder, 'it begins with a dash and would be read as an option', 'Enter a value without it.');
  }
  if (place.isCode && !PLAIN.test(value)) {
    refuse(placeholder, 'it stands in a piece of code', 'Use only letters, digits and _ . / : @ % + = , - here.');
  }
  return quoteText(value, placeholder, place.quote);
}

function quoteText(value: string, placeholder: Placeholder, quote: Quote): string {
  const quoted = `'${value.replaceAll("'", `'\\''`)}'`;
  switch (quote) {
    case 'none':
      return quoted;
    case 'single':
      return `'${quoted}'`;
    case 'double':
      return `"${quoted}"`;
    case 'hereDocument':
    case 'literalHereDocument':
      if (/[\n\r]/.test(value)) refuse(placeholder, 'it has more than one line', 'Enter one line.');
      return quote === 'hereDocument' ? value.replace(/[$`\\]/g, '\\$&') : value;
  }
}

function quoteVariable(name: string, placeholder: Placeholder, { quote, isCode }: Place): string {
  if (!/^[A-Za-z_]\w*$/.test(name)) refuse(placeholder, `${name} is no name of a variable`, 'Choose another name.');
  if (isCode) refuse(placeholder, 'it stands in a piece of code', 'A secret cannot be handed over there.');
  switch (quote) {
    case 'none':
      return `"\${${name}}"`;
    case 'single':
      return `'"\${${name}}"'`;
    case 'double':
    case 'hereDocument':
      return `\${${name}}`;
    case 'literalHereDocument':
      return refuse(
        placeholder,
        'it stands in a text that the shell does not change',
        'A secret cannot be handed over there.',
      );
  }
}

function refuse({ text }: Placeholder, why: string, next: string): never {
  throw new OpsError('settings', `The value for ${text} cannot be used: ${why}. Nothing was run.`, { next });
}
