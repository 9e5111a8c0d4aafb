import { openFlush } from '../../../../src/clients/flush/open.ts';
import type { FlushRequest } from '../../../../src/core/operations/flush/request.ts';
import { namesOf } from '../scenario.ts';
import type { Scenario } from '../scenario.ts';
import { directly, environmentAt, fillKeys, fillPoints, manyPoints } from './stores.ts';

const keysOfSearch = /^redis 0 cache:search:/;
/** Every sixth is of another namespace. */
const pointsOfSearch = new RegExp(
  `^qdrant similar (?:${Array.from({ length: manyPoints }, (_, id) => id)
    .filter((id) => id % 6 !== 0)
    .join('|')})$`,
);
const pointsRequest: FlushRequest = { what: 'points', collection: 'similar', filter: { namespace: 'search' } };

function flush(
  name: string,
  request: FlushRequest,
  servers: Scenario['servers'],
  goes: RegExp,
  more: Partial<Scenario> = {},
): Scenario {
  return {
    name,
    servers,
    prepare: async (world) => {
      if (servers.includes('redis')) await fillKeys(world);
      if (servers.includes('qdrant')) await fillPoints(world);
    },
    operation: (place) => Promise.resolve(openFlush(request, { environment: environmentAt(place), ...directly })),
    touches: goes,
    reached: (now, before) => {
      const [left, were] = [namesOf(now, goes).length, namesOf(before, goes).length];
      return left === 0 ? 'all' : left < were ? 'part' : 'nothing';
    },
    ...more,
  };
}

export const flushes: readonly Scenario[] = [
  flush('flush a pattern', { what: 'pattern', pattern: 'cache:search:*' }, ['redis'], keysOfSearch),
  flush('flush a database', { what: 'database' }, ['redis'], /^redis 0 /),
  flush('flush all databases', { what: 'allDatabases' }, ['redis'], /^redis /),
  flush('flush points', pointsRequest, ['qdrant'], pointsOfSearch),
  flush('flush a collection', { what: 'collection', collection: 'similar' }, ['qdrant'], /^qdrant similar \d/),
  flush(
    'flush a namespace in both stores',
    { what: 'namespace', name: 'search' },
    ['redis', 'qdrant'],
    new RegExp(`${keysOfSearch.source}|${pointsOfSearch.source}`),
  ),
  flush('clear the cache through the application', { what: 'application' }, ['application', 'redis'], keysOfSearch, {
    prepare: async (world) => {
      await fillKeys(world);
      world.application.clear = () =>
        world.redis(async (client) => void (await client.unlink(await client.keys('cache:search:*'))));
    },
  }),
];
