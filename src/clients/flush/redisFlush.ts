import { setTimeout as wait } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import type { Clock } from '../../core/clock.ts';
import { OpsError } from '../../core/errors.ts';
import { formatCount } from '../../core/format.ts';
import { gentleBudget, usualBudget } from '../../core/keyspace/model.ts';
import type {
  KeyCount,
  PrefixCount,
  RedisFlushStore,
  RedisServer,
  Report,
  UnlinkResult,
} from '../../core/operations/flush/stores.ts';
import { describe } from '../networkErrors.ts';
import { analyseKeyspace } from '../redisKeyspace.ts';
import { addressOf } from '../redisLink.ts';
import type { RedisTarget } from '../redisLink.ts';
import { findPrimaries } from '../redisPrimaries.ts';
import type { RedisTopology } from '../redisTarget.ts';
import { countOnServer } from './countKeys.ts';
import { unlinkByCommands, unlinkByScript } from './pacedUnlink.ts';
import type { UnlinkPages } from './pacedUnlink.ts';
import { withRedis } from './redisConnection.ts';
import { lineageOf, readServer } from './redisServers.ts';

/** How long a server that took over is looked for: a failover takes a few seconds, at worst the sentinels' down-after. */
const failoverPatienceMs = 20_000;
/** Nobody takes over from a single server; only its connection may come back. */
const singlePatienceMs = 3_000;
const lookEveryMs = 250;

export interface RedisFlushOptions {
  readonly open: () => Promise<RedisTopology>;
  readonly clock: Clock;
  /** Leaves the server time between pages, in counting as in removing: for production. */
  readonly gentle: boolean;
  readonly onClose?: () => void;
}

/** Counts and removes keys on every primary of an environment's Redis. */
export class RedisFlush implements RedisFlushStore {
  readonly #options: RedisFlushOptions;

  constructor(options: RedisFlushOptions) {
    this.#options = options;
  }

  async servers(signal: AbortSignal): Promise<readonly RedisServer[]> {
    const targets = await this.#targets(signal);
    return Promise.all(targets.map((target) => withRedis(target, (redis, sent) => sent(readServer(redis, target)))));
  }

  async count(pattern: string, report: Report, signal: AbortSignal): Promise<KeyCount> {
    const targets = await this.#targets(new AbortController().signal);
    const seen = new Map<string, { readonly seen: number; readonly total: number }>();
    const counts = await Promise.all(
      targets.map((target) => {
        const onProgress = (done: number, total: number): void => {
          seen.set(addressOf(target), { seen: done, total });
          report({ ...sumOf([...seen.values()]), unit: 'keys', now: 'counting' });
        };
        const request = { pattern, pauseMs: this.#budget.pauseMs, onProgress };
        return countOnServer(target, request, signal);
      }),
    );
    const matched = new Map<string, number>();
    for (const [index, { matched: found, complete, walked }] of counts.entries()) {
      const target = targets[index];
      if (target) matched.set(addressOf(target), complete ? found : Math.round(found / Math.max(walked, 1e-6)));
    }
    const total = [...matched.values()].reduce((sum, one) => sum + one, 0);
    return {
      matched,
      exact: counts.every(({ complete }) => complete),
      sample: counts.flatMap(({ sample }) => sample).slice(0, 20),
      bytes: bytesOf(counts, total),
      ttl: counts.map(({ ttl }) => ttl).reduce(addTtl),
    };
  }

  async prefixes(report: Report, signal: AbortSignal): Promise<PrefixCount> {
    const targets = await this.#targets(new AbortController().signal);
    const budget = { ...this.#budget, memoryOfEvery: 0 };
    const onProgress = (done: number, total: number): void => report({ done, total, unit: 'keys', now: 'counting' });
    const request = { environment: '', targets, budget, onProgress };
    const { prefixes, ended } = await analyseKeyspace(request, this.#options.clock, signal);
    return { prefixes: prefixes.map(({ name, keys }) => ({ name, keys })), exact: ended === 'complete' };
  }

  async unlink(
    server: RedisServer,
    request: { readonly pattern: string; readonly cursorKey: string },
    report: Report,
    signal: AbortSignal,
  ): Promise<UnlinkResult> {
    const state = { removed: 0, denied: 0, by: '' };
    const onPage = (removed: number, denied: number): void => {
      state.removed += removed;
      state.denied += denied;
      report({ done: state.removed, unit: 'keys', now: server.address });
    };
    const lineage = server.identity.marks['replication id'];
    let target: RedisTarget | undefined = await this.#targetOf(server, signal);
    for (;;) {
      try {
        // A walk that begins anew counts anew whom it may not remove.
        state.denied = 0;
        const { isCluster } = server;
        const pages = { ...request, isCluster, onPage, gentle: this.#options.gentle };
        state.by = await unlinkOn(target, lineage, pages, signal);
        return state;
      } catch (error) {
        if (signal.aborted) throw error;
        report({ done: state.removed, unit: 'keys', now: `waiting for ${server.address}, or who takes over` });
        target = isPassing(error) && lineage !== undefined ? await this.#heir(lineage, signal) : undefined;
        if (target === undefined) throw stopped(error, server, state.removed);
      }
    }
  }

  async flushDb(server: RedisServer, signal: AbortSignal): Promise<void> {
    await this.#on(server, signal, (redis) => redis.flushdb('ASYNC'));
  }

  async flushAll(server: RedisServer, signal: AbortSignal): Promise<void> {
    await this.#on(server, signal, (redis) => redis.flushall('ASYNC'));
  }

  close(): void {
    this.#options.onClose?.();
  }

  get #budget(): typeof usualBudget {
    return this.#options.gentle ? gentleBudget : usualBudget;
  }

  async #targets(signal: AbortSignal): Promise<readonly RedisTarget[]> {
    return findPrimaries(await this.#options.open(), this.#options.clock, signal);
  }

  async #targetOf({ address }: RedisServer, signal: AbortSignal): Promise<RedisTarget> {
    const target = (await this.#targets(signal)).find((one) => addressOf(one) === address);
    if (target) return target;
    throw new OpsError(
      'conflict',
      `${address} is no primary of this environment any more; nothing was removed there.`,
      {
        next: 'Plan again.',
      },
    );
  }

  async #on(server: RedisServer, signal: AbortSignal, work: (redis: Redis) => Promise<unknown>): Promise<void> {
    const target = await this.#targetOf(server, signal);
    const lineage = server.identity.marks['replication id'];
    await withRedis(target, async (redis, sent) => {
      await sent(mustHold(lineage, redis, target));
      await sent(work(redis));
    });
  }

  /**
   * The primary that holds the same data now: the same server over a new connection, or the one that took over from it.
   * Its replication ids say so; whatever else answers under the address is left alone.
   */
  async #heir(lineage: string, signal: AbortSignal): Promise<RedisTarget | undefined> {
    const { kind } = await this.#options.open();
    const untilMs = performance.now() + (kind === 'single' ? singlePatienceMs : failoverPatienceMs);
    while (performance.now() < untilMs) {
      await wait(lookEveryMs, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) throw new OpsError('cancelled', 'Cancelled.');
      for (const target of await this.#targets(signal).catch(() => [])) {
        const holds = await withRedis(target, async (redis) => {
          await mustHold(lineage, redis, target);
          return (await readServer(redis, target)).isPrimary;
        }).catch(() => false);
        if (holds) return target;
      }
    }
    return undefined;
  }
}

async function unlinkOn(
  target: RedisTarget,
  lineage: string | undefined,
  pages: UnlinkPages,
  signal: AbortSignal,
): Promise<string> {
  return withRedis(target, async (redis, sent) => {
    await sent(mustHold(lineage, redis, target));
    const cursorKey = pages.isCluster ? await localKey(redis, pages.cursorKey) : pages.cursorKey;
    if (await unlinkByScript(redis, { ...pages, cursorKey }, sent, signal).catch(asRefused))
      return 'script, page by page';
    await unlinkByCommands(redis, { ...pages, cursorKey }, sent, signal);
    return 'single commands, since scripts are not possible there';
  });
}

/** Looked at over the very connection that removes: another server may have taken the address since it was checked. */
async function mustHold(lineage: string | undefined, redis: Redis, target: RedisTarget): Promise<void> {
  if (lineage === undefined || (await lineageOf(redis)).includes(lineage)) return;
  throw new OpsError('conflict', `What answers at ${addressOf(target)} does not hold the data that was planned for.`, {
    next: 'Plan again.',
  });
}

/** The cursor key may be refused before any script is: by right, or because the server is full. */
function asRefused(error: unknown): false {
  if (/^NOPERM|^OOM/.test(describe(error).message)) return false;
  throw error;
}

/** A name with a hash tag whose slot this node serves; the others answer MOVED. */
async function localKey(redis: Redis, name: string): Promise<string> {
  for (let tag = 0; tag < 10_000; tag++) {
    const key = `${name}:{${tag}}`;
    const isHere = await redis.exists(key).then(
      () => true,
      (error: unknown) => {
        if (/^(MOVED|ASK|TRYAGAIN)\b/.test(describe(error).message)) return false;
        throw error;
      },
    );
    if (isHere) return key;
  }
  throw new OpsError('conflict', 'The node serves no slot any more.', { next: 'Plan again.' });
}

/** What passes when somebody takes over, or the slot's new home is asked. */
function isPassing(error: unknown): boolean {
  const text =
    error instanceof OpsError ? `${error.code} ${describe(error.cause).message} ${error.message}` : String(error);
  return /closed|refused|timedOut|unreachable|READONLY|MOVED|LOADING|CLUSTERDOWN|MASTERDOWN|TRYAGAIN|ECONNRE|UNBLOCKED/.test(
    text,
  );
}

function stopped(error: unknown, { address }: RedisServer, removed: number): OpsError {
  const cause = error instanceof OpsError ? error : new OpsError('protocol', String(error));
  return new OpsError(
    cause.code,
    `${cause.message} It stopped at ${address} after ${formatCount(removed)} keys; no server with the same data took over.`,
    { cause: error, next: 'Plan again when the server is back: what is left is counted then.' },
  );
}

function bytesOf(
  counts: readonly { readonly measured: { readonly keys: number; readonly bytes: number } | undefined }[],
  total: number,
) {
  let keys = 0;
  let bytes = 0;
  for (const { measured } of counts) {
    if (!measured) return undefined;
    keys += measured.keys;
    bytes += measured.bytes;
  }
  return keys === 0 ? undefined : Math.round((bytes / keys) * total);
}

function addTtl(
  one: readonly number[] | undefined,
  other: readonly number[] | undefined,
): readonly number[] | undefined {
  return one && other?.map((count, index) => count + (one[index] ?? 0));
}

function sumOf(parts: readonly { readonly seen: number; readonly total: number }[]): { done: number; total: number } {
  return parts.reduce((sum, { seen, total }) => ({ done: sum.done + seen, total: sum.total + total }), {
    done: 0,
    total: 0,
  });
}
