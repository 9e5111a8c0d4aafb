import { Counter, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import { NAMESPACES } from './questions.ts';
import type { Namespace } from './questions.ts';

/** Upper bounds of tool_run_seconds, in seconds. */
export const RUN_BUCKETS_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1] as const;

export type HitKind = 'exact' | 'semantic';

/** Where an answer came from. */
export type Source = HitKind | 'computed';

export interface NamespaceStats {
  readonly exactHits: number;
  readonly semanticHits: number;
  readonly misses: number;
  /** From 0 to 1; null before the first request. */
  readonly hitRate: number | null;
}

export interface AppMetrics {
  /** Counts one answered request. */
  record(namespace: Namespace, source: Source, seconds: number): void;
  /** Counts a store that did not answer. */
  recordError(namespace: Namespace, store: 'redis' | 'qdrant'): undefined;
  /** By namespace. */
  stats(): Promise<Readonly<Record<string, NamespaceStats>>>;
  /** The text Prometheus scrapes, and its content type. */
  expose(): Promise<{ readonly text: string; readonly type: string }>;
}

export function createAppMetrics(): AppMetrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const hits = new Counter({
    name: 'tool_cache_hits_total',
    help: 'Requests answered from the cache: exact (Redis) or semantic (Qdrant).',
    labelNames: ['namespace', 'kind'],
    registers,
  });
  const misses = new Counter({
    name: 'tool_cache_misses_total',
    help: 'Requests that had to be computed.',
    labelNames: ['namespace'],
    registers,
  });
  const errors = new Counter({
    name: 'tool_cache_errors_total',
    help: 'Times a store of the cache did not answer.',
    labelNames: ['namespace', 'store'],
    registers,
  });
  const runs = new Histogram({
    name: 'tool_run_seconds',
    help: 'Time to answer a request, by tool and by whether the answer was cached.',
    labelNames: ['tool', 'cached'],
    buckets: [...RUN_BUCKETS_SECONDS],
    registers,
  });
  // A series that only appears with its first event makes rate() miss that event.
  for (const namespace of NAMESPACES) {
    for (const kind of ['exact', 'semantic']) hits.inc({ namespace, kind }, 0);
    for (const store of ['redis', 'qdrant']) errors.inc({ namespace, store }, 0);
    for (const cached of ['true', 'false']) runs.zero({ tool: namespace, cached });
    misses.inc({ namespace }, 0);
  }
  return {
    record: (namespace, source, seconds) => {
      if (source === 'computed') misses.inc({ namespace });
      else hits.inc({ namespace, kind: source });
      runs.observe({ tool: namespace, cached: String(source !== 'computed') }, seconds);
    },
    recordError: (namespace, store) => {
      errors.inc({ namespace, store });
    },
    stats: () => readStats(hits, misses),
    expose: async () => ({ text: await registry.metrics(), type: registry.contentType }),
  };
}

async function readStats(
  hits: Counter<'namespace' | 'kind'>,
  misses: Counter<'namespace'>,
): Promise<Readonly<Record<string, NamespaceStats>>> {
  const [hit, missed] = [(await hits.get()).values, (await misses.get()).values];
  const hitsOf = (namespace: Namespace, kind: HitKind) =>
    hit.find(({ labels }) => labels.namespace === namespace && labels.kind === kind)?.value ?? 0;
  const entries = NAMESPACES.map((namespace): [Namespace, NamespaceStats] => {
    const exactHits = hitsOf(namespace, 'exact');
    const semanticHits = hitsOf(namespace, 'semantic');
    const notFound = missed.find(({ labels }) => labels.namespace === namespace)?.value ?? 0;
    const all = exactHits + semanticHits + notFound;
    return [
      namespace,
      { exactHits, semanticHits, misses: notFound, hitRate: all === 0 ? null : (exactHits + semanticHits) / all },
    ];
  });
  return Object.fromEntries(entries);
}
