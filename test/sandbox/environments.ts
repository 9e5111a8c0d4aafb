import type { EnvironmentInput } from '../../src/core/environment/schema.ts';
import { NAMESPACES } from './app/questions.ts';

/** What the sample application and the history made for Prometheus call their metrics. */
export const sampleMetrics = {
  hits: 'tool_cache_hits_total',
  misses: 'tool_cache_misses_total',
  by: 'namespace',
  kind: { label: 'kind', exact: 'exact', semantic: 'semantic' },
  latency: 'tool_run_seconds',
  latencyBy: 'tool',
  cached: 'cached',
};

/** Where the servers of one environment are. */
export interface Addresses {
  readonly name: 'sandbox' | 'staging';
  readonly envFile: string;
  readonly redis: { readonly url: string; readonly port: number };
  readonly qdrant: { readonly url: string; readonly collection: string } | undefined;
  readonly prometheus: { readonly url: string; readonly job: string };
  readonly app: { readonly url: string };
}

/** The user of the staging Redis. Its password is in the environment variable {@link STAGING_PASSWORD}. */
export const STAGING_USER = 'desk';
export const STAGING_PASSWORD = 'STAGING_REDIS_PASSWORD';

/** The environment "sandbox", as it stands in `cacheOps.environments`: a laptop's, without passwords. */
export function sandboxEnvironment(addresses: Addresses): EnvironmentInput {
  return {
    tier: 'development',
    redis: { url: addresses.redis.url },
    ...commonSettings(addresses),
    variables: { ...commandVariables(addresses) },
  };
}

/** The environment "staging": a Redis with user and password, and the semantic cache not rolled out yet. */
export function stagingEnvironment(addresses: Addresses): EnvironmentInput {
  const reference = `\${env:${STAGING_PASSWORD}}`;
  return {
    tier: 'staging',
    redis: { url: addresses.redis.url.replace('redis://', `redis://${STAGING_USER}@`), password: reference },
    ...commonSettings(addresses),
    variables: { ...commandVariables(addresses), REDISCLI_AUTH: reference },
  };
}

function commonSettings(addresses: Addresses) {
  const { name, envFile, qdrant, prometheus, app } = addresses;
  return {
    ...(qdrant !== undefined && { qdrant: { url: qdrant.url, collections: [qdrant.collection] } }),
    prometheus: { ...prometheus },
    application: {
      health: `${app.url}/health`,
      metrics: `${app.url}/metrics`,
      stats: `${app.url}/api/cache/stats`,
      clear: `${app.url}/api/cache/clear`,
    },
    metrics: sampleMetrics,
    target: { kind: 'envFile', file: envFile, restart: `sh scripts/restart.sh ${name}` },
    flags: {
      CACHE_ENABLED: { on: 'true', off: 'false' },
      ENABLE_SEMANTIC_CACHE_V2: { on: '1', off: '0', counter: 'tool_cache_hits_total{kind="semantic"}' },
    },
    rollback: { flags: ['ENABLE_SEMANTIC_CACHE_V2', 'CACHE_ENABLED'] },
    namespaces: Object.fromEntries(
      NAMESPACES.map((namespace) => [namespace, { prefix: `cache:${namespace}:`, filter: { namespace } }]),
    ),
    link: 'redis_key',
    files: [envFile, 'docker-compose.yml', 'monitoring/prometheus.yml', 'monitoring/rules.yml'],
    limits: { hitRate: { warning: '60%', critical: '30%' }, redisMemory: '60MB', p95: '200ms' },
  } satisfies EnvironmentInput;
}

/** What the checklists' commands find in their environment. */
export function commandVariables(addresses: Addresses): Readonly<Record<string, string>> {
  return {
    ENVIRONMENT: addresses.name,
    ENV_FILE: addresses.envFile,
    REDIS_HOST: '127.0.0.1',
    REDIS_PORT: String(addresses.redis.port),
    ...(addresses.qdrant !== undefined && { QDRANT_URL: addresses.qdrant.url }),
    PROMETHEUS_URL: addresses.prometheus.url,
    APP_URL: addresses.app.url,
  };
}
