import * as z from 'zod/mini';
import { httpConnection } from './connectionSchema.ts';
import { httpUrl, preset, secret, text, whole } from './fields.ts';
import { hints } from './hints.ts';

export const qdrant = z
  .strictObject({
    url: httpUrl({ description: 'Address of Qdrant’s REST interface.', examples: ['http://localhost:6333'] }),
    apiKey: z.optional(secret({ description: 'API key or token of Qdrant.' })),
    collections: z.optional(
      z
        .array(text('the name of a collection', { description: 'A collection.' }), {
          error: 'a list of collection names',
        })
        .register(hints, {
          description: 'Collections that belong to the cache; without it, all are shown.',
          examples: [['cache_similarity']],
        }),
    ),
    vectorSize: z.optional(
      whole(1, 65_536, {
        description: 'Length of the application’s embeddings; a collection whose vectors are not as long is a finding.',
        examples: [384, 1536],
      }),
    ),
    ...httpConnection,
  })
  .register(hints, { description: 'Qdrant, which holds the semantic entries.' });

export const prometheus = z
  .strictObject({
    url: httpUrl({
      description:
        'Address of Prometheus, or of an engine with its interface (Thanos, Mimir, VictoriaMetrics), with its path prefix.',
      examples: ['http://localhost:9090', 'https://mimir.example.org/prometheus'],
    }),
    token: z.optional(secret({ description: 'Bearer token.' })),
    job: z.optional(
      text('the name of a scrape job', {
        description: 'Scrape job of the cache’s metrics.',
        examples: ['crew-cache-metrics'],
      }),
    ),
    files: z.optional(
      z
        .array(text('the path of a file', { description: 'A file; a relative path starts at the workspace folder.' }), {
          error: 'a list of files, such as ["monitoring/prometheus.yml"]',
        })
        .register(hints, {
          description:
            'Files that Prometheus reads, its configuration and rules, where they are on this machine: one written since they were last loaded is a finding.',
          examples: [['monitoring/prometheus.yml', 'monitoring/rules.yml']],
        }),
    ),
    ...httpConnection,
  })
  .register(hints, { description: 'Prometheus, which keeps the history.' });

export const grafana = z
  .strictObject({
    url: httpUrl({ description: 'Address of Grafana.', examples: ['http://localhost:3000'] }),
    token: z.optional(secret({ description: 'Service account token.' })),
    dashboards: z.optional(
      z
        .array(text('the uid or title of a dashboard', { description: 'A dashboard.' }), {
          error: 'a list of dashboards, each by uid or title',
        })
        .register(hints, {
          description: 'Dashboards of the cache, by uid or title; one that is missing is a finding.',
          examples: [['Cache overview']],
        }),
    ),
    ...httpConnection,
  })
  .register(hints, { description: 'Grafana: health, dashboards, alert rules.' });

export const application = z
  .strictObject({
    health: z.optional(
      httpUrl({
        description: 'Answers whether the application is healthy.',
        examples: ['http://localhost:8000/health'],
      }),
    ),
    metrics: z.optional(
      httpUrl({
        description: 'The application’s metrics in Prometheus’ format.',
        examples: ['http://localhost:8000/metrics'],
      }),
    ),
    stats: z.optional(
      httpUrl({
        description: 'The application’s own cache statistics (JSON).',
        examples: ['http://localhost:8000/api/cache/stats'],
      }),
    ),
    clear: z.optional(
      httpUrl({
        description: 'Clears the cache through the application.',
        examples: ['http://localhost:8000/api/cache/clear'],
      }),
    ),
    clearMethod: preset(z.enum(['POST', 'DELETE'], { error: 'one of "POST", "DELETE"' }), 'POST').register(hints, {
      description: 'HTTP method of `clear`.',
    }),
    token: z.optional(secret({ description: 'Bearer token sent to these addresses.' })),
    ...httpConnection,
  })
  .register(hints, { description: 'The application in front of the cache.' });
