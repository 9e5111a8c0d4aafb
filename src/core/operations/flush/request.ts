import * as z from 'zod/mini';

const scalar = z.union([z.string(), z.number(), z.boolean()]);

/** What is to be flushed. Also what the journal keeps of it. */
export const flushRequest = z.discriminatedUnion('what', [
  /** Keys that match a glob pattern. */
  z.object({ what: z.literal('pattern'), pattern: z.string() }),
  /** A namespace of the environment, in Redis and in Qdrant. */
  z.object({ what: z.literal('namespace'), name: z.string() }),
  /** Every key of the environment's database; of a cluster, on every primary. */
  z.object({ what: z.literal('database') }),
  /** Every key of every database of the server. */
  z.object({ what: z.literal('allDatabases') }),
  /** Points of a collection whose payload has these values. Never empty. */
  z.object({ what: z.literal('points'), collection: z.string(), filter: z.record(z.string(), scalar) }),
  /** Every point of a collection; the collection stays. */
  z.object({ what: z.literal('collection'), collection: z.string() }),
  /** Whatever the application's own endpoint clears. */
  z.object({ what: z.literal('application') }),
]);

export type FlushRequest = z.output<typeof flushRequest>;

export type PointFilter = Readonly<Record<string, string | number | boolean>>;

/** The wish as an order: `Flush cache:search:*`. */
export function flushTitle(request: FlushRequest): string {
  switch (request.what) {
    case 'pattern':
      return `Flush ${request.pattern}`;
    case 'namespace':
      return `Flush the namespace ${request.name}`;
    case 'database':
      return 'Flush the whole Redis database';
    case 'allDatabases':
      return 'Flush all databases of the Redis server';
    case 'points':
      return `Flush points of ${request.collection} with ${filterWords(request.filter)}`;
    case 'collection':
      return `Flush all points of ${request.collection}`;
    case 'application':
      return 'Clear the cache through the application';
  }
}

/** `namespace = search, lang = de` */
export function filterWords(filter: PointFilter): string {
  return Object.entries(filter)
    .map(([field, value]) => `${field} = ${value}`)
    .join(', ');
}
