import type { Environment } from '../../core/environment/environment.ts';
import type { SecretLookup } from '../redisTarget.ts';
import type { Route } from './routes.ts';
import { resolveSshRoute } from './sshSettings.ts';
import type { SshSettings } from './sshSettings.ts';
import { SshTunnel } from './ssh.ts';

type SshTunnelSettings = Extract<NonNullable<Environment['settings']['tunnel']>, { readonly kind: 'ssh' }>;

/** The settings of an environment's tunnel as SSH needs them. Throws OpsError for a secret that is missing. */
export async function withSecrets(tunnel: SshTunnelSettings, secret: SecretLookup): Promise<SshSettings> {
  const [password, passphrase] = [await secret('tunnel.password'), await secret('tunnel.passphrase')];
  return { ...tunnel, password, passphrase };
}

/**
 * Everything over one SSH connection, made at the first dial and again after it broke. `open` gives the settings with
 * their secrets, each time; `sshOptions` as in resolveSshRoute.
 */
export function sshRoute(open: () => Promise<SshSettings>, sshOptions: readonly string[] = []): Route {
  let opened: Promise<SshTunnel> | undefined;
  const connect = async (): Promise<SshTunnel> => SshTunnel.open(await resolveSshRoute(await open(), sshOptions));
  const use = async (): Promise<SshTunnel> => {
    const current = opened;
    const known = await current?.catch(() => undefined);
    if (known?.isOpen) return known;
    // Of several who find it broken, the first opens it.
    if (opened === current) opened = connect();
    return opened ?? use();
  };
  return {
    dial: async (_service, host, port) => (await use()).dial(host, port),
    close: async () => {
      const last = await opened?.catch(() => undefined);
      opened = undefined;
      last?.close();
    },
    kill: () => undefined,
  };
}
