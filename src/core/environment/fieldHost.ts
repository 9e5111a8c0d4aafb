import { formatHostPort, httpHost } from './hosts.ts';
import type { HostPort } from './hosts.ts';
import { parseRedisUrl } from './redisUrl.ts';
import type { EnvironmentSettings, TlsSettings } from './schema.ts';
import type { SettingPath } from './settingPath.ts';
import { sshHost, tunnelWords } from './tunnelled.ts';

/**
 * Where the secret of the field at `below` goes, and how it is protected on the way: hosts with ports, in a fixed order,
 * `over TLS` or `over TLS, unverified`. A change of any of it makes another place, to which nothing was given yet: settings
 * that drop the encryption get no secret without asking.
 */
export function hostOfField(settings: EnvironmentSettings, below: SettingPath): string {
  const { redis, qdrant, prometheus, grafana, application, webhook } = settings;
  switch (below[0]) {
    case 'redis':
      return redisHost(redis, below[1] === 'sentinelPassword') + tunnelWords(settings, 'redis');
    case 'qdrant':
      return httpHosts([qdrant?.url], qdrant?.tls) + tunnelWords(settings, 'qdrant');
    case 'prometheus':
      return httpHosts([prometheus?.url], prometheus?.tls) + tunnelWords(settings, 'prometheus');
    case 'grafana':
      return httpHosts([grafana?.url], grafana?.tls) + tunnelWords(settings, 'grafana');
    case 'application': {
      const { health, metrics, stats, clear } = application ?? {};
      return httpHosts([health, metrics, stats, clear], application?.tls) + tunnelWords(settings, 'application');
    }
    case 'tunnel':
      return settings.tunnel?.kind === 'ssh' ? sshHost(settings.tunnel) : '';
    case 'webhook':
      return httpHosts([webhook?.url], undefined) || 'the webhook';
    default:
      return 'the checklist’s commands';
  }
}

/** Where a store is, its tunnel included; TLS that is turned on or off makes no other place of it. '': it has none. */
export function placeOfStore(settings: EnvironmentSettings, store: 'redis' | 'qdrant'): string {
  return hostOfField(settings, [store]).replace(/ over TLS(, unverified)?/, '');
}

function redisHost(redis: EnvironmentSettings['redis'], sentinel: boolean): string {
  const protection = (encrypted: boolean): string => protectionOf(encrypted || redis?.tls !== undefined, redis?.tls);
  if (redis?.sentinels !== undefined) {
    const hosts = joinHosts(redis.sentinels);
    return (sentinel ? hosts : `${redis.name ?? ''} of ${hosts}`) + protection(false);
  }
  if (redis?.cluster !== undefined) return joinHosts(redis.cluster) + protection(false);
  const address = parseRedisUrl(redis?.url ?? '');
  if (address === undefined) return '';
  return address.kind === 'unix' ? `unix:${address.path}` : formatHostPort(address) + protection(address.tls);
}

function httpHosts(urls: readonly (string | undefined)[], tls: TlsSettings | undefined): string {
  const hosts = urls.flatMap((url) => {
    const host = url === undefined ? undefined : httpHost(url);
    return host === undefined || url === undefined
      ? []
      : [formatHostPort(host) + protectionOf(/^https:/i.test(url), tls)];
  });
  return joinTexts(hosts);
}

function protectionOf(encrypted: boolean, tls: TlsSettings | undefined): string {
  if (!encrypted) return '';
  return tls?.verify === false ? ' over TLS, unverified' : ' over TLS';
}

function joinHosts(hosts: readonly HostPort[]): string {
  return joinTexts(hosts.map(formatHostPort));
}

function joinTexts(texts: readonly string[]): string {
  return [...new Set(texts)].toSorted().join(', ');
}
