import { Redis } from 'ioredis';
import type { RedisOptions } from 'ioredis';
import type { Clock } from '../core/clock.ts';
import { OpsError } from '../core/errors.ts';
import type { RedisProbe } from '../core/health/redisMonitor.ts';
import { parseInfo } from '../core/health/redisInfo.ts';
import type { RedisInfo } from '../core/health/redisInfo.ts';
import type { RedisSample } from '../core/health/redisReport.ts';
import type { PemOptions } from './pem.ts';
import { redisError } from './redisErrors.ts';
import { explainProtocol } from './redisProtocol.ts';

/** All that is needed to open one connection to one Redis; secrets resolved, certificates read. */
export interface RedisTarget {
  /** Host and port, or the path of a Unix socket. */
  readonly endpoint: { readonly host: string; readonly port: number } | { readonly path: string };
  readonly db: number;
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly tls: RedisTls | undefined;
}

export type RedisTls = PemOptions;

/** How long connecting and reading together may take. */
export const readTimeoutMs = 5_000;
/** A user without INFO is asked again only so often: the right may be given meanwhile. */
const infoRetryMs = 60_000;

/** `redis-primary:6379`, `[::1]:6379`, `/run/redis.sock`. */
export function addressOf({ endpoint }: RedisTarget): string {
  if ('path' in endpoint) return endpoint.path;
  return endpoint.host.includes(':') ? `[${endpoint.host}]:${endpoint.port}` : `${endpoint.host}:${endpoint.port}`;
}

/**
 * One connection to a standalone Redis, opened on the first read and again after it broke. A read is PING, then INFO:
 * two commands. `openTarget` is asked at every new connection, so that a changed secret or certificate counts.
 */
export class RedisConnection implements RedisProbe {
  readonly #openTarget: () => Promise<RedisTarget>;
  readonly #clock: Clock;
  readonly #timeoutMs: number;
  #connected: { readonly redis: Redis; readonly target: RedisTarget } | undefined;
  #infoDeniedAtMs: number | undefined;
  #address: string | undefined;

  constructor(openTarget: () => Promise<RedisTarget>, clock: Clock, timeoutMs = readTimeoutMs) {
    this.#openTarget = openTarget;
    this.#clock = clock;
    this.#timeoutMs = timeoutMs;
  }

  async read(signal: AbortSignal): Promise<RedisSample> {
    let connecting: RedisTarget | undefined;
    const ending = new AbortController();
    // Whatever is under way when time is up or nobody wants it any more, its connection is of no use afterwards.
    const cut = (): void => this.close();
    const timer = this.#clock.after(this.#timeoutMs, () => ending.abort());
    const stop = AbortSignal.any([signal, ending.signal]);
    stop.addEventListener('abort', cut, { once: true });
    try {
      const { redis, target } = await abortable(
        this.#connect((known) => (connecting = known)),
        stop,
      );
      connecting = undefined;
      return await abortable(this.#sample(redis, target), stop);
    } catch (error) {
      this.close();
      if (signal.aborted) throw new OpsError('cancelled', 'Cancelled.', { cause: error });
      const failure = ending.signal.aborted ? timedOut(this.#address, this.#timeoutMs) : error;
      if (!connecting || !(failure instanceof OpsError)) throw failure;
      throw await explainProtocol(failure, connecting, addressOf(connecting));
    } finally {
      timer.dispose();
      stop.removeEventListener('abort', cut);
    }
  }

  close(): void {
    this.#connected?.redis.disconnect();
    this.#connected = undefined;
  }

  async #connect(onTarget: (target: RedisTarget) => void): Promise<{ redis: Redis; target: RedisTarget }> {
    const known = this.#connected;
    if (known?.redis.status === 'ready') return known;
    this.close();
    const target = await this.#openTarget();
    onTarget(target);
    this.#address = addressOf(target);
    const redis = new Redis(optionsOf(target, this.#timeoutMs));
    const opened = { redis, target };
    this.#connected = opened;
    // The reason of a refused connection comes only through this event; connect() just says "closed".
    let reason: unknown;
    redis.on('error', (error) => (reason ??= error));
    await redis.connect().catch((error: unknown) => {
      throw redisError(reason ?? error, addressOf(target));
    });
    if (reason !== undefined) throw redisError(reason, addressOf(target));
    this.#infoDeniedAtMs = undefined;
    return opened;
  }

  async #sample(redis: Redis, target: RedisTarget): Promise<RedisSample> {
    const address = addressOf(target);
    try {
      const startedMs = this.#clock.monotonicMs();
      await redis.ping();
      const roundTripMs = this.#clock.monotonicMs() - startedMs;
      const info = await this.#info(redis);
      const atMs = this.#clock.monotonicMs();
      return { atMs, readAtMs: this.#clock.wallMs(), roundTripMs, address, user: target.username ?? 'default', info };
    } catch (error) {
      const failure = redisError(error, address);
      if (failure.code !== 'closed') throw failure;
      throw new OpsError('closed', `${address} closed the connection while it was read.`, {
        cause: error,
        next: 'It will be asked again.',
      });
    }
  }

  async #info(redis: Redis): Promise<RedisInfo | undefined> {
    const nowMs = this.#clock.monotonicMs();
    if (this.#infoDeniedAtMs !== undefined && nowMs - this.#infoDeniedAtMs < infoRetryMs) return undefined;
    try {
      const info = parseInfo(await redis.info());
      this.#infoDeniedAtMs = undefined;
      return info;
    } catch (error) {
      if (!(error instanceof Error) || !error.message.startsWith('NOPERM')) throw error;
      this.#infoDeniedAtMs = nowMs;
      return undefined;
    }
  }
}

/** Reads `target` once and closes the connection: for trying out settings before they are saved. */
export async function tryRedis(target: RedisTarget, clock: Clock, signal: AbortSignal): Promise<RedisSample> {
  const connection = new RedisConnection(() => Promise.resolve(target), clock);
  try {
    return await connection.read(signal);
  } finally {
    connection.close();
  }
}

function optionsOf(target: RedisTarget, timeoutMs: number) {
  return {
    ...target.endpoint,
    db: target.db,
    ...(target.username === undefined ? {} : { username: target.username }),
    ...(target.password === undefined ? {} : { password: target.password }),
    ...(target.tls === undefined ? {} : { tls: target.tls }),
    lazyConnect: true,
    connectTimeout: timeoutMs,
    // RESP2 logs in with AUTH, which every user may call; HELLO is a right of its own and unknown before Redis 6.
    protocol: 2,
    connectionName: 'cache-ops',
    disableClientInfo: true,
    // The ready check is an INFO of its own, which not every user may call; reconnecting is the poller's business.
    enableReadyCheck: false,
    retryStrategy: () => null,
    maxRetriesPerRequest: 0,
  } satisfies RedisOptions;
}

function timedOut(address: string | undefined, timeoutMs: number): OpsError {
  const where = address ?? 'The connection';
  return new OpsError('timedOut', `${where} did not answer within ${timeoutMs / 1000} s.`, {
    next: 'A firewall may drop the packets, or the server hangs.',
  });
}

/** Rejects as soon as `signal` aborts; what `work` still does then is nobody's concern. */
function abortable<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(new OpsError('cancelled', 'Cancelled.'));
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}
