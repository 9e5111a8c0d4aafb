import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { environmentLocks } from '../../../src/clients/environmentLocks.ts';
import { readEnvironments } from '../../../src/core/environment/read.ts';
import type { Environment } from '../../../src/core/environment/environment.ts';

/** As the settings of a folder would give it. */
function environmentIn(folder: string, name: string, settings: object): Environment {
  const [environment] = readEnvironments({ [name]: settings }, `file:///${folder}`).environments;
  return environment ?? assert.fail('no environment');
}

describe('The locks of environments', () => {
  const redis = { url: 'redis://redis-1:6379/0' };
  const application = { health: 'http://shop:8080/health' };
  const qdrant = { url: 'http://qdrant:6333' };
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(path.join(tmpdir(), 'cacheops-locks-'))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('keep out whoever is at work on the same servers, from whatever folder and under whatever name', async () => {
    const locks = environmentLocks(folder);
    const held = await locks.acquire(environmentIn('a', 'live', { redis, qdrant }), 'Flush cache:*');
    for (const [name, settings] of [
      ['live', { redis }],
      ['prod', { redis: { url: 'redis://ops@redis-1:6379/1' } }],
      ['search', { redis: { url: 'redis://redis-2:6379' }, qdrant }],
    ] as const) {
      const other = locks.acquire(environmentIn('b', name, settings), 'Restore');
      await assert.rejects(other, {
        code: 'busy',
        message: /Another operation is at work since .*: Flush cache:\* in live\./,
      });
      await assert.rejects(locks.ensureFree(environmentIn('b', name, settings)), { code: 'busy' });
    }
    await assert.rejects(locks.acquire(environmentIn('a', 'live', { application }), 'Set flag'), { code: 'busy' });
    held.dispose();
    await locks.ensureFree(environmentIn('a', 'live', { redis, qdrant }));
    assert.deepEqual(readdirSync(folder), [], 'whoever was kept out left nothing locked');
  });

  it('let others work elsewhere at the same time', async () => {
    const locks = environmentLocks(folder);
    const held = [
      await locks.acquire(environmentIn('a', 'live', { redis }), 'Flush cache:*'),
      await locks.acquire(environmentIn('a', 'staging', { redis: { url: 'redis://redis-2:6379' } }), 'Flush cache:*'),
      await locks.acquire(environmentIn('b', 'live', { application }), 'Set flag'),
      // The same address behind a tunnel is another server.
      await locks.acquire(environmentIn('b', 'far', { redis, tunnel: { kind: 'ssh', host: 'gate' } }), 'Flush cache:*'),
    ];
    for (const one of held) one.dispose();
  });
});
