import type { Environment, Tier } from './environment.ts';
import { httpHost, isLocalHost } from './hosts.ts';
import { parseRedisUrl } from './redisUrl.ts';
import type { EnvironmentSettings } from './schema.ts';

/** Contexts that the usual local clusters create for themselves. */
const localContext = /^(minikube|docker-desktop|rancher-desktop|colima|orbstack|(kind|k3d)-.+)$/;

/** The tier as configured; else development when everything the environment names is on this machine, production if not. */
export function tierOf(settings: EnvironmentSettings): Pick<Environment, 'tier' | 'tierOrigin'> {
  if (settings.tier !== undefined) return { tier: settings.tier, tierOrigin: 'configured' };
  const tier: Tier = isRemote(settings) ? 'production' : 'development';
  return { tier, tierOrigin: 'assumed' };
}

function isRemote(settings: EnvironmentSettings): boolean {
  return hostsOf(settings).some((host) => !isLocalHost(host)) || runsElsewhere(settings);
}

/** Every host the environment names; the webhook is not part of the deployment. */
export function hostsOf(settings: EnvironmentSettings): readonly string[] {
  const { redis, application, variables = {}, flags = {} } = settings;
  const address = redis?.url === undefined ? undefined : parseRedisUrl(redis.url);
  const urls = [
    settings.qdrant?.url,
    settings.prometheus?.url,
    settings.grafana?.url,
    application?.health,
    application?.metrics,
    application?.stats,
    application?.clear,
    ...Object.values(flags).map((flag) => flag.in?.url),
  ];
  return [
    ...(address?.kind === 'tcp' ? [address.host] : []),
    ...[...(redis?.sentinels ?? []), ...(redis?.cluster ?? [])].map(({ host }) => host),
    ...urls.flatMap((url) => (url === undefined ? [] : (httpHost(url)?.host ?? []))),
    ...Object.entries(variables).flatMap(([name, value]) => hostOfVariable(name, value) ?? []),
  ];
}

/** The host in a variable that is an address, or is named as a host. */
function hostOfVariable(name: string, value: string): string | undefined {
  if (/^[a-z][\w+.-]*:\/\//i.test(value)) return /^[^:]+:\/\/(?:[^/?#]*@)?(\[[^\]]*\]|[^/?#:,]+)/.exec(value)?.[1];
  return /(^|_)HOST(NAME)?$/i.test(name) && /^[^\s${}]+$/.test(value) ? value.replace(/:\d+$/, '') : undefined;
}

/** Tunnels, clusters and engines that are elsewhere although every address may read `localhost`. */
function runsElsewhere({ tunnel, target }: EnvironmentSettings): boolean {
  if (tunnel?.kind === 'kubernetes' && !localContext.test(tunnel.context)) return true;
  if (tunnel?.kind === 'ssh' && !isLocalHost(tunnel.host)) return true;
  // Where a command leads is not known.
  if (tunnel?.kind === 'command') return true;
  switch (target?.kind) {
    case 'kubernetes':
      return !localContext.test(target.context);
    case 'compose':
      return target.context !== undefined && !/^(default|desktop-linux|colima|orbstack)$/.test(target.context);
    case 'systemd':
      return target.host !== undefined && !isLocalHost(target.host.replace(/^.*@/, ''));
    case 'envFile':
    case 'command':
    case undefined:
  }
  return false;
}
