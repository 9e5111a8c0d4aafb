import assert from 'node:assert/strict';
import type { Reading } from '../../../../src/core/health/reading.ts';
import { parseInfo } from '../../../../src/core/health/redisInfo.ts';
import { judgeHitRate } from '../../../../src/core/health/hitRateLimits.ts';
import { evictions } from '../../../../src/core/health/redisMemory.ts';
import { RedisRecent } from '../../../../src/core/health/redisRecent.ts';
import { reportFailure } from '../../../../src/core/health/failure.ts';
import { reportRedis } from '../../../../src/core/health/redisReport.ts';
import type { RedisLimits, RedisSample } from '../../../../src/core/health/redisReport.ts';
import { LookupHistory } from '../../../../src/core/metrics/hitRate.ts';

const savedAtSeconds = 1_767_225_600;
const healthyFields = {
  redis_version: '7.0.15',
  run_id: 'a',
  uptime_in_seconds: '90061',
  role: 'master',
  connected_slaves: '1',
  connected_clients: '12',
  maxclients: '10000',
  used_memory: String(200 * 1024 ** 2),
  maxmemory: String(512 * 1024 ** 2),
  maxmemory_policy: 'allkeys-lru',
  evicted_keys: '0',
  keyspace_hits: '900',
  keyspace_misses: '100',
  rdb_last_save_time: String(savedAtSeconds),
  rdb_last_bgsave_status: 'ok',
  rdb_bgsave_in_progress: '0',
  aof_enabled: '0',
  db0: 'keys=1234,expires=1000,avg_ttl=0',
};

function sampleOf(fields: Readonly<Record<string, string>>): RedisSample {
  const info = parseInfo(
    Object.entries({ ...healthyFields, ...fields })
      .map(([name, value]) => `${name}:${value}`)
      .join('\r\n'),
  );
  return {
    atMs: 60_000,
    readAtMs: (savedAtSeconds + 120) * 1000,
    roundTripMs: 0.345,
    address: 'cache:6379',
    user: 'default',
    info,
  };
}

function report(fields: Readonly<Record<string, string>> = {}, limits: RedisLimits = {}) {
  const sample = sampleOf(fields);
  const history = new LookupHistory(300_000);
  history.add({ atMs: 0, hits: 850, misses: 50, runId: 'a' });
  history.add({ atMs: 60_000, hits: 900, misses: 100, runId: 'a' });
  return reportRedis(sample, history, limits);
}

function reading(id: string, fields: Readonly<Record<string, string>> = {}, limits: RedisLimits = {}): Reading {
  const found = report(fields, limits).readings.find((one) => one.id === id);
  assert.ok(found, id);
  return found;
}

describe('what a Redis shows', () => {
  it('is healthy, in words a person reads', () => {
    const { state, summary, readings } = report();
    assert.equal(state, 'healthy');
    assert.equal(summary, 'healthy');
    assert.deepEqual(
      readings.map(({ label, value }) => `${label}: ${value}`),
      [
        'Connection: cache:6379 as default',
        'Round trip: 0.34 ms',
        'Version: Redis 7.0.15, up 1 d 1 h',
        'Role: primary with 1 replica',
        'Keyspace hit rate: 50.0 %, last 60 s',
        'Keyspace hit rate: 90.0 %, since start',
        'Memory: 200 MB of 512 MB (39.1 %)',
        'Memory free: 312 MB',
        'Keys: db0 1,234',
        'Eviction policy: allkeys-lru',
        'Evictions: 0 since start',
        'Clients: 12 of 10,000',
        'Last save: 2 min ago',
        'Append-only file: off',
      ],
    );
  });

  it('names Valkey as Valkey, whatever Redis version it claims', () => {
    assert.equal(
      reading('version', { redis_version: '7.2.4', server_name: 'valkey', valkey_version: '8.0.1' }).value,
      'Valkey 8.0.1, up 1 d 1 h',
    );
  });

  it('takes maxmemory 0 for no limit: neither healthy nor infinite', () => {
    const memory = reading('memory', { maxmemory: '0' });
    assert.equal(memory.value, '200 MB, no limit set');
    assert.equal(memory.state, 'fact');
  });

  it('is degraded when nearly full without eviction, and not when it evicts', () => {
    const full = { used_memory: String(500 * 1024 ** 2) };
    assert.equal(reading('memory', { ...full, maxmemory_policy: 'noeviction' }).state, 'degraded');
    assert.equal(reading('memory', full).state, 'healthy');
  });

  it('takes a volatile policy without keys that expire for no eviction', () => {
    const full = { used_memory: String(500 * 1024 ** 2), maxmemory_policy: 'volatile-lru' };
    assert.equal(reading('memory', full).state, 'healthy');
    const memory = reading('memory', { ...full, db0: 'keys=1234,expires=0,avg_ttl=0' });
    assert.equal(memory.state, 'degraded');
    assert.match(memory.detail ?? '', /only keys with an expiry, and there are none: writes fail/);
  });

  it('names what is bad beside what is not known', () => {
    const { state, summary } = report({
      used_memory: String(500 * 1024 ** 2),
      maxmemory_policy: 'noeviction',
      role: '',
    });
    assert.equal(state, 'unknown');
    assert.equal(summary, 'unknown: role; degraded: memory');
  });

  it('takes keys that were not said for unknown, and an empty server for empty', () => {
    const of = (text: string): Reading | undefined => {
      const sample = { ...sampleOf({}), info: parseInfo(text) };
      return reportRedis(sample, new LookupHistory(1), {}).readings.find(({ id }) => id === 'keys');
    };
    assert.deepEqual([of('role:master\r\n')?.value, of('role:master\r\n')?.state], ['no data', 'unknown']);
    assert.deepEqual([of('# Keyspace\r\n')?.value, of('# Keyspace\r\n')?.state], ['none', 'fact']);
  });

  it('tells ages by the server’s clock, where it says what that is', () => {
    const hourAhead = (savedAtSeconds + 3_600 + 120) * 1_000_000;
    const fields = { rdb_last_save_time: String(savedAtSeconds + 3_600) };
    assert.equal(reading('lastSave', fields).value, '0 s ago');
    assert.equal(reading('lastSave', { ...fields, server_time_usec: String(hourAhead) }).value, '2 min ago');
  });

  it('read as a server, one node of a cluster is never healthy', () => {
    const { state, summary } = report({ cluster_enabled: '1' });
    assert.deepEqual([state, summary], ['unknown', 'unknown: cluster']);
  });

  it('says that writes are refused, in the server’s words', () => {
    const { readings, state } = reportRedis(
      { ...sampleOf({}), writesRefused: 'MISCONF Errors writing to the AOF file' },
      new LookupHistory(1),
      {},
    );
    assert.equal(state, 'degraded');
    assert.match(readings.find(({ id }) => id === 'writes')?.detail ?? '', /It says: MISCONF Errors writing/);
  });

  it('is held against the environment’s limits of the round trip and of evictions', () => {
    assert.equal(reading('roundTrip').state, 'fact');
    assert.equal(reading('roundTrip', {}, { roundTrip: 1 }).state, 'healthy');
    const slow = reading('roundTrip', {}, { roundTrip: 0.1 });
    assert.equal(slow.state, 'degraded');
    assert.match(slow.detail ?? '', /longer than the environment’s limit of 0\.10 ms/);
    const recent = new RedisRecent();
    for (const [atMs, evicted_keys] of [
      [0, '0'],
      [60_000, '100'],
    ] as const)
      recent.add({ ...sampleOf({ evicted_keys }), atMs });
    const info = sampleOf({ evicted_keys: '100' }).info ?? assert.fail();
    assert.equal(evictions(info, recent).state, 'fact');
    assert.equal(evictions(info, recent, 100).state, 'healthy');
    assert.equal(evictions(info, recent, 99).state, 'degraded');
    assert.equal(evictions(info, undefined, 99).state, 'fact', 'one poll tells no rate');
  });

  it('says its eviction policy, and what that means', () => {
    assert.deepEqual([reading('policy').value, reading('policy').state], ['allkeys-lru', 'fact']);
    assert.match(reading('policy', { maxmemory_policy: 'noeviction' }).detail ?? '', /writes fail/);
    assert.match(reading('policy', { maxmemory: '0' }).detail ?? '', /no policy comes into play/);
  });

  it('is degraded above the environment’s own memory limit', () => {
    const memory = reading('memory', {}, { redisMemory: 100 * 1024 ** 2 });
    assert.equal(memory.state, 'degraded');
    assert.match(memory.detail ?? '', /limit of 100 MB/);
  });

  it('gives the hit rate of the last minute as a fact: the environment’s is judged, wherever it comes from', () => {
    const rate = reading('hitRateMinute');
    assert.equal(rate.state, 'fact');
    assert.match(rate.detail ?? '', /^50 hits, 50 misses, last 60 s\./);
  });

  it('says that keyspace hits are not the application’s', () => {
    assert.match(reading('hitRateMinute').detail ?? '', /not the application’s own count/);
  });

  it('is degraded on a replica whose link is down', () => {
    const role = reading('role', {
      role: 'slave',
      master_host: 'primary',
      master_port: '6379',
      master_link_status: 'down',
    });
    assert.equal(role.value, 'replica of primary:6379, link down');
    assert.equal(role.state, 'degraded');
  });

  it('is degraded when the last save failed', () => {
    assert.equal(reading('lastSave', { rdb_last_bgsave_status: 'err' }).state, 'degraded');
  });

  it('takes what the server did not say for unknown, never for zero or healthy', () => {
    const { readings, state } = report({ used_memory: 'lots', evicted_keys: '', role: '' });
    const unknown = readings.filter((one) => one.state === 'unknown').map(({ id }) => id);
    assert.deepEqual(unknown, ['role', 'memory', 'evictions']);
    assert.equal(state, 'unknown');
  });

  it('shows a user without INFO as connected, and names the right that is missing', () => {
    const { readings, state } = reportRedis(
      { ...sampleOf({}), user: 'reader', info: undefined },
      new LookupHistory(1),
      {},
    );
    assert.deepEqual(
      readings.map(({ id, state: one }) => [id, one]),
      [
        ['connection', 'healthy'],
        ['roundTrip', 'fact'],
        ['info', 'unknown'],
      ],
    );
    assert.match(readings.at(-1)?.detail ?? '', /ACL SETUSER reader \+info/);
    assert.equal(state, 'unknown');
  });

  it('after a failure keeps what was known as what it was, and claims none of it', () => {
    const failed = reportFailure({ code: 'refused', message: 'cache:6379 refused.', next: undefined }, report());
    assert.equal(failed.state, 'down');
    assert.equal(failed.summary, 'connection refused');
    assert.equal(failed.readAtMs, (savedAtSeconds + 120) * 1000);
    assert.ok(failed.readings.length > 5);
    assert.ok(failed.readings.every(({ state }) => state === 'unknown'));
  });

  it('without a secret is unknown: the server may be well', () => {
    assert.equal(reportFailure({ code: 'secretMissing', message: '', next: undefined }, undefined).state, 'unknown');
  });
});

describe('judging a hit rate', () => {
  const rate = { kind: 'rate', ratio: 0.5, hits: 1, misses: 1, windowMs: 1 } as const;

  it('finds the worse limit first', () => {
    assert.equal(judgeHitRate(rate, { warning: 0.6, critical: 0.55 }), 'critical');
    assert.equal(judgeHitRate(rate, { warning: 0.6, critical: 0.3 }), 'warning');
    assert.equal(judgeHitRate(rate, { warning: 0.5, critical: 0.3 }), 'ok');
  });

  it('does not judge what is not there', () => {
    assert.equal(judgeHitRate({ kind: 'noTraffic', windowMs: 1 }, { warning: 0.6 }), 'unjudged');
    assert.equal(judgeHitRate(rate, undefined), 'unjudged');
  });
});
