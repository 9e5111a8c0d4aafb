import type { Redis } from 'ioredis';
import type { Clock } from '../core/clock.ts';
import { parseInfo } from '../core/health/redisInfo.ts';
import type { RedisSample } from '../core/health/redisReport.ts';
import { parseLatency, parseSlowLog } from '../core/health/redisSlow.ts';
import type { SlowState } from '../core/health/redisSlow.ts';
import { parseWriteCalls } from '../core/health/redisWrites.ts';
import { formatDuration, formatRatio } from '../core/format.ts';
import { OpsError } from '../core/errors.ts';
import { addressOf } from './redisLink.ts';
import type { RedisTarget } from './redisLink.ts';

/** A user without INFO is asked again only so often: the right may be given meanwhile. */
const infoRetryMs = 60_000;

/** The slow log, latency events and statistics of commands are asked for only so often. */
const slowEveryMs = 60_000;
const slowEntries = 32;

/** Reads one server over whatever connection there is at the time: PING, then INFO; once a minute what was slow and how much was written. */
export class RedisReader {
  readonly #clock: Clock;
  #infoDeniedAtMs: number | undefined;
  #askedOver: Redis | undefined;
  #slow: { readonly atMs: number; readonly state: SlowState } | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async read(redis: Redis, target: RedisTarget): Promise<RedisSample> {
    if (redis !== this.#askedOver) this.#infoDeniedAtMs = undefined;
    this.#askedOver = redis;
    const startedMs = this.#clock.monotonicMs();
    const writesRefused = await pingRefused(redis).catch((error: unknown) =>
      explainLoading(redis, addressOf(target), error),
    );
    const roundTripMs = this.#clock.monotonicMs() - startedMs;
    const known = this.#slow && this.#clock.monotonicMs() - this.#slow.atMs < slowEveryMs ? this.#slow : undefined;
    const reply = await this.#info(redis, known === undefined);
    const info = reply === undefined ? undefined : parseInfo(reply);
    if (info?.redis_mode === 'sentinel')
      throw new OpsError('settings', `${addressOf(target)} is a sentinel, not a server that holds keys.`, {
        next: 'Name it in redis.sentinels, with redis.name.',
      });
    const slow = known?.state ?? (await this.#readSlow(redis, reply ?? ''));
    return {
      atMs: this.#clock.monotonicMs(),
      readAtMs: this.#clock.wallMs(),
      roundTripMs,
      address: addressOf(target),
      user: target.username ?? 'default',
      info,
      slow,
      writesRefused,
    };
  }

  /** `info`: INFO's reply with statistics of commands, as far as it was given. */
  async #readSlow(redis: Redis, info: string): Promise<SlowState> {
    const [slowLog, latency] = await Promise.all([
      redis.call('SLOWLOG', 'GET', slowEntries).then(parseSlowLog, deniedOr),
      redis.call('LATENCY', 'LATEST').then(parseLatency, deniedOr),
    ]);
    const calls = parseWriteCalls(info);
    const writes = calls === undefined ? undefined : { calls, atMs: this.#clock.wallMs() };
    this.#slow = { atMs: this.#clock.monotonicMs(), state: { slowLog, latency, writes } };
    return this.#slow.state;
  }

  /** `all`: statistics of commands too, which are long. */
  async #info(redis: Redis, all: boolean): Promise<string | undefined> {
    const nowMs = this.#clock.monotonicMs();
    if (this.#infoDeniedAtMs !== undefined && nowMs - this.#infoDeniedAtMs < infoRetryMs) return undefined;
    try {
      const reply: unknown = await (all ? redis.info('all') : redis.info());
      this.#infoDeniedAtMs = undefined;
      if (typeof reply !== 'string')
        throw new OpsError('protocol', 'It answers PING, but INFO with something that is none.');
      return reply;
    } catch (error) {
      if (!(error instanceof Error) || !error.message.startsWith('NOPERM')) throw error;
      this.#infoDeniedAtMs = nowMs;
      return undefined;
    }
  }
}

/**
 * A server that cannot save answers even PING with that, but serves reads and INFO: undefined, or its words. Whether it
 * would take a write is told so without one: both are refused by the same rule (processCommand in Redis’ server.c).
 */
export async function pingRefused(redis: Redis): Promise<string | undefined> {
  try {
    await redis.ping();
    return undefined;
  } catch (error) {
    if (error instanceof Error && error.message.startsWith('MISCONF')) return error.message;
    throw error;
  }
}

/** How far it has come is all that a server says while it loads. */
async function explainLoading(redis: Redis, address: string, error: unknown): Promise<never> {
  if (!(error instanceof Error) || !error.message.startsWith('LOADING')) throw error;
  const info = await redis.info('persistence').then(parseInfo, () => undefined);
  const { loading_loaded_perc: percent, loading_eta_seconds: seconds } = info ?? {};
  if (percent === undefined) throw error;
  const left = seconds === undefined ? '' : `, about ${formatDuration(seconds * 1000)} left by its own estimate`;
  throw new OpsError(
    'busy',
    `${address} is loading its data set and serves nobody yet: ${formatRatio(percent / 100)} done${left}.`,
    { cause: error, next: 'It will be asked again.' },
  );
}

/** Managed services leave these commands out or rename them, which is a right that is missing all the same. */
function deniedOr(error: unknown): 'denied' {
  if (error instanceof Error && /^NOPERM|^ERR unknown (command|subcommand)/i.test(error.message)) return 'denied';
  throw error;
}
