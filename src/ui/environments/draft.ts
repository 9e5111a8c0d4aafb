import type { Tier } from '../../core/environment/environment.ts';
import type { EnvironmentInput } from '../../core/environment/schema.ts';
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

/** The environment as it will stand in the settings: a secret only as a reference. */
export function settingsOf(draft: Draft): EnvironmentInput {
  const password = { none: undefined, secret: '${secret}', variable: `\${env:${draft.variable}}` }[draft.login];
  return {
    ...(draft.tier === undefined ? {} : { tier: draft.tier }),
    redis: {
      url: draft.url,
      ...(draft.login !== 'none' && draft.username !== '' ? { username: draft.username } : {}),
      ...(password === undefined ? {} : { password }),
      ...(draft.ca === '' ? {} : { tls: { ca: draft.ca } }),
    },
  };
}

/** Takes the password out of an address that was pasted with one; the user name may stay. */
export function withoutPassword(url: string): { readonly url: string; readonly password: string } {
  const parsed = new URL(url);
  const password = decodeURIComponent(parsed.password);
  parsed.password = '';
  return { url: password === '' ? url : parsed.toString(), password };
}
