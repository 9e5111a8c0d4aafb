import { rm } from 'node:fs/promises';
import path from 'node:path';
import { counter, writeKnownHistory } from '../live/support/knownHistory.ts';
import type { KnownCounter } from '../live/support/knownHistory.ts';
import { startPrometheus } from '../sandbox/prometheus.ts';
import { addEnvironments } from './addEnvironments.ts';
import { session } from './shared.ts';

export const longName =
  'a-name-as-long-as-generated-ones-are-europe-central-1-production-recommendations-cache-primary';
export const longNamespace = 'recommendations-for-people-who-have-not-been-here-for-a-long-time-v2';

const stepSeconds = 30;
const hour = 3600 / stepSeconds;
/** So much was counted: sixteen hours until now, and one that comes true while a test runs. */
const [past, ahead] = [16 * hour, hour];

/** In steps from now. */
interface Oddities {
  readonly restart?: number;
  /** Not read from here until there. */
  readonly gap?: readonly [from: number, to: number];
  /** Nothing was read after it. */
  readonly end?: number;
}

function values(perStep: number, { restart, gap, end }: Oddities): readonly (number | null)[] {
  let total = 0;
  return Array.from({ length: past + ahead + 1 }, (_, index) => {
    const step = index - past;
    total = step === restart ? 0 : total + perStep;
    const unread = (gap && step >= gap[0] && step < gap[1]) || (end !== undefined && step > end);
    return unread ? null : total;
  });
}

function lookups(
  job: string,
  namespace: string,
  [hits, misses]: readonly [number, number],
  oddities: Oddities = {},
): readonly KnownCounter[] {
  return [
    counter('shop_hits_total', { namespace }, values(hits, oddities), job),
    counter('shop_misses_total', { namespace }, values(misses, oddities), job),
  ];
}

/**
 * Environments of one Prometheus with what is seldom: `many` by a long name, with twenty namespaces, a restart and three
 * hours that were not read; one of hits alone, one of misses alone, one without traffic, one that ended two hours ago,
 * and one whose settings misspell the counter of misses. Returns what takes all of it away again.
 */
export async function startOddCounts(): Promise<() => Promise<void>> {
  const folder = path.join(session().folder, 'odd-prometheus');
  await rm(folder, { recursive: true, force: true });
  const oddities = { restart: -3 * hour, gap: [-9 * hour, -6 * hour] } as const;
  const usual = Array.from({ length: 17 }, (_, index) => `namespace-${String(index + 1).padStart(2, '0')}`);
  const counters = [
    ...usual.flatMap((name, index) => lookups('many', name, [40 - 2 * index, 8 + index], oddities)),
    ...lookups('many', longNamespace, [60, 20], oddities),
    ...lookups('many', 'always', [45, 0], oddities),
    ...lookups('many', 'never', [0, 50], oddities),
    ...lookups('all-hits', 'search', [30, 0]),
    ...lookups('all-misses', 'search', [0, 30]),
    ...lookups('idle', 'search', [0, 0]),
    ...lookups('ended', 'search', [30, 10], { end: -2 * hour }),
  ];
  await writeKnownHistory(folder, counters, stepSeconds, Math.floor(Date.now() / 1000) + ahead * stepSeconds);
  const prometheus = await startPrometheus({ folder, targets: [] });
  const environment = (job: string, misses = 'shop_misses_total') => ({
    tier: 'development',
    prometheus: { url: prometheus.url, job },
    metrics: { hits: 'shop_hits_total', misses, by: 'namespace' },
    limits: { hitRate: { warning: '55%', critical: '30%' } },
  });
  const restore = await addEnvironments({
    [longName]: environment('many'),
    'all-hits': environment('all-hits'),
    'all-misses': environment('all-misses'),
    idle: environment('idle'),
    ended: environment('ended'),
    misspelled: environment('all-hits', 'shop_mises_total'),
  });
  return async () => {
    try {
      await restore();
    } finally {
      await prometheus.stop();
    }
  };
}
