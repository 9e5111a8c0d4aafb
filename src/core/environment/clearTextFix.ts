import { passwordInUrl, secretFieldAt, secretInUrl } from './secretFields.ts';
import type { SettingPath } from './settingPath.ts';

/** How to get a secret out of the settings: what to store, and what to write in its place. */
export interface ClearTextFix {
  /** Field the secret belongs to afterwards, for `secretKey`: `redis.password`. */
  readonly field: string;
  /** What to store; never to be shown. */
  readonly secret: string;
  /** Settings to write, with their paths below `cacheOps.environments`, in this order. */
  readonly writes: readonly { readonly path: SettingPath; readonly value: string }[];
}

const reference = '${secret}';
const withPassword = new Set(['redis', 'qdrant', 'prometheus', 'grafana', 'application']);

/** The fix for the problem `clearTextSecret` at `path`, whose raw value is given; undefined when only a person can fix it. */
export function clearTextFix(path: SettingPath, value: unknown): ClearTextFix | undefined {
  const below = path.slice(1);
  if (typeof value !== 'string' || value === '') return undefined;
  const kind = secretFieldAt(below);
  const inUrl = passwordInUrl(value);
  if (kind === undefined) return inUrl === undefined ? undefined : movePassword(path, value);
  const field = below.join('.');
  if (kind === 'variable' && inUrl !== undefined) {
    // Stored as written, since it goes back into the address as it is.
    const start = value.lastIndexOf('@') - inUrl.length;
    return {
      field,
      secret: inUrl,
      writes: [{ path, value: value.slice(0, start) + reference + value.slice(start + inUrl.length) }],
    };
  }
  const scheme = kind === 'header' ? (/^(?:Bearer|Basic|Token|ApiKey) +/i.exec(value)?.[0] ?? '') : '';
  return { field, secret: value.slice(scheme.length), writes: [{ path, value: `${scheme}${reference}` }] };
}

/** From the address of a service into its `password`; Redis keeps the user in the address, the others have a field. */
function movePassword(path: SettingPath, url: string): ClearTextFix | undefined {
  const [environment, service] = path;
  const password = secretInUrl(url);
  const parts = /^([a-z][\w+.-]*:\/\/)([^/?#@:]*):.*@([^@]*)$/i.exec(url);
  if (environment === undefined || !withPassword.has(String(service)) || password === undefined || parts === null)
    return undefined;
  const [, scheme = '', user = '', rest = ''] = parts;
  const section = [environment, String(service)];
  const keepsUser = service === 'redis' && user !== '';
  const writes = [
    { path, value: `${scheme}${keepsUser ? `${user}@` : ''}${rest}` },
    ...(user !== '' && !keepsUser ? [{ path: [...section, 'username'], value: decoded(user) }] : []),
    { path: [...section, 'password'], value: reference },
  ];
  return { field: `${service}.password`, secret: password, writes };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
