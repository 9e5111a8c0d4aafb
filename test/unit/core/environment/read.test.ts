import assert from 'node:assert/strict';
import type { SettingProblem } from '../../../../src/core/environment/environment.ts';
import { readEnvironments } from '../../../../src/core/environment/read.ts';
import { shop } from './example.ts';

const local = { redis: { url: 'redis://localhost:6379' } };

function problemsOf(settings: unknown): readonly SettingProblem[] {
  return readEnvironments({ staging: settings }, undefined).problems;
}

function messagesOf(settings: unknown): readonly string[] {
  return problemsOf(settings).map(({ code, message }) => `${code}: ${message}`);
}

describe('Reading environments', () => {
  it('accepts an environment that uses nearly every setting', () => {
    const { environments, invalid, problems } = readEnvironments({ shop }, 'file:///work/shop');
    assert.deepEqual(problems, []);
    assert.deepEqual(invalid, []);
    const [environment] = environments;
    assert.equal(environment?.id, 'file:///work/shop#shop');
    assert.equal(environment.name, 'shop');
    assert.equal(environment.folder, 'file:///work/shop');
    assert.equal(environment.tier, 'production');
    assert.equal(environment.tierOrigin, 'configured');
  });

  it('turns amounts into numbers and fills in presets', () => {
    const settings = readEnvironments({ shop }, undefined).environments[0]?.settings;
    assert.deepEqual(settings?.limits, {
      hitRate: { warning: 0.6, critical: 0.325 },
      redisMemory: 500 * 1024 * 1024,
      p95: 200,
      errorRate: 0.01,
      evictionsPerMinute: 100,
    });
    assert.equal(settings.readOnly, false);
    assert.equal(settings.redis?.tls?.verify, true);
    assert.equal(settings.prices?.currency, 'USD');
    assert.equal(settings.target?.settleWithin, 180_000);
    assert.equal(settings.flags?.['SHOP_SEMANTIC_CACHE']?.restart, true);
  });

  it('takes sentinels and nodes apart', () => {
    const redis = { sentinels: ['Watch-1:26379', '[::1]:26380'], name: 'main', tls: true };
    const settings = readEnvironments({ a: { redis } }, undefined).environments[0]?.settings;
    assert.deepEqual(settings?.redis?.sentinels, [
      { host: 'watch-1', port: 26379 },
      { host: '::1', port: 26380 },
    ]);
    assert.deepEqual(settings.redis.tls, { verify: true });
  });

  it('takes "tls": false as no TLS settings', () => {
    const redis = { cluster: ['node-1:6379'], tls: false };
    const [environment] = readEnvironments({ a: { redis } }, undefined).environments;
    assert.equal(environment?.settings.redis?.tls, undefined);
  });

  it('keeps the other environments when one is wrong', () => {
    const set = readEnvironments({ good: local, bad: { redis: 5 } }, undefined);
    assert.deepEqual(
      set.environments.map(({ name }) => name),
      ['good'],
    );
    assert.deepEqual(
      set.invalid.map(({ name }) => name),
      ['bad'],
    );
    assert.deepEqual(set.invalid[0]?.problems, set.problems);
  });

  it('tells apart environments of the same name in two folders', () => {
    const ids = ['file:///a', 'file:///b', undefined].map(
      (folder) => readEnvironments({ x: local }, folder).environments[0]?.id,
    );
    assert.deepEqual(ids, ['file:///a#x', 'file:///b#x', 'user#x']);
  });

  it('finds nothing where nothing is set, and says so where something else is', () => {
    assert.deepEqual(readEnvironments(undefined, undefined), { environments: [], invalid: [], problems: [] });
    assert.deepEqual(
      [null, [], 'x', 5].map((raw) => readEnvironments(raw, undefined).problems[0]?.message),
      ['null', 'a list', 'a text', 'a number'].map(
        (found) => `cacheOps.environments is ${found}: expected an object of environments by name.`,
      ),
    );
  });
});

describe('What is said about a wrong setting', () => {
  const cases: readonly (readonly [title: string, settings: unknown, messages: readonly string[]])[] = [
    [
      'a misspelled key',
      { redis: { ulr: 'redis://localhost' } },
      ['unknownKey: cacheOps.environments.staging.redis.ulr is not a known setting. Did you mean "url"?'],
    ],
    [
      'a key in another style',
      { qdrant: { url: 'http://localhost:6333', api_key: '${secret}' } },
      ['unknownKey: cacheOps.environments.staging.qdrant.api_key is not a known setting. Did you mean "apiKey"?'],
    ],
    [
      'a key like no other',
      { ...local, webhook: { url: 'https://chat.shop.internal/x', colour: 'red' } },
      ['unknownKey: cacheOps.environments.staging.webhook.colour is not a known setting. Expected one of url, token.'],
    ],
    [
      'a misspelled key of one kind of target',
      { target: { kind: 'systemd', unit: 'shop.service', dropin: 'a.conf' } },
      ['unknownKey: cacheOps.environments.staging.target.dropin is not a known setting. Did you mean "dropIn"?'],
    ],
    [
      'a key of another kind of target',
      { target: { kind: 'systemd', unit: 'shop.service', workload: 'deployment/shop' } },
      [
        'unknownKey: cacheOps.environments.staging.target.workload is not a known setting. Expected one of kind, unit, scope, dropIn, host, sudo, settleWithin.',
      ],
    ],
    [
      'a misspelled key beside a wrong one',
      { qdrant: { uri: 'http://localhost:6333', url: 6333 } },
      [
        'unknownKey: cacheOps.environments.staging.qdrant.uri is not a known setting. Did you mean "url"?',
        'wrongType: cacheOps.environments.staging.qdrant.url is 6333: expected an http or https address, such as "http://localhost:6333".',
      ],
    ],
    [
      'a misspelled key inside tls',
      { redis: { url: 'rediss://localhost', tls: { certificate: 'a.pem' } } },
      [
        'unknownKey: cacheOps.environments.staging.redis.tls.certificate is not a known setting. Expected one of ca, cert, key, passphrase, serverName, verify.',
      ],
    ],
    [
      'a value of the wrong type',
      { redis: { url: 6379 } },
      [
        'wrongType: cacheOps.environments.staging.redis.url is 6379: expected a Redis address, such as "redis://localhost:6379/0", "rediss://…" for TLS or "unix:///path/to.sock".',
      ],
    ],
    [
      'an environment that is no object',
      'redis://localhost',
      ['wrongType: cacheOps.environments.staging is a text: expected an object in braces.'],
    ],
    [
      'a list that is none',
      { ...local, files: '.env' },
      [
        'wrongType: cacheOps.environments.staging.files is a text: expected a list of files, such as [".env", "config.yaml"].',
      ],
    ],
    [
      'an element of the wrong type',
      { ...local, files: ['.env', 7] },
      ['wrongType: cacheOps.environments.staging.files[1] is 7: expected the path of a file.'],
    ],
    [
      'an impossible address',
      { redis: { url: 'redis://localhost:99999' } },
      [
        'invalidValue: cacheOps.environments.staging.redis.url is "redis://localhost:99999": expected a Redis address, such as "redis://localhost:6379/0", "rediss://…" for TLS or "unix:///path/to.sock".',
      ],
    ],
    [
      'an address of another kind',
      { qdrant: { url: 'localhost:6333' } },
      [
        'invalidValue: cacheOps.environments.staging.qdrant.url is "localhost:6333": expected an http or https address, such as "http://localhost:6333".',
      ],
    ],
    [
      'something missing',
      { qdrant: { apiKey: '${secret}' } },
      [
        'missing: cacheOps.environments.staging.qdrant.url is missing: expected an http or https address, such as "http://localhost:6333".',
      ],
    ],
    [
      'an unknown tier',
      { ...local, tier: 'prod' },
      [
        'invalidValue: cacheOps.environments.staging.tier is "prod": expected one of "development", "staging", "production".',
      ],
    ],
    [
      'an unknown kind of target',
      { target: { kind: 'nomad' } },
      [
        'invalidValue: cacheOps.environments.staging.target.kind is "nomad": expected one of "envFile", "compose", "kubernetes", "systemd", "command".',
      ],
    ],
    [
      'an amount without its unit',
      { ...local, limits: { p95: '200', redisMemory: '500', errorRate: 0.01 } },
      [
        'invalidValue: cacheOps.environments.staging.limits.redisMemory is "500": expected a size with its unit, in quotes, such as "500MB".',
        'invalidValue: cacheOps.environments.staging.limits.p95 is "200": expected a time with its unit, in quotes, such as "200ms".',
        'wrongType: cacheOps.environments.staging.limits.errorRate is 0.01: expected a percentage in quotes, such as "1%".',
      ],
    ],
    [
      'a variable with an impossible name',
      { ...local, variables: { 'REDIS HOST': 'localhost' } },
      [
        'invalidValue: cacheOps.environments.staging.variables["REDIS HOST"] has an impossible name: expected the name of an environment variable.',
      ],
    ],
    [
      'a prefix that means every key',
      { ...local, namespaces: { all: { prefix: '' } } },
      [
        'invalidValue: cacheOps.environments.staging.namespaces.all.prefix is empty: expected the beginning of the namespace’s Redis keys, such as "cache:search:".',
      ],
    ],
    [
      'a filter that means every point',
      { ...local, namespaces: { all: { prefix: 'a:', filter: {} } } },
      [
        'invalidValue: cacheOps.environments.staging.namespaces.all.filter is an object: expected at least one payload field; an empty filter means every point.',
      ],
    ],
    [
      'a reference where none can be',
      { qdrant: { url: 'https://${env:QDRANT_HOST}:6333' } },
      [
        'invalidValue: cacheOps.environments.staging.qdrant.url holds a reference: expected the value itself. Only secrets, headers and variables can refer to something.',
      ],
    ],
    [
      'a reference that means nothing',
      { redis: { url: 'redis://localhost', password: '${input:password}' } },
      [
        'invalidValue: cacheOps.environments.staging.redis.password holds a reference that means nothing: expected one reference, "${secret}" or "${env:NAME}".',
      ],
    ],
    [
      'a password around a reference',
      { redis: { url: 'redis://localhost', password: 'x${secret}' } },
      [
        'invalidValue: cacheOps.environments.staging.redis.password has other text around its reference: expected "${secret}" or "${env:NAME}" alone.',
      ],
    ],
    [
      'nothing at all',
      {},
      [
        'invalidValue: cacheOps.environments.staging is an object: expected at least one of "redis", "qdrant", "prometheus", "grafana", "application", "target".',
      ],
    ],
  ];

  for (const [title, settings, messages] of cases) {
    it(title, () => assert.deepEqual(messagesOf(settings), messages));
  }

  it('an environment’s name that cannot be typed', () => {
    const { problems } = readEnvironments({ ' staging': local, '': local }, undefined);
    assert.deepEqual(
      problems.map(({ message }) => message),
      ['[" staging"]', '[""]'].map(
        (name) =>
          `cacheOps.environments${name} has an impossible name: expected visible characters, without spaces at either end.`,
      ),
    );
  });

  it('names the place as a path below the setting', () => {
    assert.deepEqual(problemsOf({ redis: { ulr: 'x' } })[0]?.path, ['staging', 'redis', 'ulr']);
    assert.deepEqual(problemsOf({ ...local, files: ['.env', 7] })[0]?.path, ['staging', 'files', 1]);
  });
});

describe('Settings that must go together', () => {
  const cases: readonly (readonly [title: string, settings: unknown, path: string])[] = [
    ['Redis without an address', { redis: { password: '${secret}' } }, 'redis.url'],
    ['Redis in two ways', { redis: { url: 'redis://a', cluster: ['b:6379'] } }, 'redis.cluster'],
    ['sentinels without a name', { redis: { sentinels: ['a:26379'] } }, 'redis.name'],
    ['a name without sentinels', { redis: { url: 'redis://a', name: 'main' } }, 'redis.name'],
    ['no sentinel', { redis: { sentinels: [], name: 'main' } }, 'redis.sentinels'],
    ['a sentinel without a port', { redis: { sentinels: ['a'], name: 'main' } }, 'redis.sentinels.0'],
    ['a database beside the address', { redis: { url: 'redis://a/1', db: 1 } }, 'redis.db'],
    ['two users', { redis: { url: 'redis://ops@a', username: 'ops' } }, 'redis.username'],
    ['an application without an address', { application: {} }, 'application.health'],
    ['errors without requests', { ...local, metrics: { hits: 'a', misses: 'b', errors: 'c' } }, 'metrics.requests'],
    ['a flag whose on is its off', { ...local, flags: { f: { on: '1', off: '1' } } }, 'flags.f.off'],
    ['a flag in no place', { ...local, flags: { f: { on: '1', off: '0', in: {} } } }, 'flags.f.in.file'],
    [
      'a flag in two places',
      { ...local, flags: { f: { on: '1', off: '0', in: { redisKey: 'f', url: 'http://a/f' } } } },
      'flags.f.in.url',
    ],
    [
      'a flag in a file, without its key',
      { ...local, flags: { f: { on: '1', off: '0', in: { file: 'a.yaml' } } } },
      'flags.f.in.key',
    ],
    [
      'a flag in a ConfigMap, without its key',
      { ...local, flags: { f: { on: '1', off: '0', in: { configMap: 'a' } } } },
      'flags.f.in.key',
    ],
    [
      'critical above warning',
      { ...local, limits: { hitRate: { warning: '30%', critical: '60%' } } },
      'limits.hitRate.critical',
    ],
    ['a rollback of an unknown flag', { ...local, rollback: { flags: ['f'] } }, 'rollback.flags.0'],
    ['a previous version without the link', { ...local, rollback: { previous: '/srv/41' } }, 'rollback.link'],
  ];

  for (const [title, settings, path] of cases) {
    it(title, () => {
      const problems = problemsOf(settings);
      assert.deepEqual(
        problems.map((problem) => problem.path.join('.')),
        [`staging.${path}`],
      );
      assert.equal(problems[0]?.severity, 'error');
    });
  }
});
