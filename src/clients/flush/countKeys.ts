import { setTimeout as wait } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { OpsError } from '../../core/errors.ts';
import { ttlEdgesMs } from '../../core/keyspace/model.ts';
import type { KeyCount } from '../../core/operations/flush/stores.ts';
import type { RedisTarget } from '../redisLink.ts';
import { addressOf } from '../redisLink.ts';
import { roundTripMs, withRedis } from './redisConnection.ts';
import { countScript, isScriptRefused } from './scripts.ts';

const mostNamed = 20;
const measureEvery = 100;
/** A page is looked through in well under a millisecond, or in about two where every page costs a long way. */
const pageKeys = { near: 500, far: 2_000 };
const farMs = 2;

/** What one server has of a pattern. */
export interface ServerCount extends Omit<KeyCount, 'matched' | 'exact' | 'bytes'> {
  readonly matched: number;
  readonly complete: boolean;
  /** 0 to 1: how much of the keyspace was walked. */
  readonly walked: number;
  readonly measured: { readonly keys: number; readonly bytes: number } | undefined;
}

export interface CountRequest {
  readonly pattern: string;
  /** Left to other clients after each page. */
  readonly pauseMs: number;
  /** Keys looked at, of all. */
  readonly onProgress: (seen: number, total: number) => void;
}

/** Counts by SCAN to the end; an aborted signal ends it early, with what was seen by then. */
export function countOnServer(target: RedisTarget, request: CountRequest, signal: AbortSignal): Promise<ServerCount> {
  return withRedis(target, async (redis, sent) => {
    const total = await redis.dbsize();
    const count = (await roundTripMs(redis)) > farMs ? pageKeys.far : pageKeys.near;
    const tally = new Tally();
    let read: ReadPage = scriptPage('EVAL_RO');
    let cursor = '0';
    let pages = 0;
    let walked = 0;
    do {
      if (signal.aborted) return tally.result(walked, false);
      let page: Page;
      for (;;) {
        try {
          page = await sent(read(redis, { cursor, count, pattern: request.pattern, named: tally.missingNames }));
          break;
        } catch (error) {
          const next: ReadPage | undefined = isScriptRefused(error) ? read.next?.() : undefined;
          if (!next) throw error;
          read = next;
        }
      }
      cursor = page.cursor;
      pages++;
      tally.add(page);
      walked = Math.max(walked, Math.min(walkedOf(cursor), (pages * count) / Math.max(1, total)));
      request.onProgress(Math.round(walked * total), total);
      if (request.pauseMs > 0) await wait(request.pauseMs, undefined, { signal }).catch(() => undefined);
    } while (cursor !== '0');
    return tally.result(1, true);
  }).catch((error: unknown) => {
    if (!(error instanceof OpsError) || error.code !== 'permission') throw error;
    const user = target.username ?? 'default';
    throw new OpsError('permission', error.message, {
      cause: error,
      next: `Counting on ${addressOf(target)} needs SCAN and DBSIZE: ACL SETUSER ${user} +scan +dbsize +pttl +memory|usage`,
    });
  });
}

/**
 * How much of the keyspace lies before a cursor, 0 to 1: SCAN counts up with the bits in reverse order, so that the cursor
 * read backwards is a fraction. A cluster's newer nodes use the low bits for the slot; there the pages are the measure.
 */
function walkedOf(cursor: string): number {
  if (cursor === '0') return 1;
  const bits = BigInt(cursor).toString(2).split('').toReversed();
  return bits.reduce((sum, bit, index) => sum + (bit === '1' ? 2 ** -(index + 1) : 0), 0);
}

interface Page {
  readonly cursor: string;
  readonly matched: number;
  readonly measured: number;
  readonly bytes: number;
  readonly names: readonly string[];
  readonly ttl: readonly number[];
}

interface PageRequest {
  readonly cursor: string;
  readonly count: number;
  readonly pattern: string;
  readonly named: number;
}

interface ReadPage {
  (redis: Redis, request: PageRequest): Promise<Page>;
  /** What to try where this way is closed. */
  readonly next?: () => ReadPage;
}

function scriptPage(by: 'EVAL_RO' | 'EVAL'): ReadPage {
  const read = async (redis: Redis, { cursor, count, pattern, named }: PageRequest): Promise<Page> => {
    const reply = await redis.call(by, countScript, 0, cursor, pattern, count, measureEvery, named, ...ttlEdgesMs);
    if (!Array.isArray(reply)) throw new OpsError('protocol', 'Redis answered a counting script with something else.');
    const [next, matched, measured, bytes, names, ...ttl]: readonly unknown[] = reply;
    return {
      cursor: String(next),
      matched: Number(matched),
      measured: Number(measured),
      bytes: Number(bytes),
      names: Array.isArray(names) ? names.map(String) : [],
      ttl: ttl.map(Number),
    };
  };
  return Object.assign(read, { next: () => (by === 'EVAL_RO' ? scriptPage('EVAL') : commandPage) });
}

/** Without scripts only the names come over: expiry and memory of each would be a command of its own. */
const commandPage: ReadPage = async (redis, { cursor, count, pattern, named }) => {
  const [next, keys] = await redis.scan(cursor, 'MATCH', pattern, 'COUNT', count);
  return { cursor: next, matched: keys.length, measured: 0, bytes: -1, names: keys.slice(0, named), ttl: [-1] };
};

class Tally {
  #matched = 0;
  #measured: { keys: number; bytes: number } | undefined = { keys: 0, bytes: 0 };
  #ttl: number[] | undefined = Array.from({ length: ttlEdgesMs.length + 2 }, () => 0);
  readonly #names: string[] = [];

  get missingNames(): number {
    return mostNamed - this.#names.length;
  }

  add({ matched, measured, bytes, names, ttl }: Page): void {
    this.#matched += matched;
    this.#names.push(...names);
    if (bytes < 0) this.#measured = undefined;
    if (this.#measured) {
      this.#measured.keys += measured;
      this.#measured.bytes += bytes;
    }
    if ((ttl[0] ?? -1) < 0) this.#ttl = undefined;
    this.#ttl = this.#ttl?.map((sum, index) => sum + (ttl[index] ?? 0));
  }

  result(walked: number, complete: boolean): ServerCount {
    return {
      matched: this.#matched,
      measured: this.#measured,
      ttl: this.#ttl,
      sample: this.#names,
      walked,
      complete,
    };
  }
}
