import type { Route } from './tunnelRoutes.ts';
import { resolveSshRoute } from './tunnelSettings.ts';
import type { SshSettings } from './tunnelSettings.ts';
import { SshTunnel } from './tunnelSsh.ts';

/** Everything over one SSH connection, made at the first dial and again after it broke. `sshOptions` as in resolveSshRoute. */
export function sshRoute(settings: SshSettings, sshOptions: readonly string[] = []): Route {
  let opened: Promise<SshTunnel> | undefined;
  const use = async (): Promise<SshTunnel> => {
    const current = opened;
    const known = await current?.catch(() => undefined);
    if (known?.isOpen) return known;
    // Of several who find it broken, the first opens it.
    if (opened === current) opened = resolveSshRoute(settings, sshOptions).then((route) => SshTunnel.open(route));
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
