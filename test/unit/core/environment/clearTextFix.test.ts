import assert from 'node:assert/strict';
import { clearTextFix } from '../../../../src/core/environment/clearTextFix.ts';
import { applyTextEdits, replaceValueEdits } from '../../../../src/core/environment/edit.ts';
import { readEnvironments } from '../../../../src/core/environment/read.ts';
import type { SettingPath } from '../../../../src/core/environment/settingPath.ts';
import { valueAt } from '../../../../src/core/environment/settingPath.ts';

function fixed(path: string, value: string): object | undefined {
  const fix = clearTextFix(['live', ...path.split('.')], value);
  return (
    fix && {
      ...fix,
      writes: Object.fromEntries(fix.writes.map((write) => [write.path.slice(1).join('.'), write.value])),
    }
  );
}

describe('Moving a secret out of the settings', () => {
  it('replaces a field that is a secret', () => {
    assert.deepEqual(fixed('qdrant.apiKey', 's3'), {
      field: 'qdrant.apiKey',
      secret: 's3',
      writes: { 'qdrant.apiKey': '${secret}' },
    });
  });

  it('takes the password out of a Redis address, and leaves the user there', () => {
    assert.deepEqual(fixed('redis.url', 'rediss://ops:p%40s:3@cache-1:6380/2'), {
      field: 'redis.password',
      secret: 'p@s:3',
      writes: { 'redis.url': 'rediss://ops@cache-1:6380/2', 'redis.password': '${secret}' },
    });
    assert.deepEqual(fixed('redis.url', 'redis://:s3@cache-1'), {
      field: 'redis.password',
      secret: 's3',
      writes: { 'redis.url': 'redis://cache-1', 'redis.password': '${secret}' },
    });
  });

  it('takes user and password out of another address', () => {
    assert.deepEqual(fixed('prometheus.url', 'https://me%40shop:s3@metrics/x'), {
      field: 'prometheus.password',
      secret: 's3',
      writes: {
        'prometheus.url': 'https://metrics/x',
        'prometheus.username': 'me@shop',
        'prometheus.password': '${secret}',
      },
    });
  });

  it('keeps what stands before the secret in a header', () => {
    const field = 'grafana.headers.Authorization';
    assert.deepEqual(fixed(field, 'Bearer s3'), { field, secret: 's3', writes: { [field]: 'Bearer ${secret}' } });
  });

  it('replaces a variable, or the password in its address as it is written', () => {
    assert.deepEqual(fixed('variables.TOKEN', 's3'), {
      field: 'variables.TOKEN',
      secret: 's3',
      writes: { 'variables.TOKEN': '${secret}' },
    });
    assert.deepEqual(fixed('variables.CACHE', 'redis://u:p%40s@h/1'), {
      field: 'variables.CACHE',
      secret: 'p%40s',
      writes: { 'variables.CACHE': 'redis://u:${secret}@h/1' },
    });
  });

  it('leaves to a person what has no field for it', () => {
    assert.equal(fixed('application.health', 'https://shop/health?token=s3'), undefined);
    assert.equal(clearTextFix(['live', 'redis', 'password'], 5), undefined);
    assert.equal(clearTextFix([], 's3'), undefined);
  });

  it('leaves no warning and no secret behind', () => {
    let raw: unknown = {
      live: {
        redis: { url: 'redis://ops:s3cr3t@cache-1', sentinelPassword: 's3cr3t' },
        prometheus: { url: 'https://me:s3cr3t@metrics', token: 's3cr3t', headers: { authorization: 'Bearer s3cr3t' } },
        variables: { PASSWORD: 's3cr3t', CACHE: 'redis://:s3cr3t@cache-1' },
        webhook: { url: 'https://hooks.slack.com/services/s3cr3t' },
      },
    };
    let text = JSON.stringify({ 'cacheOps.environments': raw }, undefined, 2);
    for (const { path, code } of readEnvironments(raw, undefined).problems) {
      assert.equal(code, 'clearTextSecret');
      const writes: readonly { readonly path: SettingPath; readonly value: string }[] =
        clearTextFix(path, valueAt(raw, path))?.writes ?? [];
      for (const write of writes)
        text = applyTextEdits(text, replaceValueEdits(text, 'settings', write.path, write.value));
      raw = valueAt(JSON.parse(text), ['cacheOps.environments']);
    }
    assert.ok(!text.includes('s3cr3t'), text);
    assert.deepEqual(readEnvironments(raw, undefined).problems, []);
  });
});
