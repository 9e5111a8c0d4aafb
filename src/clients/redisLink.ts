import type { Redis } from 'ioredis';
import type { Clock } from '../core/clock.ts';
import { formatHostPort } from '../core/environment/hosts.ts';
import { OpsError } from '../core/errors.ts';
import type { PemOptions } from './pem.ts';
import { redisError } from './redisErrors.ts';
import { createRedis } from './redisOptions.ts';
import { explainProtocol } from './redisProtocol.ts';
import type { Dial } from './tunnel/stream.ts';

/** All that is needed to open one connection to one Redis; secrets resolved, certificates read. */
export interface RedisTarget {
  /** Host and port, or the path of a Unix socket. */
  readonly endpoint: { readonly host: string; readonly port: number } | { readonly path: string };
  readonly db: number;
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly tls: RedisTls | undefined;
  /** Through a tunnel; without it, directly. Not used for a Unix socket. */
  readonly dial?: Dial | undefined;
}

export type RedisTls = PemOptions;

/** How long connecting and reading together may take. */
export const readTimeoutMs = 5_000;

/** `redis-primary:6379`, `[::1]:6379`, `/run/redis.sock`. */
export function addressOf({ endpoint }: Pick<RedisTarget, 'endpoint'>): string {
  return 'path' in endpoint ? endpoint.path : formatHostPort(endpoint);
}

/**
 * One connection, opened on first use and again after it broke. `openTarget` is asked at every new connection, so that
 * a changed secret or certificate counts.
 */
export class RedisLink {
  readonly #openTarget: () => Promise<RedisTarget>;
  readonly #clock: Clock;
  readonly #timeoutMs: number;
  #connected: { readonly redis: Redis; readonly target: RedisTarget } | undefined;
  #address: string | undefined;

  constructor(openTarget: () => Promise<RedisTarget>, clock: Clock, timeoutMs = readTimeoutMs) {
    this.#openTarget = openTarget;
    this.#clock = clock;
    this.#timeoutMs = timeoutMs;
  }

  /**
   * Connects where needed and runs `work`. Whatever fails, is cancelled or takes longer than the time limit ends the
   * connection. Throws OpsError.
   */
  async use<T>(signal: AbortSignal, work: (redis: Redis, target: RedisTarget) => Promise<T>): Promise<T> {
    /** Of a connection that was opened just now. */
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
      const result = await abortable(this.#work(redis, target, work), stop);
      connecting = undefined;
      return result;
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
    const redis = createRedis(target, this.#timeoutMs);
    const opened = { redis, target };
    this.#connected = opened;
    await connectRedis(redis, addressOf(target));
    return opened;
  }

  async #work<T>(
    redis: Redis,
    target: RedisTarget,
    work: (redis: Redis, target: RedisTarget) => Promise<T>,
  ): Promise<T> {
    const address = addressOf(target);
    try {
      return await work(redis, target);
    } catch (error) {
      const failure = redisError(error, address);
      if (failure.code !== 'closed') throw failure;
      throw new OpsError('closed', `${address} closed the connection while it was read.`, {
        cause: error,
        next: 'It will be asked again.',
      });
    }
  }
}

/** Connects; throws an OpsError with the reason, which comes only through the `error` event: connect() just says "closed". */
export async function connectRedis(redis: Redis, address: string): Promise<void> {
  let reason: unknown;
  redis.on('error', (error) => (reason ??= error));
  await redis.connect().catch((error: unknown) => {
    throw redisError(reason ?? error, address);
  });
  if (reason !== undefined) throw redisError(reason, address);
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
