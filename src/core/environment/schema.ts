import * as z from 'zod/mini';
import { alerts } from './alertSchema.ts';
import { matching, oneOf, secret, text, yesOrNo } from './fields.ts';
import { flag, rollback } from './flagSchema.ts';
import { hints } from './hints.ts';
import { limits, metrics, prices } from './metricsSchema.ts';
import {
  checkApplication,
  checkEnvironment,
  checkFlag,
  checkLimits,
  checkMetrics,
  checkRedis,
  checkRollback,
} from './rules.ts';
import { redis } from './redisSchema.ts';
import { application, grafana, prometheus, qdrant } from './serviceSchemas.ts';
import { target } from './targetSchema.ts';
import { tunnel } from './tunnelSchema.ts';

const namespace = z
  .strictObject({
    prefix: text('the beginning of the namespace’s Redis keys, such as "cache:search:"', {
      description: 'How the namespace’s Redis keys begin. Never empty: that would be the whole database.',
      examples: ['cache:search:'],
    }),
    filter: z.optional(
      z
        .record(
          z.string(),
          z
            .union([z.string(), z.number(), z.boolean()], { error: 'a text, a number, true or false' })
            .register(hints, { description: 'Value of the payload field.' }),
          {
            error: 'an object of payload fields and values, such as {"namespace": "search"}',
          },
        )
        .check(
          z.refine((fields) => Object.keys(fields).length > 0, {
            error: 'at least one payload field; an empty filter means every point',
          }),
        )
        .register(hints, {
          description:
            'Payload fields and values of the namespace’s points in Qdrant. Never empty: that would be every point.',
          examples: [{ namespace: 'search' }],
        }),
    ),
    collection: z.optional(
      text('the name of a collection', { description: 'Qdrant collection, when not all of the environment’s.' }),
    ),
  })
  .register(hints, { description: 'A part of the cache, in Redis and in Qdrant.' });

const variable = z
  .string({ error: 'a text; numbers too are written in quotes' })
  .register(hints, { description: 'Value of the variable. May hold one reference: `${secret}` or `${env:NAME}`.' });

const webhook = z
  .strictObject({
    url: matching(
      /^(https?:\/\/[^\s/]\S*|\$\{secret\}|\$\{env:[A-Za-z_]\w*\})$/,
      'an http or https address, "${secret}" or "${env:NAME}"',
      {
        description:
          'Address that messages are posted to. Where the address itself is a secret: `${secret}` or `${env:NAME}`.',
        examples: ['${secret}'],
      },
    ),
    token: z.optional(secret({ description: 'Bearer token.' })),
  })
  .register(hints, { description: 'Where to announce what was done and what went wrong.' });

/**
 * One environment as written in `cacheOps.environments`. Its output is what the rest of the program works with: amounts
 * are numbers (ratios 0 to 1, bytes, milliseconds), `host:port` is taken apart, presets are filled in.
 */
export const environmentSchema = z
  .strictObject({
    tier: z.optional(
      oneOf(['development', 'staging', 'production'], {
        description:
          'How careful to be. Without it, an environment on this machine counts as development, any other as production.',
        enumDescriptions: [
          'Little friction.',
          'Changes are confirmed.',
          'Changes are confirmed by typing the environment’s name, and need a reason.',
        ],
      }),
    ),
    readOnly: yesOrNo(false, { description: 'Only look: every change is refused.' }),
    redis: z.optional(redis.check(checkRedis)),
    qdrant: z.optional(qdrant),
    prometheus: z.optional(prometheus),
    grafana: z.optional(grafana),
    application: z.optional(application.check(checkApplication)),
    metrics: z.optional(metrics.check(checkMetrics)),
    target: z.optional(target),
    flags: z.optional(
      z
        .record(z.string(), flag.check(checkFlag), {
          error: 'an object of flags, such as {"CACHE_ENABLED": {"on": "1", "off": "0"}}',
        })
        .register(hints, {
          description: 'Feature flags of the cache, by name.',
          examples: [{ ENABLE_SEMANTIC_CACHE_V2: { on: '1', off: '0' } }],
        }),
    ),
    namespaces: z.optional(
      z
        .record(z.string(), namespace, {
          error: 'an object of namespaces, such as {"search": {"prefix": "cache:search:"}}',
        })
        .register(hints, {
          description: 'Parts of the cache, by name.',
          examples: [{ search: { prefix: 'cache:search:' } }],
        }),
    ),
    link: z.optional(
      text('the name of a payload field, such as "redis_key"', {
        description: 'Payload field of a Qdrant point that names the Redis key of the same entry.',
        examples: ['redis_key'],
      }),
    ),
    files: z.optional(
      z
        .array(text('the path of a file', { description: 'A file; a relative path starts at the workspace folder.' }), {
          error: 'a list of files, such as [".env", "config.yaml"]',
        })
        .register(hints, {
          description: 'Files that are backed up with the data.',
          examples: [['.env', 'docker-compose.yml', 'config.yaml']],
        }),
    ),
    variables: z.optional(
      z
        .record(
          matching(/^[A-Za-z_]\w*$/, 'the name of an environment variable', { description: 'Name of a variable.' }),
          variable,
          {
            error: 'an object of variables, such as {"REDIS_HOST": "localhost"}',
          },
        )
        .register(hints, {
          description: 'Environment variables that the checklist’s commands get.',
          examples: [{ REDIS_HOST: 'localhost', REDIS_PASSWORD: '${secret}' }],
        }),
    ),
    rollback: z.optional(rollback.check(checkRollback)),
    limits: z.optional(limits.check(checkLimits)),
    alerts: z.optional(alerts),
    prices: z.optional(prices),
    tunnel: z.optional(tunnel),
    webhook: z.optional(webhook),
  })
  .check(checkEnvironment)
  .register(hints, {
    description: 'One deployment of the cache: its servers, its application, and what counts as healthy.',
  });

export type { TlsSettings } from './connectionSchema.ts';

/** An environment's settings after validation. */
export type EnvironmentSettings = z.output<typeof environmentSchema>;

/** An environment's settings as a person writes them. */
export type EnvironmentInput = z.input<typeof environmentSchema>;
