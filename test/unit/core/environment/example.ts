import type { EnvironmentInput } from '../../../../src/core/environment/schema.ts';

/** One environment that uses nearly every setting. */
export const shop = {
  tier: 'production',
  redis: {
    url: 'rediss://ops@cache-1.shop.internal:6380/2',
    password: '${secret}',
    tls: {
      ca: 'certs/shop-ca.pem',
      cert: 'certs/ops.pem',
      key: 'certs/ops.key',
      passphrase: '${env:OPS_KEY_PASSPHRASE}',
    },
  },
  qdrant: { url: 'https://vectors.shop.internal:6333', apiKey: '${secret}', collections: ['answers'] },
  prometheus: {
    url: 'https://metrics.shop.internal/prometheus',
    token: '${env:METRICS_TOKEN}',
    job: 'shop-cache',
    headers: { 'X-Scope-OrgID': 'shop', authorization: 'Bearer ${secret}' },
  },
  grafana: { url: 'https://boards.shop.internal', token: '${secret}' },
  application: {
    health: 'https://shop.internal/health',
    metrics: 'https://shop.internal/metrics',
    stats: 'https://shop.internal/cache/stats',
    clear: 'https://shop.internal/cache/clear',
    clearMethod: 'DELETE',
  },
  metrics: {
    hits: 'shop_cache_hits_total',
    misses: 'shop_cache_requests_total{result="miss"}',
    by: 'area',
    latency: 'shop_call_seconds',
    cached: 'from_cache',
    kind: { label: 'match', exact: 'exact', semantic: 'similar' },
    requests: 'http_requests_total',
    errors: 'http_requests_total{status=~"5.."}',
  },
  target: {
    kind: 'kubernetes',
    context: 'shop-live',
    namespace: 'shop',
    workload: 'deployment/shop-api',
    settleWithin: '3m',
  },
  flags: {
    SHOP_SEMANTIC_CACHE: { on: '1', off: '0' },
    prefetch: { on: 'true', off: 'false', in: { file: 'config.yaml', key: 'cache.prefetch' } },
  },
  namespaces: { search: { prefix: 'shop:search:', filter: { area: 'search', version: 2 }, collection: 'answers' } },
  link: 'entry',
  files: ['.env', 'config.yaml'],
  variables: { REDIS_HOST: 'cache-1.shop.internal', REDIS_URL: 'rediss://:${secret}@cache-1.shop.internal:6380' },
  rollback: { tag: 'before-semantic-cache', flags: ['SHOP_SEMANTIC_CACHE'], strategy: 'revert' },
  limits: {
    hitRate: { warning: '60%', critical: '32.5%' },
    redisMemory: '500MB',
    p95: '200ms',
    errorRate: '1%',
    evictionsPerMinute: 100,
  },
  prices: { perCall: 0.002, byNamespace: { search: 0.004 } },
  tunnel: { kind: 'ssh', host: 'gate.shop.internal', services: ['redis'] },
  webhook: { url: '${secret}' },
} as const satisfies EnvironmentInput;
