import { openApplicationProbe } from '../../../src/clients/applicationProbe.ts';
import { openGrafanaProbe } from '../../../src/clients/grafanaProbe.ts';
import { openPrometheusProbe } from '../../../src/clients/prometheusProbe.ts';
import { openQdrantProbe } from '../../../src/clients/qdrantProbe.ts';
import { openRedisProbe } from '../../../src/clients/redisProbe.ts';
import type { SecretLookup } from '../../../src/clients/redisTarget.ts';
import type { Clock } from '../../../src/core/clock.ts';
import type { Environment } from '../../../src/core/environment/environment.ts';
import { Fleet } from '../../../src/core/health/fleet.ts';

export const openers = {
  qdrant: openQdrantProbe,
  prometheus: openPrometheusProbe,
  application: openApplicationProbe,
  grafana: openGrafanaProbe,
};

/** A fleet over the real clients, as the extension builds it; `busy` is told when a read begins (1) and ends (-1). */
export function realFleet(
  clock: Clock,
  secret: SecretLookup,
  busy: (change: 1 | -1) => void = () => undefined,
  onRead: (environment: Environment) => void = () => undefined,
): Fleet {
  const counted =
    <A extends readonly unknown[], T>(read: (...given: A) => Promise<T>) =>
    (...given: A): Promise<T> => {
      busy(1);
      return read(...given).finally(() => busy(-1));
    };
  return new Fleet({
    clock,
    openRedis: (environment) => {
      const probe = openRedisProbe(environment, secret, clock);
      return {
        read: counted((signal) => probe.read(signal)),
        close: () => probe.close(),
        onMoved: (listener) => probe.onMoved?.(listener),
      };
    },
    openService: (service, environment, needs) => {
      const probe = openers[service](environment, secret, clock, undefined, needs);
      return { read: counted((signal, fresh) => probe.read(signal, fresh)), close: () => probe.close() };
    },
    onRead,
  });
}
