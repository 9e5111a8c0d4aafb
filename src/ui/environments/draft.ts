import type { Environment, Tier } from '../../core/environment/environment.ts';
import { readEnvironments } from '../../core/environment/read.ts';
import { parseRedisUrl } from '../../core/environment/redisUrl.ts';
import type { EnvironmentInput } from '../../core/environment/schema.ts';
import { OpsError } from '../../core/errors.ts';
import type { SettingsPlace } from './settingsFile.ts';

/** How the wizard's user logs in. */
export type Login = 'none' | 'secret' | 'variable';

/** What "Add Environment…" knows so far. */
export interface Draft {
  readonly place: SettingsPlace;
  readonly name: string;
  readonly tier: Tier | undefined;
  /** Without a password. */
  readonly url: string;
  readonly ca: string;
  readonly login: Login;
  readonly username: string;
  readonly password: string;
  readonly variable: string;
}

/**
 * The environment as it will stand in the settings: a secret only as a reference, and nothing that was answered before
 * another address made its question void.
 */
export function settingsOf(draft: Draft): EnvironmentInput {
  const password = { none: undefined, secret: '${secret}', variable: `\${env:${draft.variable}}` }[draft.login];
  return {
    ...(draft.tier === undefined ? {} : { tier: draft.tier }),
    redis: {
      url: draft.url,
      ...(asksUsername(draft) && draft.username !== '' ? { username: draft.username } : {}),
      ...(password === undefined ? {} : { password }),
      ...(usesTls(draft) && draft.ca !== '' ? { tls: { ca: draft.ca } } : {}),
    },
  };
}

/** A certificate authority is asked for and counts with `rediss://` only: named beside `redis://` it would turn TLS on. */
export function usesTls({ url }: Pick<Draft, 'url'>): boolean {
  return url.startsWith('rediss:');
}

/** The user name is asked for and counts where there is a password, and the address names no user itself. */
export function asksUsername({ login, url }: Pick<Draft, 'login' | 'url'>): boolean {
  return login !== 'none' && parseRedisUrl(url)?.username === undefined;
}

/** The draft as the rest of the program knows environments. Throws OpsError `settings` for what it cannot be. */
export function environmentOfDraft(draft: Draft): Environment {
  const folder = draft.place.kind === 'folder' ? draft.place.folder.uri.toString() : undefined;
  const { environments, problems } = readEnvironments({ [draft.name]: settingsOf(draft) }, folder);
  const [environment] = environments;
  if (!environment) throw new OpsError('settings', problems.map(({ message }) => message).join(' '));
  return environment;
}

/** Takes the password out of an address that was pasted with one; the user name may stay. */
export function withoutPassword(url: string): { readonly url: string; readonly password: string } {
  const parsed = new URL(url);
  const password = decodeURIComponent(parsed.password);
  parsed.password = '';
  return { url: password === '' ? url : parsed.toString(), password };
}
