import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { openRedisProbe } from '../../src/clients/redisProbe.ts';
import type { Clock } from '../../src/core/clock.ts';
import { systemClock } from '../../src/core/clock.ts';
import type { Environment } from '../../src/core/environment/environment.ts';
import { Fleet } from '../../src/core/health/fleet.ts';
import { AlertService } from '../../src/ui/alerts/alertService.ts';
import { eventually } from '../eventually.ts';
import { TestMemento } from '../host/support/memento.ts';
import { startPrometheus } from '../sandbox/prometheus.ts';
import type { PrometheusServer } from '../sandbox/prometheus.ts';
import { startRedis } from '../sandbox/redis.ts';
import type { RedisServer } from '../sandbox/redis.ts';
import { startHttpStandIn } from './support/httpStandIn.ts';
import type { HttpStandIn } from './support/httpStandIn.ts';
import { openers } from './support/realFleet.ts';
import { environmentWith, secretsOf } from './support/serviceReadings.ts';

/** The alerts' time runs thirty times as fast as the servers': a minute takes two seconds. */
const fastClock: Clock = {
  monotonicMs: () => 30 * systemClock.monotonicMs(),
  wallMs: () => 30 * systemClock.monotonicMs(),
  after: (delayMs, run) => systemClock.after(delayMs / 30, run),
};

/** What is watched without a gap is measured by that time too. */
class PatientFleet extends Fleet {
  override mostGapMs(): number {
    return 90_000;
  }
}

/** Half of the calls take 10 ms, half 400 ms: p95 is near half a second. */
function page(calls: number): string {
  return `shop_hits_total ${calls}
shop_misses_total ${calls}
shop_seconds_bucket{le="0.01"} ${calls / 2}
shop_seconds_bucket{le="0.5"} ${calls}
shop_seconds_bucket{le="+Inf"} ${calls}
shop_seconds_sum ${calls / 4}
shop_seconds_count ${calls}
`;
}

describe('Alerts on real servers', function () {
  this.timeout(90_000);
  let folder: string;
  let redis: RedisServer;
  let client: Redis;
  let app: HttpStandIn;
  let prometheus: PrometheusServer;
  let shop: Environment;
  let fleet: Fleet;
  let alerts: AlertService;
  let calls = 0;
  const told: string[] = [];

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'cache-ops-alerts-'));
    redis = await startRedis({ folder: join(folder, 'redis'), config: { maxmemory: '64mb' } });
    client = new Redis(redis.url);
    // Nothing but counters that rise, which no real application does on demand.
    app = await startHttpStandIn(() => ({ body: page((calls += 20)), headers: { 'content-type': 'text/plain' } }));
    prometheus = await startPrometheus({
      folder: join(folder, 'prometheus'),
      targets: [{ job: 'shop', instance: 'shop-1', port: app.port }],
    });
    shop = environmentWith({
      redis: { url: redis.url },
      prometheus: { url: prometheus.url, job: 'shop' },
      metrics: { hits: 'shop_hits_total', misses: 'shop_misses_total', latency: 'shop_seconds' },
      limits: { hitRate: { warning: '40%' }, redisMemory: '10MB' },
      alerts: [{ when: 'p95 > 100ms for 1m', severity: 'critical' }, 'p99 < 100ms', 'redis down for 1m'],
    });
    fleet = new PatientFleet({
      clock: systemClock,
      openRedis: (environment) => openRedisProbe(environment, secretsOf(), systemClock),
      openService: (service, environment, needs) =>
        openers[service](environment, secretsOf(), systemClock, undefined, needs),
      onRead: (environment) => alerts.read(environment),
    });
    alerts = new AlertService({
      fleet,
      memory: new TestMemento(),
      clock: fastClock,
      tell: (_environment, notices) =>
        told.push(...notices.map(({ kind, rule, words }) => `${kind} ${rule.when}: ${words}`)),
      onDidChange: () => undefined,
    });
    fleet.update([shop], 200);
    alerts.update([shop], shop);
  });
  after(async () => {
    alerts?.dispose();
    fleet?.dispose();
    client?.disconnect();
    await prometheus?.stop();
    await app?.stop();
    await redis?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const row = (label: string): string =>
    alerts.rowsOf(shop).find(({ row: one }) => one.label.startsWith(label))?.row.description ?? '';

  it('read what Redis and Prometheus say, and are quiet where it is well', async () => {
    await eventually(() => assert.match(row('hit rate < 40 %'), /^50 % · quiet$/), 30_000);
    assert.match(row('redis memory > 10.0 MB'), /MB · quiet$/);
    assert.equal(row('redis down'), 'healthy · quiet');
    assert.match(row('p99 < 100ms'), /^4\d\d ms · quiet$/);
  });

  it('fire for a latency that Prometheus measures', async () => {
    await eventually(() => assert.match(row('p95 > 100ms'), /^4\d\d ms · critical since /), 20_000);
    assert.match(told.find((one) => one.startsWith('fired p95')) ?? '', /^fired p95 > 100ms: 4\d\d ms$/);
  });

  it('fire when a limit is breached, and recover when it is not any more', async () => {
    for (let index = 0; index < 12; index += 1) await client.set(`cache:big:${index}`, 'x'.repeat(1024 ** 2));
    await eventually(() => assert.match(told.join('\n'), /fired redis memory > 10\.0 MB: 1\d\.\d MB/), 20_000);
    await client.flushall();
    await eventually(() => assert.match(told.join('\n'), /recovered redis memory > 10\.0 MB: /), 20_000);
    const episode = alerts.episodesOf(shop).find(({ rule }) => rule.includes('memory'));
    assert.equal(episode?.ended, 'recovered');
    assert.match(alerts.describe(shop).join('\n'), /Episodes, newest first/);
  });

  it('say "no data" when Prometheus is gone, and neither recover nor fire by it', async () => {
    await prometheus.kill();
    await eventually(
      () => assert.match(row('p95 > 100ms'), /^critical since .* now unknown: Prometheus connection refused$/),
      20_000,
    );
    assert.match(
      row('hit rate < 40 %'),
      /^Prometheus: connection refused\. The keyspace hit rate of Redis is not the application’s\. · since /,
    );
    assert.ok(!told.some((one) => one.startsWith('recovered p95')));
    assert.deepEqual(alerts.firingOf(shop)?.words, '1 critical alert');
  });

  it('fire when Redis is down, though it is asked ever less often', async () => {
    client.disconnect();
    await redis.kill();
    await eventually(() => assert.match(told.join('\n'), /fired redis down: connection refused/), 40_000);
    assert.match(row('redis memory'), /^Redis connection refused · since /);
  });
});
