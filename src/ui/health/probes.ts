import { systemClock } from '../../core/clock.ts';
import type { Environment } from '../../core/environment/environment.ts';
import type { SecretVault } from '../../core/environment/references.ts';
import type { ProbeNeeds } from '../../core/health/fleet.ts';
import type { ServiceProbe } from '../../core/health/monitor.ts';
import type { ProbedServiceId } from '../../core/health/monitorServices.ts';
import type { RedisProbe } from '../../core/health/redisMonitor.ts';
import type { SecretLookup } from '../../clients/redisTarget.ts';
import type { Tunnels, TunnelWay } from '../../clients/tunnels.ts';
import { secretLookup } from '../environments/secretLookup.ts';

type Open = (
  environment: Environment,
  secret: SecretLookup,
  clock: typeof systemClock,
  tunnel: TunnelWay | undefined,
  needs: ProbeNeeds,
) => ServiceProbe;

const openers: Readonly<Record<ProbedServiceId, () => Promise<Open>>> = {
  qdrant: async () => (await import('../../clients/qdrantProbe.ts')).openQdrantProbe,
  prometheus: async () => (await import('../../clients/prometheusProbe.ts')).openPrometheusProbe,
  application: async () => (await import('../../clients/applicationProbe.ts')).openApplicationProbe,
  grafana: async () => (await import('../../clients/grafanaProbe.ts')).openGrafanaProbe,
};

/** What a probe opens its connections with. */
interface Means {
  readonly vault: SecretVault;
  readonly tunnels: Tunnels;
}

/** Reads the Redis of an environment. The client is loaded when the first server is asked, not at activation. */
export function openRedis(environment: Environment, { vault, tunnels }: Means): RedisProbe {
  const secret = secretLookup(environment, vault);
  let opened: Promise<RedisProbe> | undefined;
  const listeners: (() => void)[] = [];
  const open = async (): Promise<RedisProbe> => {
    const { openRedisProbe } = await import('../../clients/redisProbe.ts');
    const probe = openRedisProbe(environment, secret, systemClock, tunnels.of(environment, 'redis'));
    for (const listener of listeners) probe.onMoved?.(listener);
    return probe;
  };
  return {
    read: async (signal) => (await (opened ??= open())).read(signal),
    close: () => void opened?.then((probe) => probe.close()),
    onMoved: (listener) => void listeners.push(listener),
  };
}

/** Reads another service; its client is loaded then too. */
export function openService(
  service: ProbedServiceId,
  environment: Environment,
  { vault, tunnels, needs }: Means & { readonly needs: ProbeNeeds },
): ServiceProbe {
  const secret = secretLookup(environment, vault);
  let opened: Promise<ServiceProbe> | undefined;
  const open = async (): Promise<ServiceProbe> =>
    (await openers[service]())(environment, secret, systemClock, tunnels.of(environment, service), needs);
  return {
    read: async (signal, fresh) => (await (opened ??= open())).read(signal, fresh),
    close: () => void opened?.then((probe) => probe.close()),
  };
}
