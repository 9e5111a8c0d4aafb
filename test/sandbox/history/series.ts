import { RUN_BUCKETS_SECONDS } from '../app/appMetrics.ts';
import { NAMESPACES } from '../app/questions.ts';
import type { Namespace } from '../app/questions.ts';
import { createRandom } from '../app/random.ts';
import { dayCurve, namespaceWeights } from '../app/traffic.ts';

/** What one environment's week looked like: the mean of its requests and of where their answers came from. */
export interface Past {
  /** Labels Prometheus gives to everything it scrapes there. */
  readonly job: string;
  readonly instance: string;
  readonly ratePerSecond: number;
  /** Parts of 1; what is left was computed. */
  readonly exactShare: number;
  readonly semanticShare: number;
}

export interface Series {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** The value of every series at one moment; a counter starts at 0 with every day (UTC), as after a nightly restart. */
export interface Sample {
  readonly timeSeconds: number;
  /** In the order of {@link seriesOf}. */
  readonly values: readonly number[];
}

export const STEP_SECONDS = 60;
const DAY_SECONDS = 86_400;

/** Of 1, how many answers took at most as long as each bucket of tool_run_seconds. */
const CACHED_WITHIN = [0.28, 0.71, 0.93, 0.985, 0.997, 0.999, 1, 1, 1, 1];
const COMPUTED_WITHIN = [0, 0, 0, 0, 0.05, 0.41, 0.97, 0.998, 1, 1];
const MEAN_SECONDS = { true: 0.0021, false: 0.0585 } as const;

/** Every series of an environment, in the order {@link samplesOfDay} gives their values. */
export function seriesOf(past: Past): readonly Series[] {
  const target = { instance: past.instance, job: past.job };
  const counters = NAMESPACES.flatMap((namespace) => [
    { name: 'tool_cache_hits_total', labels: { ...target, kind: 'exact', namespace } },
    { name: 'tool_cache_hits_total', labels: { ...target, kind: 'semantic', namespace } },
    { name: 'tool_cache_misses_total', labels: { ...target, namespace } },
  ]);
  const runs = NAMESPACES.flatMap((tool) =>
    ['true', 'false'].flatMap((cached) => {
      const labels = { ...target, cached, tool };
      return [
        ...RUN_BUCKETS_SECONDS.map((bound) => ({
          name: 'tool_run_seconds_bucket',
          labels: { ...labels, le: String(bound) },
        })),
        { name: 'tool_run_seconds_bucket', labels: { ...labels, le: '+Inf' } },
        { name: 'tool_run_seconds_sum', labels },
        { name: 'tool_run_seconds_count', labels },
      ];
    }),
  );
  return [{ name: 'up', labels: target }, ...counters, ...runs];
}

/** One sample a minute for the day (UTC) that begins at `dayStartSeconds`. Depends on nothing but its arguments. */
export function samplesOfDay(past: Past, dayStartSeconds: number): readonly Sample[] {
  const random = createRandom(dayStartSeconds / DAY_SECONDS);
  const totals = new Map(NAMESPACES.map((namespace) => [namespace, { exact: 0, semantic: 0, computed: 0 }]));
  const samples: Sample[] = [];
  for (let second = 0; second < DAY_SECONDS; second += STEP_SECONDS) {
    const hour = second / 3600;
    const requests = past.ratePerSecond * dayCurve(hour) * STEP_SECONDS * (0.9 + 0.2 * random());
    const served = hitFactor(dayStartSeconds, hour) * (0.97 + 0.03 * random());
    const weights = namespaceWeights(hour);
    const all = weights.reduce((sum, [, weight]) => sum + weight, 0);
    for (const [namespace, weight] of weights) {
      const total = totals.get(namespace);
      if (total !== undefined) count(total, (requests * weight) / all, past, served * NAMESPACE_FACTOR[namespace]);
    }
    samples.push({
      timeSeconds: dayStartSeconds + second,
      values: [
        1,
        ...NAMESPACES.flatMap((each) => counterValues(totals.get(each))),
        ...NAMESPACES.flatMap((each) => runValues(totals.get(each))),
      ],
    });
  }
  return samples;
}

/** Some namespaces are asked the same more often than others. */
const NAMESPACE_FACTOR: Readonly<Record<Namespace, number>> = {
  search: 1.04,
  summary: 1,
  sentiment: 0.9,
  translate: 0.97,
  classify: 1.02,
};

/** Once in three days the cache was emptied at half past two in the afternoon, and took an hour to fill again. */
function hitFactor(dayStartSeconds: number, hour: number): number {
  const isIncidentDay = (dayStartSeconds / DAY_SECONDS) % 3 === 0;
  const hoursSince = hour - 14.5;
  return isIncidentDay && hoursSince >= 0 ? 1 - 0.75 * Math.exp(-3 * hoursSince) : 1;
}

interface Total {
  exact: number;
  semantic: number;
  computed: number;
}

function count(total: Total, requests: number, past: Past, served: number): void {
  const exact = requests * Math.min(1, past.exactShare * served);
  const semantic = requests * Math.min(1 - past.exactShare, past.semanticShare * served);
  total.exact += exact;
  total.semantic += semantic;
  total.computed += Math.max(0, requests - exact - semantic);
}

function counterValues(total: Total = { exact: 0, semantic: 0, computed: 0 }): readonly number[] {
  return [Math.floor(total.exact), Math.floor(total.semantic), Math.floor(total.computed)];
}

function runValues(total: Total = { exact: 0, semantic: 0, computed: 0 }): readonly number[] {
  const cached = Math.floor(total.exact) + Math.floor(total.semantic);
  const computed = Math.floor(total.computed);
  return [
    ...histogram(cached, CACHED_WITHIN, MEAN_SECONDS.true),
    ...histogram(computed, COMPUTED_WITHIN, MEAN_SECONDS.false),
  ];
}

function histogram(all: number, within: readonly number[], meanSeconds: number): readonly number[] {
  const sum = Math.round(all * meanSeconds * 1000) / 1000;
  return [...within.map((share) => Math.floor(all * share)), all, sum, all];
}
