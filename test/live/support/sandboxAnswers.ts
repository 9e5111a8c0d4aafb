import assert from 'node:assert/strict';
import { z } from 'zod';
import { ask } from '../../sandbox/ask.ts';

const answered = z.object({ source: z.enum(['exact', 'semantic', 'computed']), answer: z.string() });
const health = z.object({
  status: z.enum(['healthy', 'degraded']),
  checks: z.record(z.string(), z.object({ status: z.string() })),
  flags: z.record(z.string(), z.string()),
  pid: z.number(),
});
const stats = z.object({
  entries: z.object({ redis: z.number(), qdrant: z.number().nullable() }),
  namespaces: z.record(z.string(), z.object({ exactHits: z.number(), semanticHits: z.number(), misses: z.number() })),
});
const cleared = z.object({ cleared: z.object({ redisKeys: z.number(), qdrantPoints: z.number() }) });
const queried = z.object({
  data: z.object({ result: z.array(z.object({ value: z.tuple([z.number(), z.string()]) })) }),
});

/** What the sample application answers, checked for its shape. */
export async function askQuestion(appUrl: string, namespace: string, question: string) {
  return read(answered, `${appUrl}/answer?namespace=${namespace}&q=${encodeURIComponent(question)}`);
}

export function askHealth(appUrl: string) {
  return read(health, `${appUrl}/health`);
}

export function askStats(appUrl: string) {
  return read(stats, `${appUrl}/api/cache/stats`);
}

export async function clearCache(appUrl: string, namespace?: string) {
  const parameter = namespace === undefined ? '' : `?namespace=${namespace}`;
  const { body } = await ask(`${appUrl}/api/cache/clear${parameter}`, { method: 'POST' });
  return cleared.parse(JSON.parse(body)).cleared;
}

/** A metric's value on the application's metrics page, summed over the series whose labels hold this text. */
export async function readMetric(appUrl: string, metric: string, labels = ''): Promise<number> {
  const lines = (await ask(`${appUrl}/metrics`)).body.split('\n');
  const fitting = lines.filter((line) => line.startsWith(`${metric}{`) && line.includes(labels));
  return fitting.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}

/** The values of an instant query, in no particular order. */
export async function queryPrometheus(prometheusUrl: string, expression: string): Promise<readonly number[]> {
  const { data } = await read(queried, `${prometheusUrl}/api/v1/query?query=${encodeURIComponent(expression)}`);
  return data.result.map(({ value }) => Number(value[1]));
}

async function read<T>(schema: z.ZodType<T>, url: string): Promise<T> {
  const { status, body } = await ask(url);
  assert.equal(status, 200, body);
  return schema.parse(JSON.parse(body));
}
