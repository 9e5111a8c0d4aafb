import { clientOf, redisOn, until } from '../making/redis.ts';
import type { Stage, State } from '../state.ts';

interface Full {
  readonly policy: string;
  /** Whether the keys that fill it have an expiry. */
  readonly expiring: boolean;
}

const wanted = (policy: string, expiring: boolean) => ({ policy, expiring });
const evicting: readonly Full[] = [
  wanted('allkeys-lru', false),
  wanted('allkeys-lfu', false),
  wanted('allkeys-random', false),
  wanted('volatile-lru', true),
  wanted('volatile-lfu', true),
  wanted('volatile-random', true),
  wanted('volatile-ttl', true),
];
/** Nothing may be evicted: writes fail. */
const refusing: readonly Full[] = [
  wanted('noeviction', true),
  wanted('volatile-lru', false),
  wanted('volatile-lfu', false),
  wanted('volatile-random', false),
  wanted('volatile-ttl', false),
];

/** Written to until it evicts, or refuses. */
async function fill(stage: Stage, { policy, expiring }: Full) {
  const server = await redisOn(stage, { maxmemory: '4mb', 'maxmemory-policy': policy });
  const client = clientOf(stage, server);
  let number = 0;
  const write = (): Promise<unknown> => {
    const key = `key:${number++}`;
    const value = 'x'.repeat(200_000);
    return expiring ? client.set(key, value, 'EX', 3600) : client.set(key, value);
  };
  const evicts = async (): Promise<string> => {
    await write();
    return client.info('stats');
  };
  return { settings: { redis: { url: server.url } }, write, evicts };
}

export const redisMemoryStates: readonly State[] = [
  ...refusing.map((full): State => ({
    name: `Redis: memory full, ${full.policy}${full.policy === 'noeviction' ? '' : ', no key expires'}`,
    service: 'redis',
    make: async (stage) => {
      const { settings, write } = await fill(stage, full);
      return { settings, worsen: () => until(write, /OOM/) };
    },
    expect: {
      state: 'degraded',
      says: /^degraded: memory/,
      readings: { memory: ['degraded', new RegExp(`policy ${full.policy}.*writes fail`)] },
    },
  })),
  ...evicting.map((full): State => ({
    name: `Redis: memory full, ${full.policy}, evicting`,
    service: 'redis',
    make: async (stage) => {
      const { settings, evicts } = await fill(stage, full);
      return { settings, worsen: () => until(evicts, /evicted_keys:[1-9]/) };
    },
    expect: {
      state: 'healthy',
      says: /^healthy$/,
      readings: {
        memory: ['healthy', new RegExp(full.policy)],
        evictions: ['fact', /^(< )?[\d.]+\/s.*dropped to make room/s],
      },
    },
  })),
  {
    name: 'Redis: above the environment’s limit, no maxmemory',
    service: 'redis',
    make: async (stage) => {
      const server = await redisOn(stage);
      const client = clientOf(stage, server);
      return {
        settings: { redis: { url: server.url }, limits: { redisMemory: '5MB' } },
        worsen: () => client.set('big', 'x'.repeat(6_000_000)),
      };
    },
    expect: { state: 'degraded', says: /^degraded: memory/, readings: { memory: ['degraded', /limit of 5\.0 MB/] } },
  },
];
