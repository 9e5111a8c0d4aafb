import { Tunnels } from '../../../../src/clients/tunnels.ts';
import { systemClock } from '../../../../src/core/clock.ts';
import { change } from '../../../live/support/qdrantNode.ts';
import { environmentOf } from '../../../unit/core/operations/ports.ts';
import type { Environment } from '../../../../src/core/environment/environment.ts';
import { qdrantAt } from '../everything.ts';
import type { Place } from '../place.ts';
import type { World } from '../world.ts';

/** Enough for several pages of whatever reads or removes them. */
export const manyKeys = 1_500;
export const manyPoints = 1_200;

const none = (): Promise<undefined> => Promise.resolve(undefined);

/** Without secrets, and without a tunnel. */
export const directly = {
  secret: none,
  clock: systemClock,
  tunnels: new Tunnels({
    clock: systemClock,
    isAllowed: () => false,
    onEnded: () => undefined,
    secretOf: () => none,
  }),
};

/** An environment with both stores, an application and files, in which nothing is asked twice. */
export function environmentAt({ redisPort, qdrantPort, applicationPort }: Place, more: object = {}): Environment {
  const application = `http://127.0.0.1:${applicationPort}`;
  return environmentOf({
    tier: 'staging',
    redis: { url: `redis://127.0.0.1:${redisPort}` },
    qdrant: { url: `http://127.0.0.1:${qdrantPort}`, collections: ['similar'] },
    application: { health: `${application}/health`, metrics: `${application}/metrics`, clear: `${application}/clear` },
    namespaces: { search: { prefix: 'cache:search:', filter: { namespace: 'search' } } },
    files: ['.env', 'config.yaml'],
    ...more,
  });
}

/** `cache:search:…`, which the plans are about, and keys of others, in two databases. */
export function fillKeys(world: World): Promise<void> {
  return world.redis(async (client) => {
    await client.flushall();
    const own = Array.from({ length: manyKeys }, (_, index) => [`cache:search:${index}`, `value ${index}`]);
    await client.mset(...own.flat(), 'session:1', 'kept', 'session:2', 'kept');
    await client.select(1);
    await client.mset('jobs:1', 'kept', 'jobs:2', 'kept');
  });
}

/** Points of the namespaces `search` and `answer`, and a collection of others; nothing else. */
export async function fillPoints({ place: { qdrantPort } }: World): Promise<void> {
  const url = `http://127.0.0.1:${qdrantPort}`;
  for (const [name] of await qdrantAt(url)) {
    const [, collection = '', what, snapshot] = name.split(' ');
    if (what === undefined && !(collection in pointsOf)) await change('DELETE', `${url}/collections/${collection}`);
    if (snapshot !== undefined) await change('DELETE', `${url}/collections/${collection}/snapshots/${snapshot}`);
  }
  for (const [name, count] of Object.entries(pointsOf)) {
    const at = `${url}/collections/${name}`;
    if (!(await fetch(at)).ok) await change('PUT', at, { vectors: { size: 2, distance: 'Dot' } });
    const points = Array.from({ length: count }, (_, id) => ({
      id,
      vector: [1, id],
      payload: { namespace: id % 6 === 0 ? 'answer' : 'search' },
    }));
    await change('PUT', `${at}/points?wait=true`, { points });
  }
}

const pointsOf: Readonly<Record<string, number>> = { similar: manyPoints, others: 3 };
