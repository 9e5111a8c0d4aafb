import assert from 'node:assert/strict';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { eventually } from '../eventually.ts';
import { startSampleApp } from '../sandbox/sampleApp.ts';
import type { SampleApp } from '../sandbox/sampleApp.ts';
import { sendTraffic } from '../sandbox/sendTraffic.ts';
import { session } from './shared.ts';

const restartScript = path.resolve(import.meta.dirname, '../sandbox/workspace/scripts/restart.sh');

describe('Flags and rollback', function () {
  this.timeout(90_000);
  let app: SampleApp;
  let env: string;
  let settings: string;
  let settingsBefore: string;
  const traffic = new AbortController();
  let sent: Promise<unknown>;

  before(async () => {
    const { window, workspace, redis } = session();
    const at = (...names: readonly string[]): string => path.join(workspace.folder, ...names);
    env = at('desk.env');
    await mkdir(at('scripts'), { recursive: true });
    await mkdir(at('run'), { recursive: true });
    await writeFile(at('scripts/restart.sh'), await readFile(restartScript));
    await writeFile(env, '# The desk\nCACHE_ENABLED=true # everything\n');
    app = await startSampleApp({ envFile: env, pidFile: at('run/desk.pid'), redis: { url: redis.url } });
    sent = sendTraffic({ url: app.url, seed: 3, ratePerSecond: 40, signal: traffic.signal });
    settings = at('.vscode', 'settings.json');
    settingsBefore = await readFile(settings, 'utf8');
    const parsed = JSON.parse(settingsBefore);
    parsed['cacheOps.environments'].desk = {
      tier: 'production',
      application: { health: `${app.url}/health`, metrics: `${app.url}/metrics` },
      metrics: { hits: 'tool_cache_hits_total', misses: 'tool_cache_misses_total', latency: 'tool_run_seconds' },
      target: { kind: 'envFile', file: 'desk.env', restart: 'sh scripts/restart.sh desk' },
      flags: { CACHE_ENABLED: { on: 'true', off: 'false' } },
      limits: { p95: '1s' },
    };
    await writeFile(settings, JSON.stringify(parsed, undefined, 2));
    await window.openCacheOps();
    await window.health.row('desk').expand();
    await window.health.row('Flags').expand();
  });

  after(async () => {
    const { window, workspace } = session();
    traffic.abort();
    await sent;
    await window.closeEditors();
    await writeFile(settings, settingsBefore);
    await app?.stop();
    for (const name of ['desk.env', 'scripts', 'run', 'monitoring'])
      await rm(path.join(workspace.folder, name), { recursive: true, force: true });
    await window.health.row('desk').waitFor('detached');
  });

  it('shows what a flag is set to and what the application runs with', async () => {
    const { window } = session();
    const row = window.health.row('CACHE_ENABLED');
    await eventually(async () => assert.equal(await row.description(), 'on (true) · in effect'));
    await writeFile(env, '# The desk\nCACHE_ENABLED=false # everything\n');
    await window.health.row('Flags').inlineAction('Refresh Flags');
    await eventually(async () => assert.equal(await row.description(), 'off (false) · runs with on (true)'));
    await window.screenshot('flags-differ');
    await writeFile(env, '# The desk\nCACHE_ENABLED=true # everything\n');
    await window.health.row('Flags').inlineAction('Refresh Flags');
    await eventually(async () => assert.equal(await row.description(), 'on (true) · in effect'));
  });

  it('changes nothing when the plan is left', async () => {
    const { window } = session();
    await window.health.row('CACHE_ENABLED').inlineAction('Set Flag…');
    await window.quickInput.waitFor('CACHE_ENABLED is on (true)');
    await window.screenshot('flags-value');
    await window.quickInput.pick('Off');
    await window.quickInput.waitFor('Type desk to do this in production');
    await window.screenshot('flags-plan');
    await window.quickInput.dismiss();
    assert.match(await readFile(env, 'utf8'), /CACHE_ENABLED=true # everything/);
  });

  it('rolls back: off, restarted, verified, summed up and logged', async () => {
    const { window, workspace } = session();
    await window.health.row('desk').contextMenu('Roll Back…');
    await window.quickInput.waitFor('Which way back?');
    await window.screenshot('rollback-ways');
    await window.quickInput.pick('Immediate rollback');
    await window.quickInput.pick('All Steps');
    await window.quickInput.waitFor('Type desk');
    const plan = window.page.frameLocator('iframe.webview.ready').frameLocator('#active-frame').locator('body');
    await plan.getByText('Watch error rate and latency return').waitFor();
    await window.screenshot('rollback-plan');
    await window.quickInput.enter('Type desk', 'desk');
    await window.quickInput.enter('Why?', 'answers were wrong');
    await eventually(async () => assert.match(await readFile(env, 'utf8'), /CACHE_ENABLED=false # everything/), 20_000);
    await window.screenshot('rollback-running');
    const log = path.join(workspace.folder, 'monitoring/rollback_log.txt');
    await eventually(
      async () =>
        assert.match(
          await readFile(log, 'utf8'),
          /^Rollback performed at \w{3} \w{3} [ \d]\d [\d:]{8} UTC \d{4} due to: answers were wrong \(desk: Immediate rollback, done and verified, [\d.]+ s of 5 min\)\n$/,
        ),
      60_000,
    );
    await eventually(async () =>
      assert.equal(await window.health.row('CACHE_ENABLED').description(), 'off (false) · in effect'),
    );
    await window.screenshot('rollback-done');
    const said = (await window.notifications()).join('\n');
    assert.match(said, /Immediate rollback in desk: done and verified/);
    await window.screenshot('rollback-messages');
  });
});
