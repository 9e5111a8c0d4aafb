import * as z from 'zod/mini';
import { bytes, durationMs, matching, preset, ratio, text } from './fields.ts';
import { hints } from './hints.ts';

/** A metric's name, with matchers where one metric counts several things. */
export function metric(description: string, example: string) {
  const expected = `the name of a metric, such as ${JSON.stringify(example)}, with {label="value"} where needed`;
  return matching(/^[a-zA-Z_:][\w:]*(\{[^{}]*\})?$/, expected, { description, examples: [example] });
}

function label(description: string, example: string) {
  return matching(/^[a-zA-Z_]\w*$/, `the name of a label, such as ${JSON.stringify(example)}`, {
    description,
    examples: [example],
  });
}

export const metrics = z
  .strictObject({
    hits: metric('Counter of the cache’s hits.', 'tool_cache_hits_total'),
    misses: metric('Counter of the cache’s misses.', 'tool_cache_misses_total'),
    writes: z.optional(metric('Counter of what is put into the cache.', 'tool_cache_writes_total')),
    by: z.optional(label('Label that tells the namespaces apart.', 'namespace')),
    kind: z.optional(
      z
        .strictObject({
          label: label('Label that tells exact from semantic hits.', 'cache_type'),
          exact: text('the label’s value', { description: 'Its value for exact hits.', examples: ['exact'] }),
          semantic: text('the label’s value', { description: 'Its value for semantic hits.', examples: ['semantic'] }),
        })
        .register(hints, { description: 'How exact hits (Redis) are told from semantic ones (Qdrant).' }),
    ),
    latency: z.optional(
      metric('Histogram of the time a call takes, in seconds; without `_bucket`.', 'tool_run_seconds'),
    ),
    latencyBy: z.optional(
      label('Label of the histogram that tells the namespaces apart, where it is not the one of `by`.', 'tool'),
    ),
    cached: z.optional(label('Label of the histogram that says whether the answer came from the cache.', 'cached')),
    requests: z.optional(metric('Counter of all requests, for the error rate.', 'http_requests_total')),
    errors: z.optional(metric('Counter of failed requests.', 'http_requests_total{status=~"5.."}')),
  })
  .register(hints, {
    description:
      'Names of the application’s metrics. The hit rate comes from these; Redis’ own counters say nothing about the application’s hits.',
  });

export const limits = z
  .strictObject({
    hitRate: z.optional(
      z
        .strictObject({
          warning: z.optional(ratio({ description: 'Below this, a warning.', examples: ['60%'] })),
          critical: z.optional(ratio({ description: 'Below this, an error.', examples: ['30%'] })),
        })
        .register(hints, {
          description: 'Lowest acceptable hit rate.',
          examples: [{ warning: '60%', critical: '30%' }],
        }),
    ),
    redisMemory: z.optional(
      bytes({
        description: 'Most memory Redis may use; 1 MB is 1024 × 1024 bytes, as Redis counts.',
        examples: ['500MB'],
      }),
    ),
    qdrantMemory: z.optional(bytes({ description: 'Most memory Qdrant may use.', examples: ['2GB'] })),
    roundTrip: z.optional(durationMs({ description: 'Longest acceptable round trip to Redis.', examples: ['5ms'] })),
    p50: z.optional(durationMs({ description: 'Longest acceptable median latency.', examples: ['50ms'] })),
    p95: z.optional(
      durationMs({ description: 'Longest acceptable 95th percentile of the latency.', examples: ['200ms'] }),
    ),
    p99: z.optional(
      durationMs({ description: 'Longest acceptable 99th percentile of the latency.', examples: ['500ms'] }),
    ),
    errorRate: z.optional(ratio({ description: 'Highest acceptable share of failed requests.', examples: ['1%'] })),
    inconsistent: z.optional(
      ratio({
        description:
          'Highest acceptable share of points without their key, or keys without their point; 1 % unless set.',
        examples: ['1%'],
      }),
    ),
    evictionsPerMinute: z.optional(
      z
        .number({ error: 'a number of keys, such as 100' })
        .check(z.minimum(0, { error: 'a number of keys, such as 100' }))
        .register(hints, { description: 'Most keys Redis may evict in a minute.', examples: [100] }),
    ),
  })
  .register(hints, { description: 'What counts as too little or too much.' });

export const prices = z
  .strictObject({
    currency: preset(
      z.string().check(z.regex(/^[A-Z]{3}$/, { error: 'a currency code, such as "USD"' })),
      'USD',
    ).register(hints, {
      description: 'Currency code.',
      examples: ['USD', 'EUR'],
      patternErrorMessage: 'Expected a currency code, such as "USD".',
    }),
    perCall: z.optional(price('What one call costs that the cache saves.')),
    byNamespace: z.optional(
      z
        .record(z.string(), price('What one call of this namespace costs.'), {
          error: 'an object of namespaces and prices',
        })
        .register(hints, { description: 'Prices of namespaces that differ.', examples: [{ search: 0.004 }] }),
    ),
  })
  .register(hints, { description: 'What a call costs without the cache; for the amount saved.' });

function price(description: string) {
  const error = 'a price, such as 0.002';
  return z
    .number({ error })
    .check(z.minimum(0, { error }))
    .register(hints, { description, examples: [0.002] });
}
