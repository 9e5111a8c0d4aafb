import { formatCount, formatMilliseconds } from '../format.ts';
import type { MarkedValue } from '../metrics/prometheusLookups.ts';
import { lookupsFromPrometheus } from '../metrics/prometheusLookups.ts';
import type { CacheMetrics } from '../metrics/promql.ts';
import type { SourcedHitRate } from '../metrics/sourcedHitRate.ts';
import type { Part } from './monitorParts.ts';
import { readingsOf, reportReadings } from './monitorParts.ts';
import { alertReadings } from './prometheusAlerts.ts';
import type { Rule } from './prometheusAlerts.ts';
import { metricReadings, oldAfterMs } from './prometheusMetrics.ts';
import type { WantedMetric } from './prometheusMetrics.ts';
import type { LoadedConfiguration, WrittenFile } from './prometheusReload.ts';
import { reloadReadings } from './prometheusReload.ts';
import type { Reading, ServiceReport } from './reading.ts';

/** What is asked at every poll, in one query. */
export interface PrometheusEssential {
  /** By the index of the wanted metrics: seconds since the newest sample; a metric without a current sample is left out. */
  readonly agesSeconds: ReadonlyMap<number, number>;
  /** Targets of the job, by its `up`: how many there are and how many are up; undefined when there is no such series. */
  readonly targets: number | undefined;
  readonly up: number | undefined;
  /** Firing alerts of the whole server. */
  readonly firing: number;
  /** The values that alerts of the environment ask for, by query. */
  readonly numbers: Part<ReadonlyMap<string, number>>;
  /** What `lookupExpressions` brought, among other values. */
  readonly lookups?: { readonly windowMs: number; readonly values: readonly MarkedValue[] };
}

export interface Target {
  readonly instance: string;
  readonly job: string;
  readonly health: string;
  readonly lastError: string;
  readonly scrapeIntervalMs: number | undefined;
}

export interface PrometheusDetails {
  readonly ready: Part<string>;
  /** Undefined inside: the server does not say. */
  readonly version: Part<string | null>;
  readonly targets: Part<readonly Target[]>;
  readonly rules: Part<readonly Rule[]>;
  readonly reload: Part<LoadedConfiguration>;
  /** Those the settings name. */
  readonly files: readonly WrittenFile[];
  readonly headSeries: Part<number>;
  /** Wanted metrics without a current sample that had one in the last day. */
  readonly seenLately: Part<ReadonlySet<number>>;
}

export interface PrometheusSample {
  readonly essential: PrometheusEssential;
  readonly details: PrometheusDetails;
  readonly address: string;
  readonly tookMs: number;
  readonly readAtMs: number;
}

/** What of a Prometheus concerns the environment. */
export interface PrometheusWanted {
  readonly job: string | undefined;
  readonly metrics: readonly WantedMetric[];
  /** Queries with at most one value, for the environment's alerts. */
  readonly queries?: readonly string[];
  readonly cache?: CacheMetrics | undefined;
}

/** What a sample means: every reading with its state, in the order the tree shows them. */
export function reportPrometheus(sample: PrometheusSample, wanted: PrometheusWanted): ServiceReport {
  return {
    ...reportReadings(readingsOfSample(sample, wanted), sample.readAtMs),
    ...numbersOf(sample.essential.numbers),
    hitRates: hitRatesOf(sample, wanted),
  };
}

function numbersOf(part: PrometheusEssential['numbers']): Pick<ServiceReport, 'numbers'> {
  if (part.kind === 'value') return { numbers: part.value };
  return part.kind === 'failed' ? { numbers: part } : {};
}

function hitRatesOf(
  { essential: { lookups, agesSeconds }, details, readAtMs }: PrometheusSample,
  { cache, metrics, ...wanted }: PrometheusWanted,
): readonly SourcedHitRate[] {
  if (!cache || !lookups) return [];
  const ages = metrics.flatMap(({ selector }, index) =>
    selector === cache.metrics.hits || selector === cache.metrics.misses ? (agesSeconds.get(index) ?? []) : [],
  );
  const ageMs = ages.length === 0 ? undefined : Math.max(0, Math.min(...ages)) * 1000;
  const oldMs = oldAfterMs(scrapeIntervalOf(details.targets, { ...wanted, metrics }));
  return [lookupsFromPrometheus(cache, lookups.windowMs, lookups.values, { ageMs, oldMs, nowMs: readAtMs })];
}

function readingsOfSample(sample: PrometheusSample, wanted: PrometheusWanted): readonly Reading[] {
  const { essential, details } = sample;
  return [
    { id: 'connection', label: 'Connection', value: sample.address, state: 'healthy', detail: 'It answers queries.' },
    { id: 'roundTrip', label: 'Query time', value: formatMilliseconds(sample.tookMs), state: 'fact' },
    ...readingsOf(details.ready, { id: 'ready', label: 'Ready' }, () => [
      { id: 'ready', label: 'Ready', value: 'yes', state: 'healthy', detail: 'GET /-/ready.' },
    ]),
    ...readingsOf(details.version, { id: 'version', label: 'Version' }, (version) => [
      { id: 'version', label: 'Version', value: version ?? 'not said', state: 'fact' },
    ]),
    ...targetReadings(essential, details.targets, wanted.job),
    ...metricReadings(
      essential.agesSeconds,
      details.seenLately,
      wanted.metrics,
      scrapeIntervalOf(details.targets, wanted),
    ),
    ...readingsOf(details.rules, { id: 'alerts', label: 'Alerts' }, (rules) =>
      alertReadings(rules, wanted, sample.readAtMs),
    ),
    ...reloadReadings(details.reload, details.files, sample.readAtMs),
    ...readingsOf(details.headSeries, { id: 'headSeries', label: 'Series in memory' }, (count) => [
      {
        id: 'headSeries',
        label: 'Series in memory',
        value: formatCount(count),
        state: 'fact',
        detail: 'TSDB status.',
      },
    ]),
  ];
}

const targetNames = { id: 'targets', label: 'Targets' };

/** An engine without scraping of its own lists no targets; there `up` is all there is. */
function targetReadings(
  { targets, up = 0 }: PrometheusEssential,
  part: Part<readonly Target[]>,
  job: string | undefined,
): readonly Reading[] {
  const listed = part.kind === 'value' ? part.value.filter((one) => job === undefined || one.job === job) : [];
  const of = job === undefined ? '' : ` of job ${job}`;
  if (listed.length === 0) {
    if (targets === undefined && part.kind === 'failed') return readingsOf(part, targetNames, () => []);
    if (targets === undefined) return job === undefined ? [] : [noTarget(job)];
    return [summary(up, targets, `The series “up”${of}.`, job)];
  }
  const readUp = listed.filter(({ health }) => health === 'up').length;
  const bad = job === undefined ? [] : listed.filter(({ health }) => health !== 'up');
  return readingsOf(part, targetNames, () => [
    summary(readUp, listed.length, `Active targets${of}.`, job),
    ...bad.slice(0, mostListed).map(troubledTarget),
  ]);
}

const mostListed = 20;

function noTarget(job: string): Reading {
  return {
    ...targetNames,
    value: `none of job ${job}`,
    state: 'degraded',
    detail: `Nothing is scraped for the job ${job}: the scrape configuration does not name it, or it finds nothing.`,
  };
}

/** Without a job nobody knows which targets are the cache’s: they are counted, not judged. */
function summary(up: number, all: number, source: string, job: string | undefined): Reading {
  const value = `${up} of ${all} up`;
  if (job === undefined)
    return {
      ...targetNames,
      value,
      state: 'fact',
      detail: `${source} Set prometheus.job to judge those of the cache.`,
    };
  return { ...targetNames, value, state: up < all ? 'degraded' : 'healthy', detail: source };
}

/** `unknown`: not scraped yet. */
function troubledTarget({ instance, health, lastError }: Target): Reading {
  return {
    id: `target/${instance}`,
    label: `Target ${instance}`,
    value: health === 'unknown' ? 'not scraped yet' : lastError === '' ? health : `${health}: ${lastError}`,
    state: health === 'unknown' ? 'unknown' : 'degraded',
    detail: lastError === '' ? 'By the list of active targets.' : lastError,
  };
}

/** The longest scrape interval of the job's targets, by which a sample's age is judged. */
export function scrapeIntervalOf(part: Part<readonly Target[]>, { job }: PrometheusWanted): number | undefined {
  if (part.kind !== 'value') return undefined;
  const intervals = part.value
    .filter((one) => job === undefined || one.job === job)
    .flatMap(({ scrapeIntervalMs }) => scrapeIntervalMs ?? []);
  return intervals.length === 0 ? undefined : Math.max(...intervals);
}
