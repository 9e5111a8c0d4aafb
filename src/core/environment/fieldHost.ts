import { formatHostPort, httpHost } from './hosts.ts';
import type { HostPort } from './hosts.ts';
import { parseRedisUrl } from './redisUrl.ts';
import type { EnvironmentSettings } from './schema.ts';
import type { SettingPath } from './settingPath.ts';

type TunnelledService = NonNullable<NonNullable<EnvironmentSettings['tunnel']>['services']>[number];

/** Where the secret of the field at `below` goes: hosts with ports, in a fixed order. */
export function hostOfField(settings: EnvironmentSettings, below: SettingPath): string {
  const { redis, qdrant, prometheus, grafana, application, webhook } = settings;
  switch (below[0]) {
    case 'redis':
      return redisHost(redis, below[1] === 'sentinelPassword') + tunnelOf(settings, 'redis');
    case 'qdrant':
      return httpHosts([qdrant?.url]) + tunnelOf(settings, 'qdrant');
    case 'prometheus':
      return httpHosts([prometheus?.url]) + tunnelOf(settings, 'prometheus');
    case 'grafana':
      return httpHosts([grafana?.url]) + tunnelOf(settings, 'grafana');
    case 'application': {
      const { health, metrics, stats, clear } = application ?? {};
      return httpHosts([health, metrics, stats, clear]) + tunnelOf(settings, 'application');
    }
    case 'webhook':
      return httpHosts([webhook?.url]) || 'the webhook';
    default:
      return 'the checklist’s commands';
  }
}

function redisHost(redis: EnvironmentSettings['redis'], sentinel: boolean): string {
  if (redis?.sentinels !== undefined) {
    const hosts = joinHosts(redis.sentinels);
    return sentinel ? hosts : `${redis.name ?? ''} of ${hosts}`;
  }
  if (redis?.cluster !== undefined) return joinHosts(redis.cluster);
  const address = parseRedisUrl(redis?.url ?? '');
  if (address === undefined) return '';
  return address.kind === 'unix' ? `unix:${address.path}` : formatHostPort(address);
}

function httpHosts(urls: readonly (string | undefined)[]): string {
  return joinHosts(urls.flatMap((url) => (url === undefined ? [] : (httpHost(url) ?? []))));
}

function joinHosts(hosts: readonly HostPort[]): string {
  return [...new Set(hosts.map(formatHostPort))].toSorted().join(', ');
}

/** The same address behind another tunnel is another server. */
function tunnelOf({ tunnel }: EnvironmentSettings, service: TunnelledService): string {
  if (tunnel === undefined || (tunnel.services !== undefined && !tunnel.services.includes(service))) return '';
  if (tunnel.kind === 'ssh') return ` through ${tunnel.host}${tunnel.port === undefined ? '' : `:${tunnel.port}`}`;
  return ` through ${tunnel.context}${tunnel.namespace === undefined ? '' : `/${tunnel.namespace}`}`;
}
