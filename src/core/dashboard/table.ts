import type { EnvironmentSettings } from '../environment/schema.ts';
import { formatDuration } from '../format.ts';
import type { Totals } from './load.ts';
import type { ChartState, NamespaceRow, NamespaceTable } from './model.ts';

/** The namespaces with what each came to and what its hits saved; those with most lookups first. */
export function namespaceTable(
  { metrics, prices }: EnvironmentSettings,
  totals: Totals,
  spanMs: number,
  /** Why the totals were not read; undefined where they were. */
  whyNot?: string,
): NamespaceTable {
  const names = [...new Set([...(totals.hits?.keys() ?? []), ...(totals.misses?.keys() ?? [])])];
  const priceOf = (name: string): number | undefined => prices?.byNamespace?.[name] ?? prices?.perCall;
  const rows = names.map((name) => row(name, totals, priceOf(name)));
  const parts = [
    `Over ${formatDuration(spanMs)}, from Prometheus.`,
    metrics?.latency !== undefined && metrics.cached !== undefined
      ? 'Time saved: hits × (mean uncached − mean cached).'
      : '',
    prices?.perCall !== undefined || prices?.byNamespace !== undefined ? 'Cost saved: hits × price of a call.' : '',
  ];
  const hasPrices = names.some((name) => priceOf(name) !== undefined);
  return {
    rows: rows.toSorted((a, b) => lookups(b) - lookups(a) || a.name.localeCompare(b.name)),
    note: parts.filter((part) => part !== '').join(' '),
    currency: prices && hasPrices ? prices.currency : null,
    state: rows.length > 0 ? { kind: 'ready' } : whyNot === undefined ? nothingCounted : failed(whyNot),
  };
}

const nothingCounted: ChartState = {
  kind: 'empty',
  why: 'No lookups were counted in this range.',
  next: 'Choose a longer range, or check metrics.by of the environment.',
  action: 'openSettings',
};

function failed(why: string): ChartState {
  return { kind: 'failed', message: `Not read: ${why}` };
}

function lookups({ hits, misses }: NamespaceRow): number {
  return (hits ?? 0) + (misses ?? 0);
}

function row(name: string, totals: Totals, price: number | undefined): NamespaceRow {
  const counted = totals.misses !== undefined && totals.misses.size > 0;
  const [hit, missed] = [totals.hits?.get(name), totals.misses?.get(name)];
  const hits = hit ?? (missed === undefined ? null : 0);
  // Where there is no series of misses at all, nobody knows what was missed.
  const misses = missed ?? (hit === undefined || !counted ? null : 0);
  const all = (hits ?? 0) + (misses ?? 0);
  const cached = totals.meanCached?.get(name);
  const uncached = totals.meanUncached?.get(name);
  return {
    name,
    hits,
    misses,
    ratio: hits !== null && misses !== null && all > 0 ? hits / all : null,
    p95Seconds: totals.p95?.get(name) ?? null,
    savedSeconds: hits === null || cached === undefined || uncached === undefined ? null : hits * (uncached - cached),
    savedMoney: hits === null || price === undefined ? null : hits * price,
  };
}
