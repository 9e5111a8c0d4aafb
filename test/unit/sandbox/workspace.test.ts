import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readEnvironments } from '../../../src/core/environment/read.ts';
import { sandboxEnvironment, stagingEnvironment } from '../../sandbox/environments.ts';
import type { Addresses } from '../../sandbox/environments.ts';
import { copyWorkspace, writeWorkspaceSettings } from '../../sandbox/workspace.ts';
import { withTemporaryFolder } from './temporaryFolder.ts';

const addresses: Addresses = {
  name: 'staging',
  envFile: 'staging.env',
  redis: { url: 'redis://127.0.0.1:6391/0', port: 6391 },
  qdrant: { url: 'http://127.0.0.1:6343', collection: 'cache_similarity' },
  prometheus: { url: 'http://127.0.0.1:9190', job: 'desk' },
  app: { url: 'http://127.0.0.1:8311' },
};

describe('The sample workspace', () => {
  it('keeps what someone has ticked in it, and gets what is missing', () =>
    withTemporaryFolder(async (folder) => {
      const checklist = join(folder, 'docs/semantic-cache-rollout-checklist.md');
      await copyWorkspace(folder);
      const ticked = (await readFile(checklist, 'utf8')).replace('- [ ]', '- [x]');
      await writeFile(checklist, ticked);
      await copyWorkspace(folder);
      assert.equal(await readFile(checklist, 'utf8'), ticked);
      assert.match(await readFile(join(folder, '.env'), 'utf8'), /^ENABLE_SEMANTIC_CACHE_V2=1$/m);
    }));

  it('has its settings written without touching others or comments', () =>
    withTemporaryFolder(async (folder) => {
      const file = join(folder, '.vscode/settings.json');
      await mkdir(join(folder, '.vscode'));
      await writeFile(file, '{\n  // mine\n  "editor.fontSize": 20,\n  "cacheOps.environments": { "old": {} }\n}\n');
      await writeWorkspaceSettings(folder, { 'cacheOps.environments': { sandbox: { tier: 'development' } } });
      const text = await readFile(file, 'utf8');
      assert.match(text, /\/\/ mine\n {2}"editor.fontSize": 20/);
      assert.match(text, /"sandbox"/);
      assert.doesNotMatch(text, /"old"/);
    }));
});

describe('The sample environments', () => {
  const environments = {
    sandbox: sandboxEnvironment({ ...addresses, name: 'sandbox', envFile: '.env' }),
    staging: stagingEnvironment(addresses),
  };

  it('are valid settings, without and with a Qdrant', () => {
    const { problems, environments: valid } = readEnvironments(environments, undefined);
    assert.deepEqual(problems, []);
    assert.deepEqual(
      valid.map(({ name, tier }) => [name, tier]),
      [
        ['sandbox', 'development'],
        ['staging', 'staging'],
      ],
    );
    const without = { sandbox: sandboxEnvironment({ ...addresses, qdrant: undefined }) };
    assert.deepEqual(readEnvironments(without, undefined).problems, []);
  });

  it('hold the password of staging as a reference only', () => {
    assert.equal(environments.staging.redis?.password, '${env:STAGING_REDIS_PASSWORD}');
    assert.equal(environments.staging.redis?.url, 'redis://desk@127.0.0.1:6391/0');
  });
});
