import { setTimeout as wait } from 'node:timers/promises';
import type { Clock } from '../../core/clock.ts';
import type {
  ConsistencyBudget,
  ConsistencyCheck,
  KeysChecked,
  PointsChecked,
  VectorSizes,
} from '../../core/consistency/model.ts';
import { OpsError } from '../../core/errors.ts';
import { failureOf } from '../../core/health/failure.ts';
import { prefixOf } from '../../core/keyspace/prefix.ts';
import type { HttpTarget } from '../http.ts';
import type { RedisTarget } from '../redisLink.ts';
import { KeyLookup } from './keyLookup.ts';
import { CollectionPoints } from './qdrantPoints.ts';
import { samplePoints } from './samplePoints.ts';
import type { Looked } from './samplePoints.ts';

export interface ConsistencyRequest {
  readonly environment: string;
  /** Payload field that names the key. */
  readonly link: string;
  readonly qdrant: HttpTarget;
  readonly collections: readonly string[];
  /** The servers that hold the data: `findPrimaries`. */
  readonly redis: readonly RedisTarget[];
  /** Whose keys have points; without any, the prefixes of the points' keys are taken. */
  readonly namespaces: readonly {
    readonly name: string;
    readonly prefix: string;
    readonly collection?: string | undefined;
  }[];
  readonly wantedSize: number | undefined;
  readonly budget: ConsistencyBudget;
  /** Told what is being looked at. */
  readonly onProgress?: (words: string) => void;
}

/** An entry that is just being written or removed is in one store only for a moment. */
const settleMs = 1_000;
const mostExamples = 20;
const mostPrefixes = 5;
/** Without an index each look-up reads every point; of more than these, it is not asked for. */
const mostWithoutIndex = 100_000;
const keysAtOnce = 100;

/**
 * Holds a sample of points against the keys they name, and of keys against the points that name them. Only reads. What
 * cannot be read is said in its place; cancelling gives what was seen so far. Throws OpsError when nothing can be read.
 */
export async function checkConsistency(
  request: ConsistencyRequest,
  clock: Clock,
  signal: AbortSignal,
): Promise<ConsistencyCheck> {
  const run = new Run(request, clock, signal);
  try {
    return await run.all();
  } finally {
    run.close();
  }
}

class Run {
  readonly #request: ConsistencyRequest;
  readonly #clock: Clock;
  readonly #signal: AbortSignal;
  readonly #keys: KeyLookup;
  readonly #endsAtMs: number;
  #ended: ConsistencyCheck['ended'] = 'complete';

  constructor(request: ConsistencyRequest, clock: Clock, signal: AbortSignal) {
    this.#request = request;
    this.#clock = clock;
    this.#signal = signal;
    this.#keys = new KeyLookup(request.redis, clock);
    this.#endsAtMs = clock.monotonicMs() + request.budget.mostMs;
  }

  async all(): Promise<ConsistencyCheck> {
    const { environment, link, budget, wantedSize, collections } = this.#request;
    const startedAtMs = this.#clock.wallMs();
    const startedMs = this.#clock.monotonicMs();
    const points: PointsChecked[] = [];
    const looked: Looked[] = [];
    const vectors: VectorSizes[] = [];
    const keys: KeysChecked[] = [];
    try {
      for (const name of collections) {
        this.#tell(`points of ${name}`);
        const one = await this.#look(name);
        if ('failure' in one) {
          points.push(one);
          continue;
        }
        looked.push(one);
        vectors.push({ collection: name, sizes: one.facts.sizes });
        points.push(await this.#checkPoints(one));
      }
      for (const { prefix, namespace, collection } of prefixesOf(this.#request, looked)) {
        this.#tell(`keys ${prefix}`);
        const own = looked.filter(({ name }) => collection === undefined || name === collection);
        keys.push(await this.#checkKeys(prefix, namespace, own));
      }
    } catch (error) {
      if (!(error instanceof Stopped) && !this.#signal.aborted) throw error;
      if (this.#signal.aborted) this.#ended = 'cancelled';
    }
    const tookMs = this.#clock.monotonicMs() - startedMs;
    return { environment, link, startedAtMs, tookMs, budget, ended: this.#ended, points, keys, vectors, wantedSize };
  }

  close(): void {
    this.#keys.close();
  }

  /** A collection that cannot be read spoils no other. */
  async #look(name: string): Promise<Looked | (PointsChecked & { readonly failure: object })> {
    const asking = { target: this.#request.qdrant, signal: this.#signal, clock: this.#clock };
    const points = new CollectionPoints(asking, name, this.#request.link);
    try {
      const facts = await points.facts();
      const chosen = await samplePoints(points, facts.points, this.#request.budget, () => this.#pause());
      return { name, points, facts, ...chosen };
    } catch (error) {
      if (error instanceof Stopped || this.#signal.aborted) throw error;
      return { ...nothing(name), failure: failureOf(error) };
    }
  }

  async #checkPoints({ name, points, facts, sample, sampled }: Looked): Promise<PointsChecked> {
    const linked = sample.flatMap(({ id, key }) => (key === undefined ? [] : [{ id, key }]));
    const first = await this.#keys.exist([...new Set(linked.map(({ key }) => key))], this.#signal);
    const suspected = linked.filter(({ key }) => first.get(key) === 'missing');
    const missing = await this.#stillMissing(points, suspected);
    return {
      collection: name,
      total: facts.points,
      sampled,
      looked: sample.length,
      withoutLink: sample.length - linked.length,
      withoutKey: missing.length,
      changed: suspected.length - missing.length,
      unknown: linked.filter(({ key }) => first.get(key) === 'unknown').length,
      examples: missing.slice(0, mostExamples).map(({ id, key }) => ({ point: id, key })),
    };
  }

  /** Those that are still there, name the same key, and do so in vain. */
  async #stillMissing(
    points: CollectionPoints,
    suspected: readonly { readonly id: string; readonly key: string }[],
  ): Promise<readonly { readonly id: string; readonly key: string }[]> {
    if (suspected.length === 0) return [];
    await wait(settleMs, undefined, { signal: this.#signal });
    const now = new Map<string, string | undefined>();
    for (const some of inBatches(suspected, this.#request.budget.page)) {
      const ids = some.map(({ id }) => id);
      for (const { id, key } of await points.byId(ids)) now.set(id, key);
      await this.#pause();
    }
    const same = suspected.filter(({ id, key }) => now.get(id) === key);
    const again = await this.#keys.exist([...new Set(same.map(({ key }) => key))], this.#signal);
    return same.filter(({ key }) => again.get(key) === 'missing');
  }

  async #checkKeys(prefix: string, namespace: string | undefined, looked: readonly Looked[]): Promise<KeysChecked> {
    const { keys: most, page } = this.#request.budget;
    const nothingYet = { prefix, namespace, looked: 0, complete: false, withoutPoint: 0, changed: 0, examples: [] };
    try {
      refuseWhereDear(looked, this.#request.link);
      const { keys, complete } = await this.#keys.sample(
        prefix,
        { most, page, pause: () => this.#pause() },
        this.#signal,
      );
      const suspected = await this.#unnamed(keys, looked, true);
      const missing = await this.#stillUnnamed(suspected, looked);
      return {
        ...nothingYet,
        looked: keys.length,
        complete,
        withoutPoint: missing.length,
        changed: suspected.length - missing.length,
        examples: missing.slice(0, mostExamples),
      };
    } catch (error) {
      if (error instanceof Stopped || this.#signal.aborted) throw error;
      return { ...nothingYet, failure: failureOf(error) };
    }
  }

  async #stillUnnamed(suspected: readonly string[], looked: readonly Looked[]): Promise<readonly string[]> {
    if (suspected.length === 0) return [];
    await wait(settleMs, undefined, { signal: this.#signal });
    const there = await this.#keys.exist(suspected, this.#signal);
    return this.#unnamed(
      suspected.filter((key) => there.get(key) === 'there'),
      looked,
      false,
    );
  }

  /** Those of the keys that no point of these collections names. What was read before is asked first, if it may be. */
  async #unnamed(keys: readonly string[], looked: readonly Looked[], useSample: boolean): Promise<readonly string[]> {
    let left = keys;
    for (const { points, sample } of looked) {
      const read = new Set(useSample ? sample.map(({ key }) => key) : []);
      const unread = left.filter((key) => !read.has(key));
      const named = new Set<string>();
      for (const some of inBatches(unread, keysAtOnce)) {
        for (const key of await points.named(some)) named.add(key);
        await this.#pause();
      }
      left = unread.filter((key) => !named.has(key));
    }
    return left;
  }

  /** The others' turn, and the end of the budget. */
  async #pause(): Promise<void> {
    if (this.#clock.monotonicMs() >= this.#endsAtMs) {
      this.#ended = 'mostMs';
      throw new Stopped();
    }
    const { pauseMs } = this.#request.budget;
    if (pauseMs > 0) await wait(pauseMs, undefined, { signal: this.#signal });
  }

  #tell(words: string): void {
    this.#request.onProgress?.(words);
  }
}

/** Those of the namespaces; without any, what most keys of the points begin with. */
function prefixesOf(
  { namespaces }: ConsistencyRequest,
  looked: readonly Looked[],
): readonly { prefix: string; namespace?: string; collection?: string | undefined }[] {
  if (namespaces.length > 0)
    return namespaces.map(({ name, prefix, collection }) => ({ prefix, namespace: name, collection }));
  const counts = new Map<string, number>();
  for (const { key } of looked.flatMap(({ sample }) => sample)) {
    const prefix = key === undefined ? undefined : prefixOf(key);
    // A prefix with an identifier in it is one of many, and none is the beginning of every key.
    if (prefix !== undefined && key?.startsWith(prefix) === true) counts.set(prefix, (counts.get(prefix) ?? 0) + 1);
  }
  const common = [...counts].toSorted((a, b) => b[1] - a[1]).slice(0, mostPrefixes);
  return common.map(([prefix]) => ({ prefix }));
}

/** The budget is used up. */
class Stopped extends Error {}

function refuseWhereDear(looked: readonly Looked[], link: string): void {
  if (looked.length === 0) throw new OpsError('settings', 'No collection could be read.');
  const dear = looked.find(({ facts }) => !facts.indexed.has(link) && (facts.points ?? 0) > mostWithoutIndex);
  if (!dear) return;
  throw new OpsError(
    'permission',
    `The field ${link} of ${dear.name} has no payload index: each look-up would read all of its points.`,
    { next: `Create one, of type keyword: PUT /collections/${dear.name}/index.` },
  );
}

function nothing(collection: string): PointsChecked {
  const none = { looked: 0, withoutLink: 0, withoutKey: 0, changed: 0, unknown: 0, examples: [] };
  return { collection, total: undefined, sampled: 'all', ...none };
}

function* inBatches<T>(all: readonly T[], size: number): Generator<readonly T[]> {
  for (let at = 0; at < all.length; at += size) yield all.slice(at, at + size);
}
