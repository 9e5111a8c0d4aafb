import assert from 'node:assert/strict';
import { commandVariables } from '../../../../src/core/environment/commandVariables.ts';
import { readEnvironments } from '../../../../src/core/environment/read.ts';

function variablesOf(settings: object) {
  const [environment] = readEnvironments({ shop: settings }, undefined).environments;
  assert.ok(environment);
  const { plain, secret } = commandVariables(environment);
  return { plain, secret: Object.fromEntries(Object.entries(secret).map(([name, { field }]) => [name, field])) };
}

describe('variables of commands', () => {
  it('are the environment’s connections under the names that runbooks use', () => {
    const { plain } = variablesOf({
      redis: { url: 'rediss://ops@redis.example.org:6380/2' },
      qdrant: { url: 'http://qdrant.example.org:6333' },
      prometheus: { url: 'https://prometheus.example.org/base/' },
      application: { health: 'http://app.example.org:8000/health' },
    });
    assert.deepEqual(plain, {
      CACHE_OPS_ENVIRONMENT: 'shop',
      REDIS_HOST: 'redis.example.org',
      REDIS_PORT: '6380',
      REDIS_DB: '2',
      REDIS_URL: 'rediss://redis.example.org:6380/2',
      REDIS_USERNAME: 'ops',
      QDRANT_URL: 'http://qdrant.example.org:6333',
      QDRANT_HOST: 'qdrant.example.org',
      QDRANT_PORT: '6333',
      PROMETHEUS_URL: 'https://prometheus.example.org/base',
      PROMETHEUS_HOST: 'prometheus.example.org',
      PROMETHEUS_PORT: '443',
      APP_URL: 'http://app.example.org:8000',
    });
  });

  it('that are secrets are references, never values', () => {
    const { plain, secret } = variablesOf({
      redis: { url: 'redis://localhost', password: 'hunter22' },
      variables: { API_TOKEN: 'Bearer ${env:TOKEN}' },
    });
    assert.deepEqual(secret, {
      REDIS_PASSWORD: 'redis.password',
      REDISCLI_AUTH: 'redis.password',
      API_TOKEN: 'variables.API_TOKEN',
    });
    assert.ok(!JSON.stringify(plain).includes('hunter22'));
  });

  it('are overridden by the environment’s own', () => {
    const { plain, secret } = variablesOf({
      redis: { url: 'redis://localhost', password: '${secret}' },
      variables: { REDIS_HOST: 'redis', REDISCLI_AUTH: '${env:OTHER}' },
    });
    assert.equal(plain['REDIS_HOST'], 'redis');
    assert.equal(secret['REDISCLI_AUTH'], 'variables.REDISCLI_AUTH');
  });
});
