import type { Redis } from 'ioredis';
import type { Clock } from '../core/clock.ts';
import { formatHostPort } from '../core/environment/hosts.ts';
import type { HostPort } from '../core/environment/hosts.ts';
import { OpsError } from '../core/errors.ts';
import { failureOf } from '../core/health/failure.ts';
import type { RedisProbe } from '../core/health/redisMonitor.ts';
import type { RedisSample } from '../core/health/redisReport.ts';
import { parseSentinelPrimary } from '../core/health/redisSentinelReply.ts';
import type { SentinelPrimary, SentinelState, SentinelView } from '../core/health/redisTopology.ts';
import { addressOf, connectRedis, readTimeoutMs, RedisLink } from './redisLink.ts';
import type { RedisTarget } from './redisLink.ts';
import { createRedis } from './redisOptions.ts';
import { RedisReader } from './redisReader.ts';
import { targetOn } from './redisTarget.ts';
import type { RedisTopology } from './redisTarget.ts';

export type SentinelTopology = Extract<RedisTopology, { readonly kind: 'sentinel' }>;

/** A sentinel that does not answer holds nobody up: the others say the same. */
const sentinelTimeoutMs = 1_500;
const resubscribeMs = 1_000;

/**
 * The primary of a Sentinel group. Every read asks each sentinel (two commands), then the primary they name (two more).
 * In between it listens to the sentinels, so that a failover is followed as soon as they announce it: asked only now
 * and then, a client stays on the old primary and its writes are lost.
 */
export class SentinelConnection implements RedisProbe {
  readonly #openTopology: () => Promise<SentinelTopology>;
  readonly #clock: Clock;
  readonly #timeoutMs: number;
  readonly #reader: RedisReader;
  #group: SentinelGroup | undefined;
  #primary: { readonly address: string; readonly link: RedisLink } | undefined;
  #onMoved: () => void = () => undefined;
  /** Counts the failovers announced. */
  #switches = 0;

  constructor(openTopology: () => Promise<SentinelTopology>, clock: Clock, timeoutMs = readTimeoutMs) {
    this.#openTopology = openTopology;
    this.#clock = clock;
    this.#timeoutMs = timeoutMs;
    this.#reader = new RedisReader(clock);
  }

  onMoved(listener: () => void): void {
    this.#onMoved = listener;
  }

  async read(signal: AbortSignal): Promise<RedisSample> {
    const switches = this.#switches;
    const before = await this.#ask(signal);
    let failure: unknown;
    try {
      const sample = await this.#readPrimary(before, signal);
      if (switches === this.#switches) return sample;
    } catch (error) {
      if (signal.aborted) throw error;
      failure = error;
    }
    // It moved meanwhile, or the connection broke because it is about to.
    const after = await this.#ask(signal);
    const moved = addressOfPrimary(after) !== addressOfPrimary(before);
    if (failure !== undefined && !moved) throw explainPrimary(failure, after);
    return this.#readPrimary(after, signal);
  }

  close(): void {
    this.#primary?.link.close();
    this.#primary = undefined;
    this.#group?.close();
    this.#group = undefined;
  }

  async #ask(signal: AbortSignal): Promise<Asked> {
    const group = (this.#group ??= new SentinelGroup(await this.#openTopology(), this.#clock, () => this.#moved()));
    const views = await group.ask(signal);
    return { group, primary: newestOf(group.topology, views), state: { name: group.topology.name, views } };
  }

  async #readPrimary({ group, primary, state }: Asked, signal: AbortSignal): Promise<RedisSample> {
    const target = targetOn(group.topology.login, primary);
    const address = addressOf(target);
    if (this.#primary?.address !== address) {
      this.#primary?.link.close();
      this.#primary = { address, link: new RedisLink(() => Promise.resolve(target), this.#clock, this.#timeoutMs) };
    }
    const sample = await this.#primary.link.use(signal, (redis, opened) => this.#reader.read(redis, opened));
    return { ...sample, sentinel: state };
  }

  #moved(): void {
    this.#switches++;
    this.#onMoved();
  }
}

interface Asked {
  readonly group: SentinelGroup;
  readonly primary: SentinelPrimary;
  readonly state: SentinelState;
}

/** What the sentinel that heard last says. */
function newestOf(topology: SentinelTopology, views: readonly SentinelView[]): SentinelPrimary {
  const [newest] = views.flatMap(({ primary }) => primary ?? []).toSorted((a, b) => b.epoch - a.epoch);
  if (!newest) throw noPrimary(topology, views);
  return newest;
}

function addressOfPrimary({ primary }: Asked): string {
  return formatHostPort(primary);
}

/** The sentinels of the settings: one connection each to ask, one to listen. */
class SentinelGroup {
  readonly topology: SentinelTopology;
  readonly #sentinels: readonly { readonly at: HostPort; readonly link: RedisLink }[];
  readonly #listeners: readonly Redis[];

  constructor(topology: SentinelTopology, clock: Clock, onSwitch: () => void) {
    this.topology = topology;
    const targets = topology.sentinels.map((at) => targetOn(topology.sentinelLogin, at));
    this.#sentinels = topology.sentinels.map((at, index) => ({
      at,
      link: new RedisLink(
        () => Promise.resolve(targets[index] ?? targetOn(topology.sentinelLogin, at)),
        clock,
        sentinelTimeoutMs,
      ),
    }));
    this.#listeners = targets.map((target) => {
      const redis = createRedis(target, sentinelTimeoutMs, resubscribeMs);
      redis.on('message', (_channel, message) => message.startsWith(`${topology.name} `) && onSwitch());
      // Whether a sentinel can be reached is told by asking it; listening to it is tried until it works.
      void connectRedis(redis, addressOf(target)).catch(() => undefined);
      redis.on('ready', () => void redis.subscribe('+switch-master').catch(() => undefined));
      return redis;
    });
  }

  ask(signal: AbortSignal): Promise<SentinelView[]> {
    return Promise.all(this.#sentinels.map(({ at, link }) => this.#askOne(at, link, signal)));
  }

  close(): void {
    for (const { link } of this.#sentinels) link.close();
    for (const listener of this.#listeners) listener.disconnect();
  }

  async #askOne(at: HostPort, link: RedisLink, signal: AbortSignal): Promise<SentinelView> {
    const address = formatHostPort(at);
    try {
      return await link.use(signal, async (redis) => {
        const { name } = this.topology;
        const [primary, quorum] = await Promise.all([
          redis.call('SENTINEL', 'MASTER', name),
          redis.call('SENTINEL', 'CKQUORUM', name).then(
            (words) => ({ reached: true, words: String(words) }),
            (error: unknown) => quorumError(error),
          ),
        ]);
        const parsed = parseSentinelPrimary(primary);
        return { address, ...(parsed ? { primary: parsed } : {}), ...(quorum ? { quorum } : {}) };
      });
    } catch (error) {
      if (signal.aborted) throw error;
      return { address, failure: failureOf(error) };
    }
  }
}

/** `NOQUORUM 1 usable Sentinels. …`; anything else is not an answer to the question. */
function quorumError(error: unknown): SentinelView['quorum'] {
  const message = error instanceof Error ? error.message : String(error);
  return /^NOQUORUM|^NOGOODSLAVE/.test(message) ? { reached: false, words: message } : undefined;
}

function noPrimary({ name, sentinels }: SentinelTopology, views: readonly SentinelView[]): OpsError {
  const failures = views.flatMap(({ failure }) => failure ?? []);
  if (failures.some(({ message }) => /No such master/i.test(message))) {
    return new OpsError('settings', `The sentinels watch no primary named "${name}".`, { next: 'Check redis.name.' });
  }
  const [first] = failures;
  const where = sentinels.map(formatHostPort).join(', ');
  const next = first?.next === undefined ? {} : { next: first.next };
  return new OpsError(
    first?.code ?? 'protocol',
    `No sentinel of "${name}" says where the primary is (${where}). ${first?.message ?? ''}`.trim(),
    next,
  );
}

/** What the sentinels think of a primary that does not answer. */
function explainPrimary(error: unknown, { primary, state }: Asked): unknown {
  if (!(error instanceof OpsError)) return error;
  const down = primary.flags.filter((flag) => flag.endsWith('down'));
  const answering = state.views.filter(({ failure }) => !failure).length;
  const lost = state.views.find(({ quorum }) => quorum?.reached === false);
  const failover = lost ? `No failover is possible: ${lost.quorum?.words ?? ''}` : 'A failover may be under way.';
  const seen = down.length > 0 ? `The sentinels see it as down. ${failover}` : 'The sentinels still see it as up.';
  return new OpsError(error.code, `${error.message} ${seen} ${answering} of ${state.views.length} sentinels answer.`, {
    cause: error,
    ...(error.next === undefined ? {} : { next: error.next }),
  });
}

/** The primary that the sentinels name now. Throws OpsError where none of them names one. */
export async function findSentinelPrimary(
  topology: SentinelTopology,
  clock: Clock,
  signal: AbortSignal,
): Promise<RedisTarget> {
  const group = new SentinelGroup(topology, clock, () => undefined);
  try {
    return targetOn(topology.login, newestOf(topology, await group.ask(signal)));
  } finally {
    group.close();
  }
}
