import * as z from 'zod/mini';

// What a schema of single fields cannot say: which fields go together. Like the fields' own, each message completes
// "… is 5: expected".

type Report = (path: readonly (string | number)[], expected: string) => void;

function rule<T>(check: (value: T, report: Report) => void) {
  return z.superRefine<T>((value, context) => {
    check(value, (path, message) => context.addIssue({ code: 'custom', message, path: [...path], input: value }));
  });
}

interface RedisFields {
  readonly url?: string | undefined;
  readonly sentinels?: readonly unknown[] | undefined;
  readonly cluster?: readonly unknown[] | undefined;
  readonly name?: string | undefined;
  readonly db?: number | undefined;
  readonly username?: string | undefined;
}

export const checkRedis = rule<RedisFields>((redis, report) => {
  const ways = (['url', 'sentinels', 'cluster'] as const).filter((way) => redis[way] !== undefined);
  const [first, second] = ways;
  if (first === undefined)
    report(['url'], 'an address in "url", or "sentinels" with a "name", or the nodes of a "cluster"');
  if (second !== undefined)
    report([second], `only one of "url", "sentinels" and "cluster", and "${first}" is there already`);
  if (first === 'sentinels' && redis.name === undefined) {
    report(['name'], 'the name under which the sentinels watch the primary, such as "mymaster"');
  }
  if (redis.name !== undefined && redis.sentinels === undefined) report(['name'], 'no name without "sentinels"');
  if (redis.db !== undefined && redis.sentinels === undefined) {
    report(
      ['db'],
      'no "db" without "sentinels": in a "url" the number follows the port, and a cluster has database 0 only',
    );
  }
  if (redis.username !== undefined && redis.url !== undefined && /^\w+:\/\/[^/@:]+(:[^@]*)?@/.test(redis.url)) {
    report(['username'], 'the user name in one place only, and the "url" has one already');
  }
});

interface ApplicationFields {
  readonly health?: string | undefined;
  readonly metrics?: string | undefined;
  readonly stats?: string | undefined;
  readonly clear?: string | undefined;
}

export const checkApplication = rule<ApplicationFields>(({ health, metrics, stats, clear }, report) => {
  if ([health, metrics, stats, clear].every((url) => url === undefined)) {
    report(['health'], 'at least one address: "health", "metrics", "stats" or "clear"');
  }
});

interface MetricsFields {
  readonly requests?: string | undefined;
  readonly errors?: string | undefined;
}

export const checkMetrics = rule<MetricsFields>(({ requests, errors }, report) => {
  if (errors !== undefined && requests === undefined) {
    report(['requests'], 'the counter of all requests, which the errors are a share of');
  }
});

interface FlagFields {
  readonly on: string;
  readonly off: string;
  readonly in?:
    { readonly [K in 'file' | 'key' | 'line' | 'configMap' | 'redisKey' | 'url']?: string | undefined } | undefined;
}

export const checkFlag = rule<FlagFields>((flag, report) => {
  if (flag.on === flag.off) report(['off'], 'a value other than that of "on"');
  const place = flag.in;
  if (place === undefined) return;
  const [first, second] = (['file', 'configMap', 'redisKey', 'url'] as const).filter(
    (kind) => place[kind] !== undefined,
  );
  if (first === undefined) report(['in', 'file'], 'one place: "file", "configMap", "redisKey" or "url"');
  if (second !== undefined) report(['in', second], `one place only, and "${first}" is there already`);
  if (first === 'file' && (place.key === undefined) === (place.line === undefined)) {
    report(['in', 'key'], 'either the "key" or the "line" of the file');
  }
  if (first === 'configMap' && place.key === undefined) report(['in', 'key'], 'the key in the ConfigMap');
});

interface LimitFields {
  readonly hitRate?: { readonly warning?: number | undefined; readonly critical?: number | undefined } | undefined;
}

export const checkLimits = rule<LimitFields>(({ hitRate }, report) => {
  if (hitRate?.warning !== undefined && hitRate.critical !== undefined && hitRate.critical > hitRate.warning) {
    report(['hitRate', 'critical'], 'a percentage not above that of "warning"');
  }
});

interface RollbackFields {
  readonly link?: string | undefined;
  readonly previous?: string | undefined;
}

export const checkRollback = rule<RollbackFields>(({ link, previous }, report) => {
  if (previous !== undefined && link === undefined) report(['link'], 'the symbolic link that "previous" belongs to');
});

interface EnvironmentFields {
  readonly redis?: { readonly url?: string | undefined } | undefined;
  readonly tunnel?:
    | { readonly kind: string; readonly commands?: Readonly<Partial<Record<string, readonly string[]>>> | undefined }
    | undefined;
  readonly rollback?: { readonly flags?: readonly string[] | undefined } | undefined;
  readonly flags?: Readonly<Record<string, unknown>> | undefined;
}

const parts = ['redis', 'qdrant', 'prometheus', 'grafana', 'application', 'target'] as const;

export const checkEnvironment = rule<
  EnvironmentFields & Partial<Record<Exclude<(typeof parts)[number], 'redis'>, unknown>>
>((environment, report) => {
  if (parts.every((part) => environment[part] === undefined)) {
    report([], `at least one of ${parts.map((part) => `"${part}"`).join(', ')}`);
  }
  const known = Object.keys(environment.flags ?? {});
  for (const [index, flag] of (environment.rollback?.flags ?? []).entries()) {
    if (!known.includes(flag)) report(['rollback', 'flags', index], 'the name of a flag in "flags"');
  }
  const { redis, tunnel } = environment;
  if (tunnel?.kind !== 'command') return;
  if (Object.keys(tunnel.commands ?? {}).length === 0) report(['tunnel', 'commands'], 'the command of a service');
  if (tunnel.commands?.['redis'] && redis && redis.url === undefined) {
    const others =
      'a tunnel of kind "ssh" or "kubernetes" for "sentinels" or a "cluster": a command reaches one server';
    report(['tunnel', 'commands', 'redis'], others);
  }
});
