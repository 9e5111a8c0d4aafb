import { setImmediate as nextTurn, setTimeout as wait } from 'node:timers/promises';
import type { Clock } from '../core/clock.ts';
import { OpsError } from '../core/errors.ts';
import type { KeyspaceAnalysis, KeyspaceBudget, NodeCoverage, TtlDistribution } from '../core/keyspace/model.ts';
import { countOver, ttlLabels } from '../core/keyspace/model.ts';
import { KeyspaceTally } from '../core/keyspace/tally.ts';
import type { NamedPrefix } from '../core/keyspace/tally.ts';
import { addressOf, RedisLink } from './redisLink.ts';
import type { RedisTarget } from './redisLink.ts';
import { readPage, readTtlPage } from './redisPages.ts';
import type { CursorAnd, PageReading, PageRequest } from './redisPages.ts';

export interface KeyspaceRequest {
  readonly environment: string;
  /** The servers that hold the data: `findPrimaries`. */
  readonly targets: readonly RedisTarget[];
  readonly namespaces?: readonly NamedPrefix[];
  readonly budget: KeyspaceBudget;
  /** Called after each page. */
  readonly onProgress?: (seen: number, total: number) => void;
}

type Ended = KeyspaceAnalysis['ended'];

/**
 * Looks at every key with SCAN, a page at a time, within the budget; never KEYS. Nothing is written. Cancelling, or the
 * end of the budget, gives what was seen so far, with its coverage. Throws OpsError when a server cannot be read.
 */
export async function analyseKeyspace(
  request: KeyspaceRequest,
  clock: Clock,
  signal: AbortSignal,
): Promise<KeyspaceAnalysis> {
  const tally = new KeyspaceTally(request.namespaces);
  const walk = new Walk(request, clock, signal);
  const startedAtMs = clock.wallMs();
  const startedMs = clock.monotonicMs();
  const walked = await walk.run(readPage, (page) => {
    tally.add(page);
    return page.keys.length;
  });
  const { targets, environment, budget } = request;
  return {
    environment,
    db: targets[0]?.db ?? 0,
    startedAtMs,
    tookMs: clock.monotonicMs() - startedMs,
    budget,
    ...walked,
    ...tally.result(),
  };
}

export interface TtlAnalysis {
  readonly ttl: TtlDistribution;
  readonly nodes: readonly NodeCoverage[];
  readonly ended: Ended;
  readonly tookMs: number;
}

/** When keys expire, and nothing else: three times as fast. */
export async function analyseTtl(request: KeyspaceRequest, clock: Clock, signal: AbortSignal): Promise<TtlAnalysis> {
  const counts = Array.from({ length: ttlLabels.length + 1 }, () => 0);
  const startedMs = clock.monotonicMs();
  const walk = new Walk(request, clock, signal);
  const { nodes, ended } = await walk.run(readTtlPage, (page) => {
    for (const [index, count] of page.entries()) counts[index] = (counts[index] ?? 0) + count;
    return page.reduce((sum, count) => sum + count, 0);
  });
  const [withoutExpiry = 0, ...buckets] = counts;
  return { ttl: { withoutExpiry, buckets }, nodes, ended, tookMs: clock.monotonicMs() - startedMs };
}

/** One pass over all servers, side by side: each serves its own clients. */
class Walk {
  readonly #request: KeyspaceRequest;
  readonly #clock: Clock;
  readonly #signal: AbortSignal;
  readonly #endsAtMs: number;
  #by: PageReading = 'EVAL_RO';
  #seen = 0;
  #total = 0;
  #ended: Ended = 'complete';

  constructor(request: KeyspaceRequest, clock: Clock, signal: AbortSignal) {
    this.#request = request;
    this.#clock = clock;
    this.#signal = signal;
    this.#endsAtMs = clock.monotonicMs() + request.budget.mostMs;
  }

  async run<T>(read: ReadPage<T>, take: (page: T) => number): Promise<Walked> {
    const links = this.#request.targets.map((target) => ({
      target,
      link: new RedisLink(() => Promise.resolve(target), this.#clock),
    }));
    try {
      const nodes = await Promise.all(links.map(({ target, link }) => this.#node(target, link, read, take)));
      return { nodes, ended: this.#ended, by: this.#by };
    } finally {
      for (const { link } of links) link.close();
    }
  }

  async #node<T>(
    target: RedisTarget,
    link: RedisLink,
    read: ReadPage<T>,
    take: (page: T) => number,
  ): Promise<NodeCoverage> {
    const address = addressOf(target);
    let seen = 0;
    let total = 0;
    try {
      const asked = await link.use(this.#signal, async (redis) => {
        const startedMs = this.#clock.monotonicMs();
        const size = await redis.dbsize();
        return { size, count: countOver(this.#clock.monotonicMs() - startedMs, this.#request.budget) };
      });
      total = asked.size;
      this.#total += total;
      const ask = (cursor: string): Promise<CursorAnd<T>> => this.#page(link, { cursor, count: asked.count }, read);
      let next: Promise<CursorAnd<T>> | undefined = this.#isOver() ? undefined : ask('0');
      if (!next) return { address, total, seen, complete: false };
      while (next) {
        const { cursor, page }: CursorAnd<T> = await next;
        next = cursor === '0' ? undefined : this.#pause().then(() => ask(cursor));
        next?.catch(() => undefined);
        // Once the next page has been asked for: it is read while this one is counted.
        await nextTurn();
        const count = take(page);
        seen += count;
        this.#seen += count;
        this.#request.onProgress?.(this.#seen, this.#total);
        if (next && this.#isOver()) return { address, total, seen, complete: false };
      }
      return { address, total, seen, complete: true };
    } catch (error) {
      if (!this.#signal.aborted) throw explainScan(error, target);
      this.#ended = 'cancelled';
      return { address, total, seen, complete: false };
    }
  }

  async #pause(): Promise<void> {
    const { pauseMs } = this.#request.budget;
    if (pauseMs > 0) await wait(pauseMs, undefined, { signal: this.#signal });
  }

  #isOver(): boolean {
    const { mostKeys } = this.#request.budget;
    if (this.#seen >= mostKeys) this.#ended = 'mostKeys';
    else if (this.#clock.monotonicMs() >= this.#endsAtMs) this.#ended = 'mostMs';
    else return false;
    return true;
  }

  async #page<T>(link: RedisLink, at: Omit<PageRequest, 'memoryOfEvery'>, read: ReadPage<T>): Promise<CursorAnd<T>> {
    const request = { ...at, memoryOfEvery: this.#request.budget.memoryOfEvery };
    return link.use(this.#signal, async (redis) => {
      for (;;) {
        const by = this.#by;
        try {
          return await read(redis, by, request);
        } catch (error) {
          const next = isClosedWay(error) ? nextWay[by] : undefined;
          if (!next) throw error;
          // Several servers may find out at the same time.
          if (this.#by === by) this.#by = next;
        }
      }
    });
  }
}

type ReadPage<T> = (
  redis: Parameters<typeof readPage>[0],
  by: PageReading,
  request: PageRequest,
) => Promise<CursorAnd<T>>;

type Walked = Pick<KeyspaceAnalysis, 'nodes' | 'ended' | 'by'>;

export const nextWay: Record<PageReading, PageReading | undefined> = {
  EVAL_RO: 'EVAL',
  EVAL: 'commands',
  commands: undefined,
};

/** Unknown before Redis 7, renamed by a managed service, not permitted, or a command inside the script is not. */
export function isClosedWay(error: unknown): boolean {
  const message = error instanceof Error ? error.message : '';
  return /^NOPERM|unknown command|ACL failure in script|can't be run in|not allowed from script/i.test(message);
}

function explainScan(error: unknown, { username }: RedisTarget): unknown {
  if (!(error instanceof OpsError) || error.code !== 'permission') return error;
  return new OpsError('permission', error.message, {
    cause: error,
    next: `An analysis needs SCAN, TYPE, PTTL and DBSIZE: ACL SETUSER ${username ?? 'default'} +scan +type +pttl +dbsize +memory|usage`,
  });
}
