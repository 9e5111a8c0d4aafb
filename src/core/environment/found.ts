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
  const at = text.lastIndexOf('@');
  const bare = at === -1 ? text : `…${text.slice(at)}`;
  const query = bare.indexOf('?');
  const shown = query === -1 ? bare : `${bare.slice(0, query)}?…`;
  return shown.replace(/(:\/*)[^/:]*:(?!\d{1,5}(?:\/|$)).*$/, '$1…').replace(/:\/\/:.*$/, '://…');
}

function shorten(text: string): string {
  return text.length > longest ? `${text.slice(0, longest)}…` : text;
}
