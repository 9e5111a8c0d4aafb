import assert from 'node:assert/strict';
import type { Environment } from '../../../../src/core/environment/environment.ts';
import { readEnvironments } from '../../../../src/core/environment/read.ts';
import {
  approvalKey,
  missingSecretOf,
  resolveSecret,
  secretKey,
  secretKeyPrefix,
  secretReferences,
} from '../../../../src/core/environment/references.ts';
import type { SecretReference, SecretVault } from '../../../../src/core/environment/references.ts';
import { OpsError } from '../../../../src/core/errors.ts';
import { shop } from './example.ts';

function environmentOf(settings: unknown, name = 'staging', folder = 'file:///work'): Environment {
  const [environment] = readEnvironments({ [name]: settings }, folder).environments;
  assert.ok(environment);
  return environment;
}

function referenceTo(environment: Environment, field: string): SecretReference {
  const reference = secretReferences(environment).find((one) => one.field === field);
  assert.ok(reference, `no reference ${field}`);
  return reference;
}

function redis(password: string, url = 'redis://cache-1:6379'): Environment {
  return environmentOf({ redis: { url, password } });
}

const emptyVault: SecretVault = { stored: async () => undefined, variable: () => undefined, isApproved: () => false };

function clearTextIn(settings: object): readonly string[] {
  const { environments, problems } = readEnvironments({ staging: settings }, undefined);
  assert.equal(environments.length, 1, 'the environment stays usable');
  assert.ok(problems.every(({ code, severity }) => code === 'clearTextSecret' && severity === 'warning'));
  return problems.map(({ message }) => message.replace(/ in clear text.*/, ''));
}

const at = (path: string, what: string) => `cacheOps.environments.staging.${path} ${what}`;

const storageKey = (environment: Environment, field = 'redis.password') =>
  secretKey(environment, referenceTo(environment, field));

const approval = (token: string, url: string) => {
  const environment = environmentOf({ prometheus: { url, token } });
  return approvalKey(environment, referenceTo(environment, 'prometheus.token'));
};

async function failureOf(password: string, vault: SecretVault): Promise<OpsError> {
  const environment = redis(password);
  const error: unknown = await resolveSecret(environment, referenceTo(environment, 'redis.password'), vault).catch(
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof OpsError);
  assert.equal(error.code, 'secretMissing');
  return error;
}

describe('Secrets in clear text', () => {
  it('are warned about in full sentences', () => {
    const settings = { redis: { url: 'redis://:hunter2@cache-1:6379', password: 'hunter2' } };
    assert.deepEqual(
      readEnvironments({ staging: settings }, undefined).problems.map(({ message }) => message),
      [
        'cacheOps.environments.staging.redis.url has a password in clear text: expected it in cacheOps.environments.staging.redis.password, as "${secret}" or "${env:NAME}".',
        'cacheOps.environments.staging.redis.password is a secret in clear text: expected "${secret}" or "${env:NAME}", so that it can be committed.',
      ],
    );
  });

  it('are found in every field that holds one', () => {
    const url = 'http://localhost';
    const found = clearTextIn({
      redis: {
        sentinels: ['localhost:26379'],
        name: 'main',
        password: 'a',
        sentinelPassword: 'b',
        tls: { key: 'k.pem', passphrase: 'c' },
      },
      qdrant: { url, apiKey: 'd' },
      prometheus: {
        url,
        token: 'e',
        headers: { Authorization: 'Bearer f', 'X-Api-Key': 'g', Cookie: 'h', 'X-Scope-OrgID': 'team' },
      },
      grafana: { url: 'http://admin:i@localhost', password: 'j' },
      application: { health: 'http://localhost/health?token=k' },
      variables: {
        REDIS_PASSWORD: 'l',
        API_KEY: 'm',
        AUTH_TOKEN: 'n',
        DB: 'redis://u:o@localhost',
        MAX_TOKENS: '4096',
        KEY_PREFIX: 'shop:',
      },
      webhook: { url: 'https://hooks.slack.com/services/p' },
    });
    assert.deepEqual(found, [
      at('redis.password', 'is a secret'),
      at('redis.sentinelPassword', 'is a secret'),
      at('redis.tls.passphrase', 'is a secret'),
      at('qdrant.apiKey', 'is a secret'),
      at('prometheus.token', 'is a secret'),
      at('prometheus.headers.Authorization', 'is a secret'),
      at('prometheus.headers.X-Api-Key', 'is a secret'),
      at('prometheus.headers.Cookie', 'is a secret'),
      at('grafana.url', 'has a password'),
      at('grafana.password', 'is a secret'),
      at('application.health', 'has a secret'),
      at('variables.REDIS_PASSWORD', 'is a secret'),
      at('variables.API_KEY', 'is a secret'),
      at('variables.AUTH_TOKEN', 'is a secret'),
      at('variables.DB', 'has a password'),
      at('webhook.url', 'is a secret'),
    ]);
  });

  it('are not seen in references, user names, files and what belongs to a shell', () => {
    assert.deepEqual(
      clearTextIn({
        redis: { url: 'redis://ops@localhost', password: '${secret}' },
        prometheus: { url: 'http://localhost', token: '${env:TOKEN}', headers: { authorization: 'Bearer ${secret}' } },
        target: { kind: 'command', get: 'echo ${TOKEN}', set: 'curl https://u:${PASSWORD}@localhost' },
        namespaces: { a: { prefix: 'a:', filter: { token: 'word' } } },
        flags: { token: { on: '1', off: '0' } },
        variables: {
          REDIS_PASSWORD: '${secret}',
          REDIS_PASSWORD_FILE: '/run/secrets/redis',
          URL: 'redis://:${secret}@localhost',
        },
      }),
      [],
    );
  });
});

describe('The secrets of an environment', () => {
  it('are listed with field, label, host and source', () => {
    const list = secretReferences(environmentOf(shop, 'shop')).map(
      ({ field, label, host, source }) =>
        `${field} | ${label} | ${host} | ${source.kind === 'variable' ? source.name : source.kind}`,
    );
    assert.deepEqual(list, [
      'redis.password | Redis password | cache-1.shop.internal:6380 over TLS through gate.shop.internal | secret',
      'redis.tls.passphrase | Redis passphrase of the client key | cache-1.shop.internal:6380 over TLS through gate.shop.internal | OPS_KEY_PASSPHRASE',
      'qdrant.apiKey | Qdrant API key | vectors.shop.internal:6333 over TLS | secret',
      'prometheus.token | Prometheus token | metrics.shop.internal:443 over TLS | METRICS_TOKEN',
      'prometheus.headers.authorization | Prometheus header authorization | metrics.shop.internal:443 over TLS | secret',
      'grafana.token | Grafana token | boards.shop.internal:443 over TLS | secret',
      'variables.REDIS_URL | Variable REDIS_URL | the checklist’s commands | secret',
      'webhook.url | Webhook address | the webhook | secret',
    ]);
  });

  it('carry their path below the setting', () => {
    assert.deepEqual(referenceTo(redis('${secret}'), 'redis.password').path, ['staging', 'redis', 'password']);
  });

  it('list what stands there in clear text, without it', () => {
    const environment = environmentOf({ redis: { url: 'redis://:hunter2@cache-1', password: 'hunter2' } });
    const references = secretReferences(environment);
    assert.deepEqual(
      references.map(({ field, source }) => [field, source.kind]),
      [
        ['redis.url', 'literal'],
        ['redis.password', 'literal'],
      ],
    );
    assert.ok(!JSON.stringify(references).includes('hunter2'));
  });

  it('name every host of a group, in an order that does not depend on the settings', () => {
    const group = (sentinels: readonly string[]) =>
      referenceTo(environmentOf({ redis: { sentinels, name: 'main', password: '${secret}' } }), 'redis.password').host;
    assert.equal(group(['b:26379', 'a:26379']), 'main of a:26379, b:26379');
    assert.equal(group(['a:26379', 'b:26379']), 'main of a:26379, b:26379');
    const nodes = environmentOf({ redis: { cluster: ['[::1]:7001', 'a:7000'], password: '${secret}' } });
    assert.equal(referenceTo(nodes, 'redis.password').host, '[::1]:7001, a:7000');
    const socket = redis('${secret}', 'unix:///run/redis.sock');
    assert.equal(referenceTo(socket, 'redis.password').host, 'unix:/run/redis.sock');
  });
});

describe('The key of a stored secret', () => {
  const base = storageKey(redis('${secret}'));

  it('stays the same when something else changes', () => {
    const changed = environmentOf({
      redis: { url: 'redis://ops@cache-1:6379/4', password: '${secret}' },
      files: ['.env'],
    });
    assert.equal(storageKey(changed), base);
  });

  it('do not fit when the connection is less protected than the one they were given for', () => {
    const keyOf = (settings: object) => {
      const environment = environmentOf({ redis: { password: '${secret}', ...settings } });
      return secretKey(environment, referenceTo(environment, 'redis.password'));
    };
    const keys = [{ url: 'rediss://h' }, { url: 'redis://h' }, { url: 'rediss://h', tls: { verify: false } }].map(
      keyOf,
    );
    assert.equal(new Set(keys).size, 3);
    assert.equal(keyOf({ url: 'redis://h', tls: true }), keys[0], 'TLS is TLS, however it is written');
  });

  it('changes with host, port, tunnel, environment, folder and field', () => {
    const settings = { redis: { url: 'redis://cache-1:6379', password: '${secret}' } };
    const keys = [
      base,
      storageKey(redis('${secret}', 'redis://cache-2:6379')),
      storageKey(redis('${secret}', 'redis://cache-1:6380')),
      storageKey(environmentOf({ ...settings, tunnel: { kind: 'ssh', host: 'gate' } })),
      storageKey(environmentOf({ ...settings, tunnel: { kind: 'kubernetes', context: 'live', namespace: 'shop' } })),
      storageKey(environmentOf(settings, 'production')),
      storageKey(environmentOf(settings, 'staging', 'file:///other')),
      secretKey(redis('${secret}'), { field: 'redis.sentinelPassword', host: 'cache-1:6379' }),
    ];
    assert.equal(new Set(keys).size, keys.length);
  });

  it('begins with what no other environment’s keys begin with', () => {
    const one = environmentOf(shop, 'a');
    const other = environmentOf(shop, 'ab');
    assert.ok(storageKey(one).startsWith(secretKeyPrefix(one)));
    assert.ok(approvalKey(one, referenceTo(one, 'prometheus.token')).startsWith(secretKeyPrefix(one)));
    assert.ok(!storageKey(other).startsWith(secretKeyPrefix(one)));
  });

  it('of an approval changes with the variable and the host, not with the field', () => {
    assert.equal(
      approval('${env:A}', 'https://m.shop.internal'),
      approval('${env:A}', 'https://m.shop.internal/prometheus'),
    );
    assert.notEqual(approval('${env:A}', 'https://m.shop.internal'), approval('${env:B}', 'https://m.shop.internal'));
    assert.notEqual(approval('${env:A}', 'https://m.shop.internal'), approval('${env:A}', 'https://m.other.example'));
  });
});

describe('Resolving a secret', () => {
  it('gives what is stored for this environment and host', async () => {
    const environment = redis('${secret}');
    const reference = referenceTo(environment, 'redis.password');
    const vault = {
      ...emptyVault,
      stored: async (key: string) => (key === secretKey(environment, reference) ? 's3' : undefined),
    };
    assert.equal(await resolveSecret(environment, reference, vault), 's3');
    const moved = redis('${secret}', 'redis://elsewhere:6379');
    await assert.rejects(resolveSecret(moved, referenceTo(moved, 'redis.password'), vault), { code: 'secretMissing' });
  });

  it('gives a variable that was approved for this host', async () => {
    const environment = redis('${env:CACHE_PASSWORD}');
    const reference = referenceTo(environment, 'redis.password');
    const vault: SecretVault = {
      ...emptyVault,
      variable: (name) => (name === 'CACHE_PASSWORD' ? 's3' : undefined),
      isApproved: (key) => key === approvalKey(environment, reference),
    };
    assert.equal(await resolveSecret(environment, reference, vault), 's3');
  });

  it('puts it into the text around the reference', async () => {
    const environment = environmentOf(shop);
    const vault = { ...emptyVault, stored: async () => 's3' };
    assert.equal(
      await resolveSecret(environment, referenceTo(environment, 'prometheus.headers.authorization'), vault),
      'Bearer s3',
    );
    const url = await resolveSecret(environment, referenceTo(environment, 'variables.REDIS_URL'), vault);
    assert.equal(url, 'rediss://:s3@cache-1.shop.internal:6380');
  });

  it('gives what stands there in clear text; of an address, the password', async () => {
    const environment = environmentOf({
      redis: { url: 'redis://:p%40ss@cache-1', password: 'plain' },
      variables: { CACHE: 'redis://:p%40ss@cache-1' },
    });
    const value = (field: string) => resolveSecret(environment, referenceTo(environment, field), emptyVault);
    assert.equal(await value('redis.password'), 'plain');
    assert.equal(await value('redis.url'), 'p@ss');
    assert.equal(await value('variables.CACHE'), 'redis://:p%40ss@cache-1');
  });

  it('says that it is not stored yet', async () => {
    const error = await failureOf('${secret}', emptyVault);
    assert.equal(error.message, 'The Redis password of “staging” for cache-1:6379 is not stored yet.');
    assert.equal(error.next, 'Enter it with “Cache Ops: Set or Allow Secret…”.');
    assert.equal(missingSecretOf(error)?.reason, 'notStored');
    assert.equal(missingSecretOf(error)?.reference.field, 'redis.password');
  });

  it('says that a variable is not approved, before it looks at it', async () => {
    const looked: string[] = [];
    const vault = { ...emptyVault, variable: (name: string) => void looked.push(name) };
    const error = await failureOf('${env:CACHE_PASSWORD}', vault);
    assert.equal(
      error.message,
      'The Redis password of “staging” comes from the environment variable CACHE_PASSWORD, which has not been allowed to go to cache-1:6379 yet.',
    );
    assert.equal(missingSecretOf(error)?.reason, 'notApproved');
    assert.deepEqual(looked, []);
  });

  it('says that a variable is not set, or empty', async () => {
    for (const value of [undefined, '']) {
      const error = await failureOf('${env:CACHE_PASSWORD}', {
        ...emptyVault,
        isApproved: () => true,
        variable: () => value,
      });
      assert.equal(
        error.message,
        'The Redis password of “staging” comes from the environment variable CACHE_PASSWORD, which is not set where the editor runs.',
      );
      assert.equal(missingSecretOf(error)?.reason, 'variableNotSet');
    }
  });

  it('tells its own failures from others', () => {
    assert.equal(missingSecretOf(new OpsError('tls', 'x')), undefined);
    assert.equal(missingSecretOf(new Error('x')), undefined);
  });
});
