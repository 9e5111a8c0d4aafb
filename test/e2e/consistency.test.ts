import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { eventually } from '../eventually.ts';
import { change } from '../live/support/qdrantNode.ts';
import { startQdrant } from '../sandbox/qdrant.ts';
import type { QdrantServer } from '../sandbox/qdrant.ts';
import { session } from './shared.ts';

describe('The two stores of a cache', function () {
  let qdrant: QdrantServer;
  let settingsFile: string;
  let written: string;

  before(async function () {
    this.timeout(120_000);
    const { window, workspace, folder, redis } = session();
    qdrant = await startQdrant({ folder: path.join(folder, 'consistency-qdrant') });
    const collection = `${qdrant.url}/collections/answers`;
    await change('PUT', collection, { vectors: { size: 4, distance: 'Cosine' } });
    // The session's Redis has cache:search:0 to 199.
    const points = Array.from({ length: 200 }, (_, index) => ({
      id: index + 1,
      vector: [index, 1, 2, 3],
      payload: { redis_key: `cache:search:${index + 20}` },
    }));
    await change('PUT', `${collection}/points?wait=true`, { points });
    settingsFile = path.join(workspace.folder, '.vscode', 'settings.json');
    written = await readFile(settingsFile, 'utf8');
    const settings: Record<string, object> = JSON.parse(written);
    const stores = {
      tier: 'development',
      redis: { url: redis.url },
      qdrant: { url: qdrant.url, collections: ['answers'], vectorSize: 4 },
      link: 'redis_key',
    };
    settings['cacheOps.environments'] = { stores, ...settings['cacheOps.environments'] };
    await writeFile(settingsFile, JSON.stringify(settings));
    await window.openCacheOps();
    await window.health.row('stores').expand();
    await window.health.row('Redis').fold();
    await window.health.row('Qdrant').expand();
  });

  after(async () => {
    await session().window.closeEditors();
    if (written) await writeFile(settingsFile, written);
    await session().window.health.row('stores').waitFor('detached');
    await eventually(async () => assert.match(await session().window.statusBar().text(), /local \(development\)/));
    await session().window.health.row('local').expand();
    await qdrant?.stop();
  });

  it('are held against each other on request; the tree keeps the result, which decides with the rest', async () => {
    const { window } = session();
    const row = (): Promise<string> => window.health.row('Consistency with Redis').description();
    await eventually(async () => assert.equal(await row(), 'not checked yet'), 20_000);
    await window.health.row('stores').contextMenu('Check Consistency…');
    await window.quickInput.pick('A sample of 1,000');
    await eventually(
      async () =>
        assert.match(
          await row(),
          /^20 of 200 \(10\.0 %\) points lead to no key; 20 of 200 \(10\.0 %\) keys have no point; \d+ s ago · degraded$/,
        ),
      20_000,
    );
    assert.match(await window.health.row('Qdrant').description(), /^degraded: consistency with redis · /);
    const report = window.page.locator('iframe.webview.ready').contentFrame().locator('#active-frame').contentFrame();
    await report.getByRole('heading', { name: 'Consistency of stores: Redis and Qdrant' }).waitFor();
    await window.screenshot('consistency');
  });
});
