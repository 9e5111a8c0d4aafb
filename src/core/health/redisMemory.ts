import { formatBytes, formatCount, formatRatio } from '../format.ts';
import { minuteMs, windowWords } from '../metrics/hitRate.ts';
import type { Reading } from './reading.ts';
import type { RedisInfo } from './redisInfo.ts';
import type { RedisRecent, Rise } from './redisRecent.ts';

const noticeable = 100 * 1024 ** 2;

/** What is left below the limit, and how much more the operating system sees in use than Redis does. */
export function memoryDetails(info: RedisInfo): Reading[] {
  return [...free(info), ...fragmentation(info)];
}

function free({ used_memory: used, maxmemory: most, total_system_memory: machine }: RedisInfo): Reading[] {
  if (used === undefined || most === undefined) return [];
  const base = { id: 'memoryFree', label: 'Memory free', state: 'fact' as const };
  if (most > 0) return [{ ...base, value: formatBytes(Math.max(0, most - used)), detail: 'Below maxmemory.' }];
  if (machine === undefined) return [];
  const detail = 'Without maxmemory nothing is reserved: other programs use the machine’s memory too.';
  return [{ ...base, value: `no limit; the machine has ${formatBytes(machine)}`, detail }];
}

/** Small data sets show wild ratios that mean nothing, so the rule asks for an amount as well. */
function fragmentation({
  mem_fragmentation_ratio: ratio,
  used_memory: used,
  used_memory_rss: rss,
}: RedisInfo): Reading[] {
  if (ratio === undefined || used === undefined || rss === undefined) return [];
  const base = {
    id: 'fragmentation',
    label: 'Memory fragmentation',
    value: `${ratio.toFixed(2)}, ${formatBytes(rss)} resident`,
  };
  if (ratio > 1.5 && rss - used > noticeable) {
    const detail = `Above 1.5 and over ${formatBytes(noticeable)}: memory is lost between the pieces. MEMORY PURGE, activedefrag or a restart gives it back.`;
    return [{ ...base, state: 'degraded', detail }];
  }
  if (ratio < 0.8 && used > noticeable) {
    const detail = 'Well below 1: part of the data is swapped out, and reading it is slow.';
    return [{ ...base, state: 'degraded', detail }];
  }
  return [
    { ...base, state: used > noticeable ? 'healthy' : 'fact', detail: 'Resident memory divided by used memory.' },
  ];
}

/** The volatile policies choose among keys with an expiry: without any they are as noeviction. */
export function evictsNothing({ maxmemory_policy: policy = '', keyspace: dbs }: RedisInfo): boolean {
  return policy === 'noeviction' || (policy.startsWith('volatile-') && dbs.every(({ expires }) => expires === 0));
}

/** Full is normal for a cache that evicts, and near failure for one that does not. Undefined: nothing is wrong. */
export function memoryTrouble(info: RedisInfo): string | undefined {
  const { used_memory: used, maxmemory: most, maxmemory_policy: policy = 'not said' } = info;
  if (used === undefined || !most || used <= 0.9 * most || !evictsNothing(info)) return undefined;
  const why = policy === 'noeviction' ? '' : ', which drops only keys with an expiry, and there are none';
  return `Over 90 % of maxmemory with policy ${policy}${why}: writes fail once it is full.`;
}

/** What happens when memory is full; how near that is, is judged with the memory. */
export function evictionPolicy(info: RedisInfo): Reading[] {
  const { maxmemory_policy: policy, maxmemory: most } = info;
  if (policy === undefined) return [];
  const detail =
    most === 0
      ? 'Without maxmemory no policy comes into play.'
      : evictsNothing(info)
        ? 'Nothing makes room: when memory is full, writes fail.'
        : 'When memory is full, keys are dropped by this rule.';
  return [{ id: 'policy', label: 'Eviction policy', value: policy, state: 'fact', detail }];
}

export function evictions(info: RedisInfo, recent: RedisRecent | undefined, mostPerMinute?: number): Reading {
  const base = { id: 'evictions', label: 'Evictions' };
  if (info.evicted_keys === undefined)
    return { ...base, value: 'no data', state: 'unknown', detail: 'The server did not say.' };
  const rise = recent?.rise('evicted_keys');
  const value = `${formatCount(info.evicted_keys)} since start`;
  if (!rise) return { ...base, value, state: 'fact' };
  const detail =
    rise.count === 0
      ? 'No key had to make room.'
      : 'Keys are dropped to make room. Normal for a full cache; with a falling hit rate, maxmemory is too small.';
  const words = `${rateWords(rise)}; ${value}`;
  if (mostPerMinute === undefined) return { ...base, value: words, state: 'fact', detail };
  const isOver = (rise.count * minuteMs) / rise.windowMs > mostPerMinute;
  const rule = `${isOver ? 'Above' : 'Within'} the environment’s limit of ${formatCount(mostPerMinute)} a minute.`;
  return { ...base, value: words, state: isOver ? 'degraded' : 'healthy', detail: `${rule} ${detail}` };
}

export function expiry(info: RedisInfo, recent: RedisRecent | undefined): Reading[] {
  if (info.expired_keys === undefined) return [];
  const rise = recent?.rise('expired_keys');
  const since = `${formatCount(info.expired_keys)} since start`;
  const keys = info.keyspace.reduce((sum, one) => sum + one.keys, 0);
  const expires = info.keyspace.reduce((sum, one) => sum + one.expires, 0);
  const share = keys === 0 ? '' : `${formatRatio(expires / keys)} of the keys have an expiry.`;
  const stale =
    info.expired_stale_perc === undefined
      ? ''
      : ` About ${info.expired_stale_perc} % of those are past it and not removed yet.`;
  return [
    {
      id: 'expiry',
      label: 'Expired keys',
      value: rise ? `${rateWords(rise)}; ${since}` : since,
      state: 'fact',
      detail: `${share}${stale}`.trim(),
    },
  ];
}

/** `12.5/s, last 60 s` */
function rateWords({ count, windowMs }: Rise): string {
  const perSecond = count / (windowMs / 1000);
  const rate =
    perSecond === 0 ? '0' : perSecond < 0.1 ? '< 0.1' : perSecond < 100 ? perSecond.toFixed(1) : formatCount(perSecond);
  return `${rate}/s, ${windowWords({ kind: 'noTraffic', windowMs })}`;
}
