import { parseSecretText } from './secretText.ts';
import type { SettingPath } from './settingPath.ts';

/**
 * What kind of secret a field may hold. `whole`: the value is the secret. `header`, `variable`: the value may hold one
 * reference among other text. `address`: an address that may itself be the secret.
 */
export type SecretFieldKind = 'whole' | 'header' | 'variable' | 'address';

const wholeFields = new Set(['password', 'sentinelPassword', 'apiKey', 'token', 'passphrase']);
const services = new Set(['redis', 'qdrant', 'prometheus', 'grafana', 'application', 'tunnel', 'webhook']);

/** What kind of secret the field at `path` (below one environment) may hold; undefined when none. */
export function secretFieldAt(path: SettingPath): SecretFieldKind | undefined {
  const [section, second] = path;
  const last = path.at(-1);
  if (section === 'variables') return path.length === 2 ? 'variable' : undefined;
  if (typeof section !== 'string' || !services.has(section) || typeof last !== 'string') return undefined;
  if (second === 'headers') return path.length === 3 ? 'header' : undefined;
  if (section === 'webhook' && second === 'url') return 'address';
  return wholeFields.has(last) ? 'whole' : undefined;
}

/** Whether text at `path` (below one environment) is a secret in clear text, as a whole or in part. */
export function isClearText(path: SettingPath, text: string): boolean {
  const kind = secretFieldAt(path);
  const literal = parseSecretText(text).kind === 'literal';
  if (passwordInUrl(text) !== undefined) return true;
  if (!literal || text === '') return false;
  if (kind === 'address') return secretAddress.test(text) || secretQuery.test(text);
  if (kind === undefined) return path[0] !== 'target' && secretQuery.test(text);
  return kind === 'whole' || saysSecret(kind, String(path.at(-1)));
}

const secretAddress =
  /^https:\/\/(hooks\.slack\.com\/|discord(app)?\.com\/api\/webhooks\/|[\w.-]+\.webhook\.office\.com\/)/i;
const secretQuery = /^\w+:\/\/\S*[?&](api[_-]?key|access[_-]?token|token|password|secret)=[^&$\s]/i;

/** The password between user name and host of an address, as written; undefined when there is none or a reference. */
export function passwordInUrl(text: string): string | undefined {
  const password = /^[a-z][\w+.-]*:\/\/[^/?#@:]*:([^\s]*)@[^@]*$/i.exec(text)?.[1];
  return password === undefined || password === '' || /^\$\{[^}]*\}$/.test(password) ? undefined : password;
}

/** The same password, decoded. */
export function secretInUrl(text: string): string | undefined {
  const password = passwordInUrl(text);
  try {
    return password === undefined ? undefined : decodeURIComponent(password);
  } catch {
    return password;
  }
}

/** Whether the name of a header or variable says that its value is a secret. */
export function saysSecret(kind: 'header' | 'variable', name: string): boolean {
  if (kind === 'header') return /authorization|cookie|token|secret|password|api-?key|access-?key/i.test(name);
  if (/_(FILE|PATH|NAME|PREFIX|LIMIT|LENGTH|TTL|COUNT|SECONDS|HEADER|ID)$/i.test(name)) return false;
  return (
    /password|passwd|passphrase|secret|credential|api_?key|access_?key|private_?key/i.test(name) ||
    /(^|_)(token|key|pass|pwd)(_|$)/i.test(name) ||
    /[a-z](Token|Key)$/.test(name)
  );
}
