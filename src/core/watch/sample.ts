import { compare, inUnit } from '../checklist/meaning/criteria/judge.ts';
import type { Reading } from '../checklist/meaning/criteria/types.ts';
import type { EnvironmentHitRate } from '../health/environmentHitRate.ts';
import type { ServiceId } from '../health/monitorServices.ts';
import { serviceNames } from '../health/monitorServices.ts';
import type { ServiceReport } from '../health/reading.ts';
import type { RedisMonitor } from '../health/redisMonitor.ts';
import { hitRateValue } from '../run/hitRateValue.ts';
import { redisValue } from '../run/redisValue.ts';
import type { AlertRule, Comparison } from './rule.ts';

/** What a read says of a rule's condition. `holds` undefined: it says nothing, for the reason in `words`. */
export interface Sample {
  readonly holds: boolean | undefined;
  /** `412 ms`, `connection refused`, `no data: Prometheus timed out`. */
  readonly words: string;
  /** In the base unit of the condition; undefined where it is no number. */
  readonly value: number | undefined;
}

/** What the monitors of one environment have at hand. */
export interface Readings {
  readonly redis: Pick<RedisMonitor, 'sample' | 'evictions'> | undefined;
  hitRate(): EnvironmentHitRate;
  reportOf(service: ServiceId): ServiceReport | undefined;
}

/** Judges a rule by what was read last. No data and NaN neither hold nor fail to hold. */
export function sampleOf({ condition }: AlertRule, readings: Readings): Sample {
  switch (condition.kind) {
    case 'unbound':
      return unknown(condition.why);
    case 'state':
      return stateSample(readings.reportOf(condition.service), condition.reading);
    case 'number': {
      const { comparison, reading } = condition;
      const value = valueOf(reading, readings);
      if (typeof value === 'string') return unknown(value);
      if (Number.isNaN(value)) return unknown('no traffic');
      const isKeyspace = reading.source === 'hitRate' && reading.from[0] === 'keyspace';
      // Never to be taken for the application's own.
      const words = `${inUnit(value, reading.unit)}${isKeyspace ? ' keyspace hits' : ''}`;
      return { holds: isMet(comparison, value), words, value };
    }
  }
}

/** A rate written as a plain number is meant in the unit it is read in. */
function isMet({ comparator, value: limit }: Comparison, value: number): boolean {
  return compare(value, comparator, limit);
}

function unknown(why: string): Sample {
  return { holds: undefined, words: why, value: undefined };
}

function stateSample(report: ServiceReport | undefined, id: string | undefined): Sample {
  if (!report) return unknown('not read yet');
  if (id === undefined) {
    if (report.state === 'unknown') return unknown(report.summary);
    return { holds: report.state === 'down', words: report.summary, value: undefined };
  }
  if (report.failure) return unknown(report.summary);
  const reading = report.readings.find((one) => one.id === id);
  if (!reading || reading.state === 'unknown') return unknown(reading?.value ?? 'no data');
  return { holds: reading.state === 'degraded' || reading.state === 'down', words: reading.value, value: undefined };
}

/** A text is the reason why there is none. */
function valueOf(reading: Reading, readings: Readings): number | string {
  if (reading.source === 'hitRate') {
    const value = hitRateValue(readings.hitRate(), reading.namespace);
    return value.kind === 'known' ? value.ratio : value.why;
  }
  const report = readings.reportOf(reading.source);
  if (!report) return 'not read yet';
  if (report.failure) return `${serviceNames[reading.source]} ${report.summary}`;
  if (reading.source === 'prometheus') {
    const { numbers } = report;
    if (numbers === undefined || 'failure' in numbers) return `no data: ${numbers?.failure.message ?? 'not asked yet'}`;
    const value = numbers.get(reading.query);
    return value === undefined ? 'no data or no traffic' : value * reading.scale;
  }
  return (readings.redis && redisValue(readings.redis, reading)) ?? whyNone(reading.field, readings);
}

function whyNone(field: Extract<Reading, { readonly source: 'redis' }>['field'], { redis }: Readings): string {
  const { info } = redis?.sample ?? {};
  if (!info) return 'no data: INFO may not be read';
  if (field === 'memoryShare' && info.maxmemory === 0) return 'no data: maxmemory is 0, so there is no limit to fill';
  return field === 'evictionRate' ? 'read only once so far' : 'no data';
}
