import type { Redis } from 'ioredis';
import { encodeRecords } from '../../core/backup/keyFile.ts';
import type { KeyRecord } from '../../core/backup/keyFile.ts';
import { exportScript } from '../../core/backup/scripts.ts';
import { OpsError } from '../../core/errors.ts';
import { parseInfo } from '../../core/health/redisInfo.ts';
import { isClosedWay, nextWay } from '../redisKeyspace.ts';
import { addressOf } from '../redisLink.ts';
import type { RedisLink, RedisTarget } from '../redisLink.ts';
import type { PageReading } from '../redisPages.ts';
import type { ExportRequest } from './redisExport.ts';

const mostReconnects = 3;
const pipelinedKeys = 50;
/** A script holds a few copies of a value at once. */
const largestScriptedBytes = 1024 * 1024;

/** Some keys with their values, encoded as they stand in the file. */
export interface ExportPage {
  /** Where the next page begins; `0`: there is none. */
  readonly cursor: string;
  readonly records: Buffer;
  readonly count: number;
  readonly gone: number;
  readonly denied: number;
}

type Values = Omit<ExportPage, 'cursor'>;

/** One server while it is exported: gives page after page of its keys, encoded. */
export class ExportReader {
  readonly #link: RedisLink;
  readonly #request: ExportRequest;
  readonly #signal: AbortSignal;
  #runId = '';
  #role: string | undefined;
  #reconnects = 0;
  #by: PageReading = 'EVAL_RO';
  /** Unknown before Redis 7; then PTTL and the server's clock. */
  #hasExpireTime = true;

  constructor(link: RedisLink, request: ExportRequest, signal: AbortSignal) {
    this.#link = link;
    this.#request = request;
    this.#signal = signal;
  }

  async begin(): Promise<{ readonly version: string; readonly runId: string }> {
    const info = parseInfo(await this.#link.use(this.#signal, (redis) => redis.info()));
    this.#runId = info.run_id ?? '';
    this.#role = info.role;
    if (this.#runId === '') throw new OpsError('protocol', `${addressOf(this.#request.target)} names no run id.`);
    await this.#prepare();
    return { version: info.valkey_version ?? info.redis_version ?? '', runId: this.#runId };
  }

  read(cursor: string): Promise<ExportPage> {
    return this.#use(async (redis) => {
      for (;;) {
        const by = this.#by;
        try {
          return by === 'commands' ? await this.#byCommands(redis, cursor) : await this.#byScript(redis, by, cursor);
        } catch (error) {
          const next = isClosedWay(error) ? nextWay[by] : undefined;
          if (!next) throw error;
          this.#by = next;
        }
      }
    });
  }

  async #byScript(redis: Redis, by: 'EVAL' | 'EVAL_RO', cursor: string): Promise<ExportPage> {
    const { pattern, pace } = this.#request;
    const reply = await redis.callBuffer(by, exportScript, 0, cursor, pace.count, pattern, largestScriptedBytes);
    const [next, records, count, gone, left]: unknown[] = Array.isArray(reply) ? reply : [];
    if (!Buffer.isBuffer(records) || !Array.isArray(left)) throw unexpected(by);
    const others = await this.#values(
      redis,
      left.filter((one) => Buffer.isBuffer(one)),
    );
    return {
      cursor: String(next),
      records: others.records.length === 0 ? records : Buffer.concat([records, others.records]),
      count: Number(count) + others.count,
      gone: Number(gone) + others.gone,
      denied: others.denied,
    };
  }

  async #byCommands(redis: Redis, cursor: string): Promise<ExportPage> {
    const { pattern, pace } = this.#request;
    const reply = await redis.callBuffer('SCAN', cursor, 'MATCH', pattern, 'COUNT', pace.count);
    const [next, keys]: unknown[] = Array.isArray(reply) ? reply : [];
    if (!Array.isArray(keys)) throw unexpected('SCAN');
    return {
      cursor: String(next),
      ...(await this.#values(
        redis,
        keys.filter((one) => Buffer.isBuffer(one)),
      )),
    };
  }

  /** A few at a time: they may be large. */
  async #values(redis: Redis, keys: readonly Buffer[]): Promise<Values> {
    let values: Values = { records: Buffer.alloc(0), count: 0, gone: 0, denied: 0 };
    for (let from = 0; from < keys.length; from += pipelinedKeys) {
      const some = await this.#someValues(redis, keys.slice(from, from + pipelinedKeys));
      values = {
        records: values.records.length === 0 ? some.records : Buffer.concat([values.records, some.records]),
        count: values.count + some.count,
        gone: values.gone + some.gone,
        denied: values.denied + some.denied,
      };
    }
    return values;
  }

  async #someValues(redis: Redis, keys: readonly Buffer[]): Promise<Values> {
    const pipeline = redis.pipeline();
    for (const key of keys) {
      pipeline.dumpBuffer(key);
      if (this.#hasExpireTime) pipeline.pexpiretime(key);
      else pipeline.pttl(key);
    }
    if (!this.#hasExpireTime) pipeline.time();
    const replies = (await pipeline.exec()) ?? [];
    const nowMs = this.#hasExpireTime ? 0 : serverTime(replies.at(-1)?.[1]);
    const records: KeyRecord[] = [];
    let [gone, denied] = [0, 0];
    for (const [index, key] of keys.entries()) {
      const [[dumpError, payload] = [], [expiryError, expiry] = []] = [replies[2 * index], replies[2 * index + 1]];
      const error = dumpError ?? expiryError;
      if (error && isUnknownCommand(error) && this.#hasExpireTime) {
        this.#hasExpireTime = false;
        return this.#someValues(redis, keys);
      }
      if (error && isMoving(error)) throw movingSlots(this.#request.target);
      if (error && !isKeyDenied(error)) throw error;
      if (error) denied++;
      else if (!Buffer.isBuffer(payload) || typeof expiry !== 'number' || expiry === -2) gone++;
      else records.push({ key, payload, expiresAtMs: expiry === -1 ? 0 : nowMs + expiry });
    }
    return { records: encodeRecords(records), count: records.length, gone, denied };
  }

  /** Once more over a new connection where the old one broke: reading twice does no harm. */
  async #use<T>(work: (redis: Redis) => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await this.#link.use(this.#signal, work);
      } catch (error) {
        if (!(error instanceof OpsError) || error.code !== 'closed' || this.#reconnects++ >= mostReconnects) {
          throw explainExport(error, this.#request.target);
        }
        await this.#prepare();
      }
    }
  }

  /** Reading is no use of a key: where the server knows the setting (7.2), it does not make the keys look recently used. */
  async #prepare(): Promise<void> {
    await this.#link.use(this.#signal, async (redis) => {
      const { run_id, role } = parseInfo(await redis.info());
      if (run_id !== this.#runId || role !== this.#role) throw otherProcess(this.#request.target);
      await redis.call('CLIENT', 'NO-TOUCH', 'ON').catch(() => undefined);
    });
  }
}

function serverTime(reply: unknown): number {
  const [seconds, microseconds]: unknown[] = Array.isArray(reply) ? reply : [];
  const nowMs = Number(seconds) * 1000 + Math.floor(Number(microseconds) / 1000);
  if (Number.isNaN(nowMs)) throw unexpected('TIME');
  return nowMs;
}

function isUnknownCommand({ message }: Error): boolean {
  return /^ERR unknown command/i.test(message);
}

/** A key of a slot that is just leaving. */
function isMoving({ message }: Error): boolean {
  return /^(MOVED|ASK|TRYAGAIN) /.test(message);
}

function movingSlots(target: RedisTarget): OpsError {
  return new OpsError('busy', `Slots of ${addressOf(target)} are moving to other nodes of the cluster.`, {
    next: 'Back up when the cluster has settled.',
  });
}

/** Of one key; a command that is not permitted fails everything. */
function isKeyDenied({ message }: Error): boolean {
  return /^NOPERM.*(access|key)/i.test(message) && !/permissions to run/i.test(message);
}

function unexpected(command: string): OpsError {
  return new OpsError('protocol', `Redis answered ${command} with something else.`);
}

export function otherProcess(target: RedisTarget): OpsError {
  return new OpsError('conflict', `${addressOf(target)} is not the server any more that was read before.`, {
    next: 'It was restarted or failed over: begin the backup anew.',
  });
}

function explainExport(error: unknown, { username }: RedisTarget): unknown {
  if (!(error instanceof OpsError) || error.code !== 'permission') return error;
  return new OpsError('permission', error.message, {
    cause: error,
    next: `An export needs SCAN, DUMP, PEXPIRETIME and INFO: ACL SETUSER ${username ?? 'default'} +scan +dump +pexpiretime +pttl +time +dbsize +info`,
  });
}
