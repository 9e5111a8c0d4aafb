import { secretFieldAt } from './secretFields.ts';
import type { SettingPath } from './settingPath.ts';

const longest = 60;

/** What a setting holds, for a message: the value where it is short and cannot be a secret, else only its kind. */
export function describeFound(pathBelow: SettingPath, value: unknown, show: 'value' | 'kind'): string {
  if (typeof value === 'string' && value === '') return 'empty';
  if (show === 'value' && secretFieldAt(pathBelow) === undefined) {
    if (typeof value === 'string') return JSON.stringify(shorten(hideCredentials(value)));
    if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  }
  return kindOf(value);
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  switch (typeof value) {
    case 'string':
      return 'a text';
    case 'number':
      return 'a number';
    case 'boolean':
      return 'true or false';
    default:
      return 'an object';
  }
}

/** Also for addresses too broken to be parsed: what may be a password goes, where in doubt with its surroundings. */
function hideCredentials(text: string): string {
  const scheme = /^[a-z][\w+.-]*:\/*/i.exec(text)?.[0] ?? '';
  const at = text.lastIndexOf('@');
  // Where the user part ends is then anyone's guess.
  if (at !== -1 && /[?#]/.test(text.slice(0, at))) return `${scheme}…`;
  const bare = at === -1 ? text : `…${text.slice(at)}`;
  const shown = bare.replace(/[?#].+$/s, '?…');
  return shown.replace(/^([a-z][\w+.-]*:\/*)[^/:]*:(?!\d{1,5}(?:\/|$)).*$/is, '$1…').replace(/:\/\/:.*$/s, '://…');
}

function shorten(text: string): string {
  return text.length > longest ? `${text.slice(0, longest)}…` : text;
}
