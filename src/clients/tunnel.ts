import type { Environment } from '../core/environment/environment.ts';
import { OpsError } from '../core/errors.ts';
import type { Dial } from './redisLink.ts';
import type { SshTunnel } from './tunnelSsh.ts';

type TunnelSettings = NonNullable<Environment['settings']['tunnel']>;
type Service = NonNullable<TunnelSettings['services']>[number];

/** A way to the servers of an environment, opened at the first connection and again after it broke. */
export interface TunnelWay {
  readonly dial: Dial;
  close(): void;
}

/** The tunnel that a service of the environment goes through; undefined: none, it is connected to directly. */
export function tunnelOf({ name, settings }: Environment, service: Service): TunnelWay | undefined {
  const { tunnel } = settings;
  if (!tunnel || (tunnel.services && !tunnel.services.includes(service))) return undefined;
  if (tunnel.kind !== 'ssh') return notYet(name, tunnel.kind);
  // SSH is loaded when the first tunnel is opened: few environments have one.
  return sshWay(async () => {
    const [{ resolveSshRoute }, { SshTunnel: Tunnel }] = await Promise.all([
      import('./tunnelSettings.ts'),
      import('./tunnelSsh.ts'),
    ]);
    return Tunnel.open(await resolveSshRoute(tunnel));
  });
}

export function sshWay(open: () => Promise<SshTunnel>): TunnelWay {
  let opened: Promise<SshTunnel> | undefined;
  const use = async (): Promise<SshTunnel> => {
    const known = await opened?.catch(() => undefined);
    if (known?.isOpen) return known;
    return (opened = open());
  };
  return {
    dial: async (host, port) => (await use()).dial(host, port),
    close: () => {
      void opened?.then(
        (tunnel) => tunnel.close(),
        () => undefined,
      );
      opened = undefined;
    },
  };
}

/** To connect directly instead would reach another server than the settings mean, or none. */
function notYet(name: string, kind: string): TunnelWay {
  const refuse = (): Promise<never> =>
    Promise.reject(
      new OpsError('settings', `${name}: a tunnel of the kind "${kind}" is not supported by this version.`, {
        next: 'Forward the port yourself and name it in the environment, or use an SSH tunnel.',
      }),
    );
  return { dial: refuse, close: () => undefined };
}
