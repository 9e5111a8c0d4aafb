import assert from 'node:assert/strict';
import type { Reading } from '../../../../src/core/health/reading.ts';
import { parseInfo } from '../../../../src/core/health/redisInfo.ts';
import { RedisRecent } from '../../../../src/core/health/redisRecent.ts';
import { reportRedis } from '../../../../src/core/health/redisReport.ts';
import { parseLatency, parseSlowLog } from '../../../../src/core/health/redisSlow.ts';
import type { SlowState } from '../../../../src/core/health/redisSlow.ts';
import { LookupHistory } from '../../../../src/core/metrics/hitRate.ts';

type Fields = Readonly<Record<string, string | number>>;

const nowSeconds = 1_767_225_600;
const megabyte = 1024 ** 2;

function readings(fields: Fields, earlier?: Fields, slow?: SlowState): ReadonlyMap<string, Reading> {
  const recent = new RedisRecent();
  const sampleAt = (atMs: number, given: Fields) => {
    const lines = Object.entries({ run_id: 'a', role: 'master', ...given }).map(([name, value]) => `${name}:${value}`);
    const sample = {
      atMs,
      readAtMs: nowSeconds * 1000,
      roundTripMs: atMs === 0 ? 0.2 : 0.9,
      address: 'cache:6379',
      user: 'ops',
      info: parseInfo(lines.join('\r\n')),
      ...(slow ? { slow } : {}),
    };
    recent.add(sample);
    return sample;
  };
  if (earlier) sampleAt(0, earlier);
  const { readings: found } = reportRedis(sampleAt(60_000, fields), new LookupHistory(1), {}, recent);
  return new Map(found.map((one) => [one.id, one]));
}

function said(reading: Reading | undefined): string {
  return `${reading?.state}: ${reading?.value}`;
}

describe('what a Redis shows in detail', () => {
  it('counts evictions and expiry by the second, over what was really watched', () => {
    const found = readings({ evicted_keys: 700, expired_keys: 130 }, { evicted_keys: 100, expired_keys: 100 });
    assert.equal(said(found.get('evictions')), 'fact: 10.0/s, last 60 s; 700 since start');
    assert.equal(said(found.get('expiry')), 'fact: 0.5/s, last 60 s; 130 since start');
  });

  it('takes counters that fell for a restart, not for a negative rate', () => {
    assert.equal(said(readings({ evicted_keys: 5 }, { evicted_keys: 100 }).get('evictions')), 'fact: 5 since start');
  });

  it('gives the spread of recent round trips', () => {
    const { value, detail } = readings({}, {}).get('roundTrip') ?? {};
    assert.equal(value, '0.90 ms (p99 0.90 ms)');
    assert.match(detail ?? '', /Of the last 2 polls: p50/);
  });

  it('is degraded by refused connections, even when there are few now', () => {
    const now = { connected_clients: 10, maxclients: 100, rejected_connections: 4 };
    assert.equal(said(readings(now, { rejected_connections: 0 }).get('clients')), 'degraded: 10 of 100');
    assert.equal(said(readings(now, now).get('clients')), 'healthy: 10 of 100');
  });

  it('judges fragmentation only where there is memory to lose', () => {
    const of = (used: number, rss: number): string =>
      said(
        readings({ used_memory: used, used_memory_rss: rss, mem_fragmentation_ratio: rss / used }).get('fragmentation'),
      );
    assert.equal(of(megabyte, 9 * megabyte), 'fact: 9.00, 9.0 MB resident');
    assert.equal(of(400 * megabyte, 800 * megabyte), 'degraded: 2.00, 800 MB resident');
    assert.equal(of(400 * megabyte, 200 * megabyte), 'degraded: 0.50, 200 MB resident', 'swapped out');
    assert.equal(of(400 * megabyte, 440 * megabyte), 'healthy: 1.10, 440 MB resident');
  });

  it('says how far a save has come, and that the last one failed', () => {
    const base = { rdb_last_save_time: nowSeconds - 60, rdb_bgsave_in_progress: 1 };
    const half = { current_save_keys_processed: 50, current_save_keys_total: 100 };
    assert.equal(said(readings({ ...base, ...half }).get('lastSave')), 'fact: 1 min ago; saving now, 50.0 %');
    const failed = readings({ ...base, rdb_last_bgsave_status: 'err' }).get('lastSave');
    assert.equal(said(failed), 'degraded: 1 min ago; the last try failed; trying again');
  });

  it('is degraded when the append-only file cannot be written or rewritten', () => {
    const on = { aof_enabled: 1, aof_last_write_status: 'ok', aof_last_bgrewrite_status: 'ok' };
    assert.equal(said(readings(on).get('appendOnly')), 'healthy: on');
    const state = (field: string): string => said(readings({ ...on, [field]: 'err' }).get('appendOnly'));
    assert.equal(state('aof_last_write_status'), 'degraded: on; the last write failed');
    assert.equal(state('aof_last_bgrewrite_status'), 'degraded: on; the last rewrite failed');
  });

  it('tells a replica that follows from one that is silent or still copied to', () => {
    const of = (line: string): string =>
      said(readings({ master_repl_offset: 2048, slave0: line }).get('replica/10.0.0.2:6379'));
    const place = 'ip=10.0.0.2,port=6379';
    assert.equal(of(`${place},state=online,offset=1024,lag=1`), 'healthy: online, 1.0 KB behind, heard 1 s ago');
    assert.equal(of(`${place},state=online,offset=1024,lag=40`), 'degraded: online, 1.0 KB behind, heard 40 s ago');
    assert.equal(of(`${place},state=wait_bgsave,offset=0,lag=0`), 'degraded: wait_bgsave');
    assert.equal(of(`${place},state=online,offset=2048`), 'unknown: online, 0 B behind', 'never green without its lag');
  });

  it('finds a replica that answers, but lacks what was written long ago', () => {
    const info = (offset: number, acknowledged: number, runId = 'a') =>
      parseInfo(
        `run_id:${runId}\nrole:master\nmaster_repl_offset:${offset}\nslave0:ip=10.0.0.2,port=6379,state=online,offset=${acknowledged},lag=0`,
      );
    const recent = new RedisRecent();
    const behindMs = (atMs: number, offset: number, acknowledged: number, runId?: string): number => {
      recent.add({ atMs, roundTripMs: 1, info: info(offset, acknowledged, runId) });
      return recent.behindMs(acknowledged);
    };
    assert.equal(behindMs(0, 1_000, 1_000), 0);
    assert.equal(behindMs(5_000, 9_000, 1_000), 0, 'it was written a moment ago');
    assert.equal(behindMs(20_000, 20_000, 2_000), 15_000);
    assert.equal(behindMs(25_000, 30_000, 25_000), 0, 'it caught up but for the last');
    assert.equal(behindMs(30_000, 40_000, 0, 'b'), 0, 'another server');
  });

  it('finds that writes are refused for want of replicas, and only then', () => {
    assert.equal(said(readings({ min_slaves_good_slaves: 0 }).get('writes')), 'degraded: refused, no replica');
    assert.equal(readings({ min_slaves_good_slaves: 1 }).get('writes'), undefined);
    assert.equal(readings({}).get('writes'), undefined);
  });

  it('does not forget a replica that is gone, unless another took its place or the server is another', () => {
    const link = (address: string) => ({ slave0: `ip=${address},port=6379,state=online,offset=42,lag=0` });
    const before = link('10.0.0.2');
    assert.equal(said(readings({}, before).get('replica/10.0.0.2:6379')), 'degraded: gone for 1 min');
    assert.equal(readings(link('10.0.0.3'), before).get('replica/10.0.0.2:6379'), undefined);
    assert.equal(readings({ run_id: 'b' }, before).get('replica/10.0.0.2:6379'), undefined);
  });

  it('is degraded on a replica whose link is broken or silent', () => {
    const of = (fields: Fields): string => said(readings({ role: 'slave', ...fields }).get('replicationLink'));
    assert.equal(of({ master_link_status: 'up', master_last_io_seconds_ago: 1 }), 'healthy: up, heard 1 s ago');
    assert.equal(of({ master_link_status: 'up', master_last_io_seconds_ago: 60 }), 'degraded: up, silent for 60 s');
    assert.equal(
      of({ master_link_status: 'down', master_link_down_since_seconds: 75 }),
      'degraded: down for 1 min 15 s',
    );
  });

  it('names the latest slow command and counts the others, without arguments', () => {
    const slowLog = parseSlowLog([
      [2, nowSeconds - 30, 48_000, ['hgetall', 'session:secret'], '10.0.0.9:1', ''],
      [1, nowSeconds - 90, 12_000, ['HGETALL', 'x']],
      [0, nowSeconds - 95, 11_000, ['SORT', 'x']],
    ]);
    const latency = parseLatency([['fork', nowSeconds - 300, 120, 300]]);
    const found = readings({}, undefined, { slowLog, latency });
    assert.equal(said(found.get('slowLog')), 'fact: HGETALL 48 ms, 30 s ago');
    assert.match(found.get('slowLog')?.detail ?? '', /^The latest 3: 2 × HGETALL, 1 × SORT\./);
    assert.doesNotMatch(JSON.stringify([...found]), /session:secret/);
    assert.equal(said(found.get('latency')), 'fact: fork 120 ms, 5 min ago');
    assert.match(found.get('latency')?.detail ?? '', /worst 300 ms/);
  });

  it('says which right the slow log needs, and claims nothing', () => {
    const found = readings({}, undefined, { slowLog: 'denied', latency: [] });
    assert.equal(said(found.get('slowLog')), 'fact: not permitted');
    assert.match(found.get('slowLog')?.detail ?? '', /ACL SETUSER ops \+slowlog\|get/);
    assert.equal(said(found.get('latency')), 'fact: none recorded');
  });
});
