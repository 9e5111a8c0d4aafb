import { metrics, scraped } from '../making/prometheus.ts';
import type { Scraped } from '../making/prometheus.ts';
import { clientOf, redisOn, until } from '../making/redis.ts';
import type { Stage, State } from '../state.ts';

const limits = { hitRate: { warning: '60%', critical: '30%' } };

/** Counters that go up with every scrape; Prometheus has seen them do so for a few seconds. */
async function counting(stage: Stage, hits: number, misses: number, from = 0): Promise<Scraped> {
  const made = await scraped(stage, '', { limits });
  let scrapes = from;
  const expose = (): void => {
    scrapes += 1;
    made.page.text = `shop_hits_total ${scrapes * hits}\nshop_misses_total ${scrapes * misses}\n`;
  };
  const timer = setInterval(expose, 250);
  stage.undo(() => Promise.resolve(clearInterval(timer)));
  await until(() => made.query('changes(shop_misses_total[1m]) + changes(shop_hits_total[1m]) >= bool 6'), /^1$/);
  return made;
}

const fine = { state: 'healthy', says: /^healthy$/ } as const;

export const hitRateStates: readonly State[] = [
  {
    name: 'Hit rate: 70 % by Prometheus',
    service: 'prometheus',
    make: async (stage) => ({ settings: (await counting(stage, 7, 3)).settings }),
    expect: { ...fine, hitRate: ['healthy', /^(69|70|71)\.\d %.*Prometheus.*Window: last/s] },
  },
  {
    name: 'Hit rate: 10 % by Prometheus, below the critical limit',
    service: 'prometheus',
    make: async (stage) => ({ settings: (await counting(stage, 1, 9)).settings }),
    expect: { ...fine, hitRate: ['degraded', /^(9|10|11)\.\d %.*critical/s] },
  },
  {
    name: 'Hit rate: no traffic',
    service: 'prometheus',
    make: async (stage) => {
      const { settings, query } = await scraped(stage, '', { limits });
      await until(() => query('count_over_time(shop_hits_total[1m]) > bool 3'), /^1$/);
      return { settings };
    },
    expect: { ...fine, hitRate: ['fact', /^no traffic/] },
  },
  {
    name: 'Hit rate: the counters began again within the window',
    service: 'prometheus',
    slow: true,
    make: async (stage) => {
      const made = await counting(stage, 70, 30, 10_000);
      // The application restarts: from a million on, they count from 0.
      let scrapes = 0;
      const timer = setInterval(() => {
        scrapes += 1;
        made.page.text = `shop_hits_total ${scrapes * 70}\nshop_misses_total ${scrapes * 30}\n`;
      }, 1);
      stage.undo(() => Promise.resolve(clearInterval(timer)));
      await until(() => made.query('resets(shop_hits_total[1m])'), /^[1-9]/);
      return { settings: made.settings };
    },
    expect: { ...fine, hitRate: ['healthy', /^(69|70|71)\.\d %.*began anew within the window/s] },
  },
  {
    name: 'Hit rate: the misses are missing',
    service: 'prometheus',
    make: async (stage) => {
      const { settings } = await counting(stage, 7, 3);
      return { settings: { ...settings, metrics: { ...metrics, misses: 'shop_mises_total' } } };
    },
    expect: {
      state: 'degraded',
      says: /^degraded: metric misses/,
      readings: { 'metric/misses': ['degraded', /no such series/] },
      hitRate: ['unknown', /misses unknown.*no series of misses/s],
    },
  },
  {
    name: 'Hit rate: the hits are no number',
    service: 'prometheus',
    make: async (stage) => {
      const { settings, page, query } = await scraped(stage, '', { limits });
      let misses = 3;
      const timer = setInterval(() => (page.text = `shop_hits_total NaN\nshop_misses_total ${++misses}\n`), 250);
      stage.undo(() => Promise.resolve(clearInterval(timer)));
      await until(() => query('increase(shop_hits_total[1m])'), /^NaN$/);
      await until(() => query('changes(shop_misses_total[1m]) >= bool 3'), /^1$/);
      return { settings };
    },
    expect: { ...fine, hitRate: ['unknown', /^no data.*not a number/s] },
  },
  {
    name: 'Hit rate: the target is down',
    service: 'prometheus',
    make: async (stage) => {
      const { settings, app, query } = await counting(stage, 7, 3);
      const worsen = async (): Promise<void> => {
        await app.stop();
        await until(() => query('shop_hits_total'), /^nothing$/);
      };
      return { settings, worsen };
    },
    expect: {
      state: 'degraded',
      says: /^degraded: targets, target shop-1/,
      readings: { '*': ['degraded', /./] },
      hitRate: ['unknown', /^no data.*no current sample/s],
    },
  },
  {
    name: 'Hit rate: Prometheus is gone, Redis answers lookups',
    service: 'prometheus',
    make: async (stage) => {
      const { settings, server } = await counting(stage, 7, 3);
      const redis = await redisOn(stage);
      const client = clientOf(stage, redis);
      const worsen = async (): Promise<void> => {
        await server.kill();
        await client.set('hit', '1');
        for (let index = 0; index < 20; index++) await client.get('hit');
      };
      return { settings: { ...settings, redis: { url: redis.url } }, worsen };
    },
    expect: {
      state: 'down',
      says: /^connection refused/,
      hitRate: ['unknown', /keyspace.*the application’s is not known/s],
    },
  },
];
