import assert from 'node:assert/strict';
import { readEnvironments } from '../../../../src/core/environment/read.ts';

function tierOf(settings: unknown): string {
  const { environments, problems } = readEnvironments({ one: settings }, undefined);
  assert.deepEqual(problems, []);
  return `${environments[0]?.tier}, ${environments[0]?.tierOrigin}`;
}

describe('The tier of an environment', () => {
  it('is the configured one', () => {
    assert.equal(tierOf({ tier: 'staging', redis: { url: 'redis://cache.shop.internal' } }), 'staging, configured');
    assert.equal(tierOf({ tier: 'production', redis: { url: 'redis://localhost' } }), 'production, configured');
  });

  for (const url of [
    'redis://localhost',
    'redis://LocalHost:6379/1',
    'redis://127.0.0.1',
    'redis://127.8.9.10:7000',
    'redis://[::1]:6379',
    'unix:///run/redis.sock?db=1',
  ]) {
    it(`is assumed to be development for ${url}`, () =>
      assert.equal(tierOf({ redis: { url } }), 'development, assumed'));
  }

  for (const url of [
    'redis://cache.shop.internal',
    'redis://10.0.0.5',
    'redis://127.shop.internal',
    'redis://redis',
    'redis://[fe80::1]',
  ]) {
    it(`is assumed to be production for ${url}`, () => assert.equal(tierOf({ redis: { url } }), 'production, assumed'));
  }

  const redis = { url: 'redis://localhost' };
  const elsewhere: readonly (readonly [what: string, settings: object])[] = [
    ['Qdrant', { redis, qdrant: { url: 'https://vectors.shop.internal' } }],
    ['Prometheus', { redis, prometheus: { url: 'https://metrics.shop.internal' } }],
    ['Grafana', { redis, grafana: { url: 'https://boards.shop.internal' } }],
    [
      'one address of the application',
      { redis, application: { health: 'http://localhost/h', clear: 'https://shop.internal/c' } },
    ],
    ['one sentinel', { redis: { sentinels: ['localhost:26379', 'watch-2:26379'], name: 'main' } }],
    ['one node', { redis: { cluster: ['localhost:7000', '10.1.2.3:7000'] } }],
    ['the host in a variable', { redis, variables: { REDIS_HOST: 'cache.shop.internal' } }],
    ['the address in a variable', { redis, variables: { CACHE: 'redis://:${secret}@cache.shop.internal:6379' } }],
    [
      'the place of a flag',
      { redis, flags: { f: { on: '1', off: '0', in: { url: 'https://flags.shop.internal/f' } } } },
    ],
    ['an SSH tunnel', { redis, tunnel: { kind: 'ssh', host: 'gate.shop.internal' } }],
    [
      'a tunnel that leads who knows where',
      { redis, tunnel: { kind: 'command', commands: { redis: ['./tunnel.sh'] } } },
    ],
    ['a Kubernetes tunnel', { redis, tunnel: { kind: 'kubernetes', context: 'shop-live' } }],
    [
      'a Kubernetes target',
      { redis, target: { kind: 'kubernetes', context: 'shop-live', namespace: 'shop', workload: 'deployment/api' } },
    ],
    ['a Docker engine elsewhere', { redis, target: { kind: 'compose', services: ['api'], context: 'shop-live' } }],
    [
      'a systemd unit on another host',
      { redis, target: { kind: 'systemd', unit: 'shop.service', host: 'deploy@shop-1' } },
    ],
  ];

  for (const [what, settings] of elsewhere) {
    it(`is assumed to be production when ${what} is elsewhere`, () =>
      assert.equal(tierOf(settings), 'production, assumed'));
  }

  it('is assumed to be development when all that is named is on this machine', () => {
    const settings = {
      redis,
      qdrant: { url: 'http://127.0.0.1:6333' },
      application: { health: 'http://[::1]:8000/health' },
      variables: { REDIS_HOST: 'localhost', CACHE_URL: 'redis://localhost:6379', GREETING: 'hello.there' },
      target: { kind: 'kubernetes', context: 'kind-dev', namespace: 'shop', workload: 'deployment/api' },
      webhook: { url: 'https://chat.example.org/hook' },
    };
    assert.equal(tierOf(settings), 'development, assumed');
  });
});
