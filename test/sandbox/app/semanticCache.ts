import { createHash } from 'node:crypto';
import { QdrantClient } from '@qdrant/js-client-rest';
import { EMBEDDING_SIZE, embed } from './embedding.ts';
import type { Namespace } from './questions.ts';

/** How close (cosine) two questions must be to share an answer. */
export const SIMILARITY_THRESHOLD = 0.9;

/** Questions in Qdrant, found again by their meaning. Every method throws when Qdrant does not answer. */
export interface SemanticCache {
  /** Makes the collection unless it is there. */
  prepare(): Promise<void>;
  /** The Redis keys of the questions that mean the same, closest first. */
  find(namespace: Namespace, question: string): Promise<readonly string[]>;
  add(namespace: Namespace, question: string, redisKey: string): Promise<void>;
  /** Removes the points of a namespace; returns how many there were. */
  clear(namespace: Namespace): Promise<number>;
  count(): Promise<number>;
  ping(): Promise<void>;
}

export function openSemanticCache(url: string, collection: string): SemanticCache {
  const { hostname, port } = new URL(url);
  const client = new QdrantClient({
    host: hostname,
    port: Number(port),
    https: false,
    checkCompatibility: false,
    timeout: 2000,
  });
  const inCollection = <T>(work: () => Promise<T>) =>
    work().catch(async (error: unknown) => {
      if (!isMissingCollection(error)) throw error;
      await createCollection(client, collection);
      return work();
    });
  return {
    prepare: async () => {
      const { exists } = await client.collectionExists(collection);
      if (!exists) await createCollection(client, collection);
    },
    find: (namespace, question) => inCollection(() => find(client, collection, namespace, question)),
    add: (namespace, question, redisKey) =>
      inCollection(async () => {
        const payload = { namespace, redis_key: redisKey, question };
        const point = { id: pointId(redisKey), vector: [...embed(question)], payload };
        await client.upsert(collection, { wait: true, points: [point] });
      }),
    clear: (namespace) =>
      inCollection(async () => {
        const filter = inNamespace(namespace);
        const { count } = await client.count(collection, { filter, exact: true });
        await client.delete(collection, { wait: true, filter });
        return count;
      }),
    count: () => inCollection(async () => (await client.count(collection, { exact: true })).count),
    ping: async () => void (await client.getCollections()),
  };
}

async function find(
  client: QdrantClient,
  collection: string,
  namespace: Namespace,
  question: string,
): Promise<readonly string[]> {
  const { points } = await client.query(collection, {
    query: [...embed(question)],
    filter: inNamespace(namespace),
    score_threshold: SIMILARITY_THRESHOLD,
    limit: 3,
    with_payload: ['redis_key'],
  });
  return points.map((point) => point.payload?.['redis_key']).filter((key) => typeof key === 'string');
}

function inNamespace(namespace: Namespace) {
  return { must: [{ key: 'namespace', match: { value: namespace } }] };
}

/** The same entry is the same point, so that storing it again replaces it. Qdrant wants a UUID. */
function pointId(redisKey: string): string {
  const hex = createHash('md5').update(redisKey).digest('hex');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

async function createCollection(client: QdrantClient, collection: string): Promise<void> {
  await client
    .createCollection(collection, { vectors: { size: EMBEDDING_SIZE, distance: 'Cosine' } })
    .catch((error: unknown) => {
      if (statusOf(error) !== 409) throw error; // another request was faster
    });
  for (const field of ['namespace', 'redis_key']) {
    await client.createPayloadIndex(collection, { field_name: field, field_schema: 'keyword', wait: true });
  }
}

function isMissingCollection(error: unknown): boolean {
  return statusOf(error) === 404;
}

function statusOf(error: unknown): unknown {
  return error instanceof Error && 'status' in error ? error.status : undefined;
}
