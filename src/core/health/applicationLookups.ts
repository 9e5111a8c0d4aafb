import type { EnvironmentSettings } from '../environment/schema.ts';
import { CounterHistory } from '../metrics/counterHistory.ts';
import { recentWindowMs } from '../metrics/hitRate.ts';
import type { HitKind } from '../metrics/promql.ts';
import type { Counted, HitRateSource, SourcedHitRate } from '../metrics/sourcedHitRate.ts';
import { ratesOf, withoutRate } from '../metrics/sourcedHitRate.ts';
import type { Sample } from './applicationMetrics.ts';
import { parseMetrics, select, staleMs } from './applicationMetrics.ts';
import type { ApplicationDetails } from './applicationReport.ts';
import { lookupsFromStatistics } from './applicationStatistics.ts';
import type { Part } from './monitorParts.ts';

type Metrics = NonNullable<EnvironmentSettings['metrics']>;

/** The hit rates that an application's own answers tell: its metrics page from read to read, and its statistics. */
export class ApplicationLookups {
  readonly #settings: Pick<EnvironmentSettings, 'application' | 'metrics'>;
  readonly #history = new CounterHistory(recentWindowMs);
  #lastPage: Part<string> | undefined;

  constructor(settings: Pick<EnvironmentSettings, 'application' | 'metrics'>) {
    this.#settings = settings;
  }

  /** Whether the metrics page was read often enough to tell a rate, or cannot tell one however often it is read. */
  get isComplete(): boolean {
    return this.#lastPage === undefined || this.#history.over(recentWindowMs) !== undefined;
  }

  /** One for each address that the environment names; `atMs` is monotonic. A part that was not read anew adds nothing. */
  ratesOf({ metrics, stats }: ApplicationDetails, atMs: number): readonly SourcedHitRate[] {
    const { application, metrics: names } = this.#settings;
    return [
      ...(names && application?.metrics !== undefined ? [this.#fromPage(names, metrics, atMs)] : []),
      ...(application?.stats === undefined ? [] : [fromStatistics(stats)]),
    ];
  }

  #fromPage(names: Metrics, part: Part<string> | undefined, atMs: number): SourcedHitRate {
    if (part?.kind !== 'value') return unread('metricsPage', part);
    const { samples } = parseMetrics(part.value);
    const [hits, misses] = [select(samples, names.hits) ?? [], select(samples, names.misses) ?? []];
    if (hits.length + misses.length === 0)
      return withoutRate('metricsPage', 'it exposes neither the hits nor the misses');
    if ([...hits, ...misses].some(({ value }) => !Number.isFinite(value)))
      return withoutRate('metricsPage', 'its hits or misses are not a number');
    if ([...hits, ...misses].every((one) => one.atMs !== undefined && part.readAtMs - one.atMs > staleMs))
      return withoutRate('metricsPage', 'its counters bear an old time');
    if (part !== this.#lastPage) this.#remember(names, { samples, hits, misses }, atMs);
    this.#lastPage = part;
    if (this.#history.isMixed)
      return withoutRate('metricsPage', 'several processes answer at that address in turn, each with its own counters');
    const rises = this.#history.over(recentWindowMs);
    if (!rises) return withoutRate('metricsPage', 'read only once so far');
    const counted = new LookupTally(rises.counts, names);
    return {
      source: 'metricsPage',
      ...ratesOf(counted, rises.windowMs),
      samples: rises.samples,
      newestAtMs: part.readAtMs,
      restart:
        rises.restarts === 0
          ? undefined
          : 'The application restarted within the window; what it counted between the last read and the restart is lost.',
    };
  }

  #remember(
    names: Metrics,
    page: { readonly samples: readonly Sample[]; readonly hits: readonly Sample[]; readonly misses: readonly Sample[] },
    atMs: number,
  ): void {
    const values = new Map<string, number>();
    for (const side of ['hits', 'misses'] as const) {
      for (const { labels, value } of page[side]) {
        const key = keyOf(side, labels[names.by ?? ''], labels[names.kind?.label ?? '']);
        values.set(key, (values.get(key) ?? 0) + value);
      }
    }
    const started = page.samples.find(({ name }) => name === 'process_start_time_seconds')?.value;
    this.#history.add({ atMs, values, startedSeconds: started });
  }
}

/** What `keyOf` told apart, summed. */
class LookupTally {
  readonly kinds: Record<HitKind, number | undefined> = { exact: undefined, semantic: undefined };
  readonly namespaces = new Map<string, Counted>();
  hits: number | undefined;
  misses: number | undefined;

  constructor(counts: ReadonlyMap<string, number>, { by, kind }: Metrics) {
    for (const [key, count] of counts) {
      const { side, namespace, label } = partsOf(key);
      this[side] = (this[side] ?? 0) + count;
      for (const one of ['exact', 'semantic'] as const)
        if (side === 'hits' && kind?.[one] === label) this.kinds[one] = (this.kinds[one] ?? 0) + count;
      if (by === undefined) continue;
      const known = this.namespaces.get(namespace) ?? { hits: undefined, misses: undefined };
      this.namespaces.set(namespace, { ...known, [side]: (known[side] ?? 0) + count });
    }
  }
}

function keyOf(side: 'hits' | 'misses', namespace = '', kind = ''): string {
  return [side, namespace, kind].join(separator);
}

function partsOf(key: string): { side: 'hits' | 'misses'; namespace: string; label: string } {
  const [side, namespace = '', label = ''] = key.split(separator);
  return { side: side === 'hits' ? 'hits' : 'misses', namespace, label };
}

/** No label has it. */
const separator = '\0';

function fromStatistics(part: Part<unknown> | undefined): SourcedHitRate {
  return part?.kind === 'value' ? lookupsFromStatistics(part.value, part.readAtMs) : unread('statistics', part);
}

function unread(source: HitRateSource, part: Part<unknown> | undefined): SourcedHitRate {
  if (part === undefined || part.kind === 'value') return withoutRate(source, 'not read yet');
  return withoutRate(
    source,
    part.kind === 'notOffered' ? 'not found (HTTP 404)' : part.failure.message.replace(/\.$/, ''),
  );
}
