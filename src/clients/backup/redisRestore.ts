import type { Redis } from 'ioredis';
import { encodeRecords, recordsIn } from '../../core/backup/keyFile.ts';
import type { KeyPage, KeyRecord } from '../../core/backup/keyFile.ts';
import { restoreScript } from '../../core/backup/scripts.ts';
import type { Clock } from '../../core/clock.ts';
import { parseHostPort } from '../../core/environment/hosts.ts';
import { OpsError } from '../../core/errors.ts';
import { redisError } from '../redisErrors.ts';
import { isClosedWay } from '../redisKeyspace.ts';
import type { RedisTopology } from '../redisTarget.ts';
import { KeyRoutes } from './keyRoutes.ts';
import type { Route } from './keyRoutes.ts';
import { Replicas } from './replicas.ts';

export interface RestoreRequest {
  readonly topology: RedisTopology;
  /** Pages of records in any order; of a key that comes twice the later one counts where it is replaced. */
  readonly pages: AsyncIterable<KeyPage>;
  /** What happens to a key that is there already. */
  readonly existing: 'replace' | 'skip';
  /** Added to every expiry: 0 keeps the moment at which a key was to go. */
  readonly extendMs: number;
  readonly onProgress?: (counts: RestoreCounts) => void;
  /** Told at the end, as a sentence, where what was written may yet be lost. */
  readonly onDoubt?: (sentence: string) => void;
}

export interface RestoreCounts {
  readonly restored: number;
  /** Left as they were, because there was such a key. */
  readonly skipped: number;
  /** Expired since the backup was made: not restored. */
  readonly expired: number;
}

const mostTries = 5;
/** A script holds a few copies of a value at once. */
const largestScriptedBytes = 1024 * 1024;

/**
 * Writes records to the servers their keys belong to, with RESTORE … ABSTTL, following the slots of a cluster as they
 * move: by a script for each page where the user may run one, else by pipelines. Stops at the first thing that goes wrong;
 * what was done by then, `onProgress` has told. Throws OpsError.
 */
export async function restoreKeys(request: RestoreRequest, clock: Clock, signal: AbortSignal): Promise<RestoreCounts> {
  const routes = await KeyRoutes.open(request.topology, clock, signal);
  try {
    return await new Restoring(request, routes, clock, signal).run();
  } finally {
    routes.close();
  }
}

class Restoring {
  readonly #request: RestoreRequest;
  readonly #routes: KeyRoutes;
  readonly #clock: Clock;
  readonly #signal: AbortSignal;
  #by: 'script' | 'commands' = 'script';
  #counts = { restored: 0, skipped: 0, expired: 0 };

  constructor(request: RestoreRequest, routes: KeyRoutes, clock: Clock, signal: AbortSignal) {
    this.#request = request;
    this.#routes = routes;
    this.#clock = clock;
    this.#signal = signal;
  }

  async run(): Promise<RestoreCounts> {
    const replicas = new Replicas(this.#routes, this.#signal);
    await replicas.count();
    // A page is written while the next one is unpacked.
    let writing: Promise<void> = Promise.resolve();
    for await (const page of this.#request.pages) {
      await writing;
      this.#tell();
      if (this.#signal.aborted) break;
      writing = this.#write(page);
      // Reported where it is awaited.
      writing.catch(() => undefined);
    }
    await writing;
    this.#tell();
    if (this.#signal.aborted) throw new OpsError('cancelled', 'Cancelled.');
    for (const sentence of await replicas.doubts()) this.#request.onDoubt?.(sentence);
    return { ...this.#counts };
  }

  #tell(): void {
    this.#request.onProgress?.({ ...this.#counts });
  }

  /** To each server what is its own; what has moved meanwhile, again. */
  async #write(page: KeyPage): Promise<void> {
    const { only } = this.#routes;
    if (only) {
      await this.#writeTo(only, page);
      return;
    }
    let left: readonly KeyRecord[] = [...recordsIn(page)];
    for (let attempt = 1; left.length > 0; attempt++) {
      if (attempt > mostTries) throw keepsMoving();
      const shares = Map.groupBy(left, ({ key }) => this.#routes.of(key));
      const refused = await Promise.all(
        [...shares].map(([route, own]) => this.#writeTo(route, { bytes: encodeRecords(own), count: own.length })),
      );
      left = refused.flat();
    }
  }

  /** Gives those that belong elsewhere by now. */
  #writeTo({ link, address }: Route, page: KeyPage): Promise<readonly KeyRecord[]> {
    return link.use(this.#signal, async (redis) => {
      const left = await this.#byScript(redis, page);
      return left.length === 0 ? [] : this.#byCommands(redis, left, address);
    });
  }

  /** Gives those that single commands have to be tried for, be it to learn what is wrong with them. */
  async #byScript(redis: Redis, page: KeyPage): Promise<readonly KeyRecord[]> {
    if (this.#by === 'commands' || page.bytes.length > largestScriptedBytes) return [...recordsIn(page)];
    const { existing, extendMs } = this.#request;
    const mode = existing === 'replace' ? 'REPLACE' : '';
    try {
      const reply = await redis.call('EVAL', restoreScript, 0, page.bytes, this.#clock.wallMs(), extendMs, mode);
      const [restored, present, expired, left]: unknown[] = Array.isArray(reply) ? reply : [];
      if (!Array.isArray(left)) throw new OpsError('protocol', 'Redis answered EVAL with something else.');
      this.#counts.restored += Number(restored);
      this.#counts.skipped += Number(present);
      this.#counts.expired += Number(expired);
      const numbers = new Set(left.map(Number));
      return numbers.size === 0 ? [] : [...recordsIn(page)].filter((_, number) => numbers.has(number));
    } catch (error) {
      // A user without scripts; nothing of this one was done.
      if (!isClosedWay(error)) throw error;
      this.#by = 'commands';
      return [...recordsIn(page)];
    }
  }

  async #byCommands(redis: Redis, records: readonly KeyRecord[], address: string): Promise<readonly KeyRecord[]> {
    const { existing, extendMs } = this.#request;
    const nowMs = this.#clock.wallMs();
    const alive = records.filter(({ expiresAtMs }) => expiresAtMs === 0 || expiresAtMs + extendMs > nowMs);
    this.#counts.expired += records.length - alive.length;
    const pipeline = redis.pipeline();
    for (const { key, payload, expiresAtMs } of alive) {
      const till = expiresAtMs === 0 ? 0 : expiresAtMs + extendMs;
      const replace = existing === 'replace' ? ['REPLACE'] : [];
      pipeline.call('RESTORE', Buffer.from(key), till, Buffer.from(payload), ...replace, 'ABSTTL');
    }
    const replies = (await pipeline.exec()) ?? [];
    const elsewhere: KeyRecord[] = [];
    for (const [index, record] of alive.entries()) {
      const error = replies[index]?.[0];
      if (!error) this.#counts.restored++;
      else if (error.message.startsWith('BUSYKEY')) this.#counts.skipped++;
      else if (this.#follow(error.message)) elsewhere.push(record);
      else throw explainRestore(error, address);
    }
    return elsewhere;
  }

  /** `MOVED 3999 127.0.0.1:6381`: there from now on. A slot on its way is tried again until it has arrived. */
  #follow(message: string): boolean {
    const [word, slot, place] = message.split(' ');
    if (word === 'ASK' || word === 'TRYAGAIN') return true;
    const at = word === 'MOVED' ? parseHostPort(place ?? '') : undefined;
    if (!at) return false;
    this.#routes.moved(Number(slot), at);
    return true;
  }
}

function keepsMoving(): OpsError {
  return new OpsError('busy', 'Slots of the cluster keep moving; not every key could be written.', {
    next: 'Restore again when it has settled: keys that were restored are restored again.',
  });
}

/** By the first words of the server's reply. */
const refusals: readonly (readonly [RegExp, OpsError['code'], string, string])[] = [
  [
    /payload version or checksum/i,
    'conflict',
    'cannot read the values: they come from a newer version, or are damaged.',
    'Restore into a server of the same or a newer version than the one they were taken from.',
  ],
  [
    /^READONLY/,
    'conflict',
    'is a replica now: a failover happened. It stopped there.',
    'Restore again: it goes to the new primary.',
  ],
  [
    /^OOM/,
    'busy',
    'is full (maxmemory) and takes no more keys. It stopped there.',
    'Raise maxmemory, or make room first.',
  ],
  [
    /^MISCONF/,
    'busy',
    'refuses writes, because its last snapshot failed. It stopped there.',
    'Look at its disk and its log; it takes writes again as soon as a snapshot succeeds.',
  ],
];

function explainRestore(error: Error, address: string): OpsError {
  const known = refusals.find(([pattern]) => pattern.test(error.message));
  if (!known) return redisError(error, address);
  const [, code, says, next] = known;
  return new OpsError(code, `${address} ${says}`, { cause: error, next });
}
