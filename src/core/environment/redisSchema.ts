import * as z from 'zod/mini';
import { tls } from './connectionSchema.ts';
import { hostPort, matching, secret, text, whole } from './fields.ts';
import { hints } from './hints.ts';
import { parseRedisUrl } from './redisUrl.ts';

const redisUrl = 'a Redis address, such as "redis://localhost:6379/0", "rediss://…" for TLS or "unix:///path/to.sock"';

export const redis = z
  .strictObject({
    url: z.optional(
      matching(/^(rediss?:\/\/[^\s/]+|unix:\/\/\/)\S*$/, redisUrl, {
        description:
          'Address of one Redis server: `redis://user@host:port/db`, `rediss://…` for TLS, `unix:///path/to.sock`. The password goes into `password`.',
        examples: ['redis://localhost:6379/0', 'rediss://ops@redis-primary.prod.svc:6379/0'],
      }).check(z.refine((url) => parseRedisUrl(url) !== undefined, { error: redisUrl })),
    ),
    sentinels: z.optional(
      z
        .array(
          hostPort('host and port of a sentinel, such as "sentinel-1:26379"', {
            description: 'A sentinel: `host:port`.',
          }),
          {
            error: 'a list of sentinels, such as ["sentinel-1:26379", "sentinel-2:26379"]',
          },
        )
        .check(z.minLength(1, { error: 'at least one sentinel' }))
        .register(hints, {
          description: 'Redis Sentinel, instead of `url`: the sentinels to ask for the primary. Needs `name`.',
          examples: [['sentinel-1:26379', 'sentinel-2:26379', 'sentinel-3:26379']],
        }),
    ),
    name: z.optional(
      text('the name of the primary', {
        description: 'Name under which the sentinels watch the primary.',
        examples: ['mymaster'],
      }),
    ),
    cluster: z.optional(
      z
        .array(hostPort('host and port of a node, such as "redis-1:6379"', { description: 'A node: `host:port`.' }), {
          error: 'a list of nodes, such as ["redis-1:6379", "redis-2:6379"]',
        })
        .check(z.minLength(1, { error: 'at least one node' }))
        .register(hints, {
          description: 'Redis Cluster, instead of `url`: some of its nodes, from which the others are found.',
          examples: [['redis-1:6379', 'redis-2:6379', 'redis-3:6379']],
        }),
    ),
    db: z.optional(
      whole(0, 99_999, {
        description: 'Number of the database, with `sentinels`. In a `url` it is part of the address.',
      }),
    ),
    username: z.optional(text('a user name', { description: 'Redis user (ACL). May stand in the `url` instead.' })),
    password: z.optional(secret({ description: 'Password of the Redis user.' })),
    sentinelUsername: z.optional(text('a user name', { description: 'User on the sentinels, where it differs.' })),
    sentinelPassword: z.optional(secret({ description: 'Password on the sentinels.' })),
    tls: z.optional(tls),
  })
  .register(hints, {
    description: 'Redis: one server by `url`, a Sentinel group by `sentinels` and `name`, or a cluster by `cluster`.',
    defaultSnippets: [
      {
        label: 'One server',
        description: 'Redis by its address',
        body: { url: 'redis://${1:localhost}:${2:6379}/${3:0}' },
      },
      {
        label: 'Sentinel',
        description: 'Redis watched by Sentinel',
        body: { sentinels: ['${1:sentinel-1}:26379'], name: '${2:mymaster}', password: '^"\\${secret\\}"' },
      },
      {
        label: 'Cluster',
        description: 'Redis Cluster',
        body: { cluster: ['${1:redis-1}:6379'], password: '^"\\${secret\\}"' },
      },
    ],
  });
