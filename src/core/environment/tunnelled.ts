import type { EnvironmentSettings } from './schema.ts';

type Tunnel = NonNullable<EnvironmentSettings['tunnel']>;

/** A service that may be reached through a tunnel. */
export type TunnelledService = keyof Extract<Tunnel, { readonly kind: 'command' }>['commands'];

const all: readonly string[] = ['redis', 'qdrant', 'prometheus', 'grafana', 'application'] satisfies TunnelledService[];

export function isTunnelled(service: string): service is TunnelledService {
  return all.includes(service);
}

/** The tunnel that a service is reached through; undefined: none, it is connected to directly. */
export function tunnelFor({ tunnel }: EnvironmentSettings, service: TunnelledService): Tunnel | undefined {
  if (tunnel === undefined) return undefined;
  const isMeant =
    tunnel.kind === 'command'
      ? tunnel.commands[service] !== undefined
      : tunnel.services === undefined || tunnel.services.includes(service);
  return isMeant ? tunnel : undefined;
}

/** As the settings have it: `gate.shop.internal`, an alias, `gate:2222`. */
export function sshHost({ host, port }: { readonly host: string; readonly port?: number | undefined }): string {
  return port === undefined ? host : `${host}:${port}`;
}

/** What the tunnel of a service leads through, in words; '' without one. The same address behind another is another server. */
export function tunnelWords(settings: EnvironmentSettings, service: TunnelledService): string {
  const tunnel = tunnelFor(settings, service);
  switch (tunnel?.kind) {
    case undefined:
      return '';
    case 'ssh':
      return ` through ${sshHost(tunnel)}`;
    case 'kubernetes':
      return ` through ${tunnel.context}${tunnel.namespace === undefined ? '' : `/${tunnel.namespace}`}`;
    case 'command':
      return ` through "${(tunnel.commands[service] ?? []).join(' ')}"`;
  }
}
