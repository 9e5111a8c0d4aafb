import { createHash } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { AppMetrics, Source } from './appMetrics.ts';
import type { ExactCache } from './exactCache.ts';
import { exactKey } from './exactCache.ts';
import type { Namespace } from './questions.ts';
import type { SemanticCache } from './semanticCache.ts';

export interface Answered {
  readonly answer: string;
  readonly source: Source;
  readonly seconds: number;
}

export interface Stores {
  readonly exact: ExactCache;
  /** Undefined: switched off by the flag, or there is no Qdrant. */
  readonly semantic: SemanticCache | undefined;
  readonly metrics: AppMetrics;
  /** False: nothing is looked up, and nothing stored. */
  readonly enabled: boolean;
}

/** Answers from Redis, else from what Qdrant says means the same, else by working it out and storing it in both. */
export async function answer(stores: Stores, namespace: Namespace, question: string): Promise<Answered> {
  const start = performance.now();
  const key = exactKey(namespace, question);
  const cached = stores.enabled
    ? ((await findExact(stores, namespace, key)) ?? (await findSimilar(stores, namespace, question)))
    : undefined;
  const found = cached ?? { answer: await compute(namespace, question), source: 'computed' as const };
  const seconds = (performance.now() - start) / 1000;
  stores.metrics.record(namespace, found.source, seconds);
  if (found.source === 'computed' && stores.enabled) await store(stores, namespace, question, key, found.answer);
  return { ...found, seconds };
}

type Found = Pick<Answered, 'answer' | 'source'> | undefined;

async function findExact(stores: Stores, namespace: Namespace, key: string): Promise<Found> {
  const text = await stores.exact.get(key).catch(() => stores.metrics.recordError(namespace, 'redis'));
  return text === undefined ? undefined : { answer: text, source: 'exact' };
}

/** A point may outlive its entry in Redis, which expires by itself; such a point is passed over. */
async function findSimilar(stores: Stores, namespace: Namespace, question: string): Promise<Found> {
  const keys = await stores.semantic
    ?.find(namespace, question)
    .catch(() => stores.metrics.recordError(namespace, 'qdrant'));
  for (const key of keys ?? []) {
    const found = await findExact(stores, namespace, key);
    if (found !== undefined) return { answer: found.answer, source: 'semantic' };
  }
  return undefined;
}

/** Stands for a call to a model or another slow service: 20 to 90 ms, always the same for a question. */
async function compute(namespace: Namespace, question: string): Promise<string> {
  const digest = createHash('sha256').update(`${namespace} ${question}`).digest();
  await wait(20 + ((digest[0] ?? 0) * 70) / 255);
  return JSON.stringify({
    namespace,
    question,
    reference: digest.toString('hex').slice(0, 16),
    text: `About "${question}".`,
  });
}

async function store(stores: Stores, namespace: Namespace, question: string, key: string, text: string): Promise<void> {
  const { exact, semantic, metrics } = stores;
  await Promise.all([
    exact.set(key, text).catch(() => metrics.recordError(namespace, 'redis')),
    semantic?.add(namespace, question, key).catch(() => metrics.recordError(namespace, 'qdrant')),
  ]);
}
