import assert from 'node:assert/strict';
import type { Environment } from '../../../../src/core/environment/environment.ts';
import { readEnvironments } from '../../../../src/core/environment/read.ts';
import type { ServiceReport } from '../../../../src/core/health/reading.ts';
import { EnvironmentWatch } from '../../../../src/core/watch/watch.ts';
import type { Kept, Watched } from '../../../../src/core/watch/watch.ts';
import type { Readings } from '../../../../src/core/watch/sample.ts';
import { FakeClock } from '../fakeClock.ts';

export const everything = {
  redis: { url: 'redis://localhost:6379' },
  qdrant: { url: 'http://localhost:6333' },
  prometheus: { url: 'http://localhost:9090', job: 'shop' },
  metrics: {
    hits: 'shop_hits_total',
    misses: 'shop_misses_total',
    latency: 'shop_seconds',
    requests: 'requests_total',
    errors: 'requests_total{status=~"5.."}',
  },
};

export function environmentOf(settings: object): Environment {
  const { environments, problems } = readEnvironments({ shop: { tier: 'production', ...settings } }, undefined);
  const [environment] = environments;
  assert.ok(environment, JSON.stringify(problems));
  return environment;
}

export const nothingKept: Kept = { episodes: [], snoozed: {} };
export const mostGapMs = 20_000;

/** The watch of one environment, whose one number of Redis (memory in percent) and whose clock a test moves. */
export class Bench {
  readonly clock = new FakeClock();
  readonly environment: Environment;
  readonly said: string[] = [];
  watch: EnvironmentWatch;

  constructor(alerts: readonly unknown[], kept: Kept = nothingKept) {
    this.environment = environmentOf({ ...everything, alerts });
    this.watch = this.open(kept);
  }

  open(kept: Kept): EnvironmentWatch {
    return new EnvironmentWatch(this.environment, { clock: this.clock, kept, mostGapMs: () => mostGapMs });
  }

  /** As if the editor was closed and opened. */
  restart(): void {
    this.watch = this.open(JSON.parse(JSON.stringify(this.watch.kept)));
  }

  /** One poll of Redis: memory in percent of maxmemory; undefined: it could not be read. */
  poll(percent: number | undefined): void {
    const { notices } = this.watch.read(memoryOf(percent));
    this.said.push(...notices.map(({ kind, rule }) => `${kind} ${rule.severity}`));
  }

  /** Polls every ten seconds for that long, with the last poll at its end. */
  async pollFor(durationMs: number, percent: number | undefined): Promise<void> {
    for (let passed = 0; passed < durationMs; passed += 10_000) {
      await this.clock.advance(10_000);
      this.poll(percent);
    }
  }

  only(): Watched {
    const [one] = this.watch.watched;
    assert.ok(one);
    return one;
  }
}

export const healthy: ServiceReport = { state: 'healthy', summary: 'healthy', readings: [], readAtMs: 0 };

function memoryOf(percent: number | undefined): Readings {
  const failure = { code: 'timedOut', message: 'It did not answer.', next: undefined } as const;
  const report: ServiceReport =
    percent === undefined ? { ...healthy, state: 'down', summary: 'timed out', failure } : { ...healthy };
  const info = { used_memory: percent, maxmemory: 100, keyspace: [], keyspaceSaid: true };
  const sample = { atMs: 0, readAtMs: 0, roundTripMs: 1, address: 'redis:6379', user: 'default', info };
  return {
    redis: { sample, evictions: () => undefined },
    hitRate: () => assert.fail('No rule here is about it.'),
    reportOf: (service) => (service === 'redis' ? report : undefined),
  };
}
