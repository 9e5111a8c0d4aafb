import type { Redis } from 'ioredis';
import { change } from './qdrantNode.ts';

/** Every type of value, small and large, with and without expiry. */
export async function fillRedis(client: Redis): Promise<void> {
  const pipeline = client.pipeline();
  for (let index = 0; index < 1_000; index++)
    pipeline.set(`cache:search:${index}`, `v${index}`.repeat(10), 'EX', 3_600);
  for (let index = 0; index < 200; index++) pipeline.set(`session:${index}`, 'x'.repeat(index));
  pipeline.rpush('list:large', ...Array.from({ length: 2_000 }, (_, index) => `item ${index}`));
  pipeline.sadd('set:large', ...Array.from({ length: 2_000 }, (_, index) => `member ${index}`));
  pipeline.hset(
    'hash:large',
    Object.fromEntries(Array.from({ length: 2_000 }, (_, index) => [`f${index}`, `v${index}`])),
  );
  pipeline.zadd('zset', 1, 'a', 2.5, 'b');
  pipeline.xadd('stream', '*', 'field', 'value');
  pipeline.set(Buffer.from([0xff, 0x00, 0x0a]), Buffer.from([0, 1, 2, 0xff]));
  pipeline.set('huge', 'h'.repeat(3 * 1024 * 1024));
  await pipeline.exec();
}

/** 500 points in the collection cache_similarity. */
export async function fillQdrant(url: string): Promise<void> {
  await change('PUT', `${url}/collections/cache_similarity`, { vectors: { size: 8, distance: 'Cosine' } });
  const points = Array.from({ length: 500 }, (_, id) => ({
    id,
    vector: Array.from({ length: 8 }, (__, index) => Math.sin(id + index)),
    payload: { redis_key: `cache:search:${id}` },
  }));
  await change('PUT', `${url}/collections/cache_similarity/points?wait=true`, { points });
}
