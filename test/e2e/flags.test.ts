import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
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
  let log: string;
  let script: string;
  let settings: string;
  let settingsBefore: string;
  const traffic = new AbortController();
  let sent: Promise<unknown>;

  before(async () => {
    const { window, workspace, redis } = session();
    const at = (...names: readonly string[]): string => path.join(workspace.folder, ...names);
    env = at('desk.env');
    log = at('monitoring/rollback_log.txt');
    await mkdir(at('scripts'), { recursive: true });
    await mkdir(at('run'), { recursive: true });
    script = at('scripts/restart.sh');
    await writeFile(script, await readFile(restartScript));
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
    const { window } = session();
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

  it('leaves out a step for a reason, which the plan, the log and the journal keep', async () => {
    const { window, workspace } = session();
    await writeFile(env, '# The desk\nCACHE_ENABLED=true # everything\n');
    await window.closeEditors();
    await window.health.row('desk').contextMenu('Roll Back…');
    await window.quickInput.pick('Immediate rollback');
    await window.quickInput.pick('Leave Out Steps…');
    await window.quickInput.waitFor('Steps to be done');
    await window.screenshot('rollback-steps');
    await window.quickInput.pick('Watch error rate and latency return');
    await window.quickInput.accept();
    await window.quickInput.enter('Why? Kept in the journal.', 'nobody asks it at night');
    await window.quickInput.waitFor('Type desk');
    const plan = window.page.frameLocator('iframe.webview.ready').frameLocator('#active-frame').locator('body');
    await plan.getByText('nobody asks it at night').waitFor();
    await window.screenshot('rollback-left-out-plan');
    await window.quickInput.enter('Type desk', 'desk');
    await window.quickInput.enter('Why?', 'wrong again');
    await eventually(async () => assert.match(await readFile(log, 'utf8'), /due to: wrong again/), 60_000);
    assert.match(await readFile(env, 'utf8'), /CACHE_ENABLED=false/);
    await window.editor.previewText('What was done');
    await window.screenshot('rollback-left-out-done');
    const folder = path.join(workspace.folder, 'monitoring/journal');
    const [journal = ''] = await readdir(folder);
    assert.match(
      await readFile(path.join(folder, journal), 'utf8'),
      /"state":"skipped","why":"nobody asks it at night"/,
    );
  });

  it('stops at a step that fails, and takes back what was done when asked to', async () => {
    const { window } = session();
    await writeFile(env, '# The desk\nCACHE_ENABLED=true # everything\n');
    await writeFile(script, 'echo "no such unit" >&2; exit 5\n');
    try {
      await window.closeEditors();
      await window.health.row('desk').contextMenu('Roll Back…');
      await window.quickInput.pick('Immediate rollback');
      await window.quickInput.pick('All Steps');
      await window.quickInput.enter('Type desk', 'desk');
      await window.quickInput.enter('Why?', 'a rehearsal');
      await window.quickInput.waitFor('Failed: Restart');
      const offers = (await window.quickInput.texts()).join('\n');
      for (const offer of ['Try Again', 'Skip…', 'Undo What Was Done', 'Stop Here']) assert.ok(offers.includes(offer));
      await window.screenshot('rollback-failed');
      assert.match(await readFile(env, 'utf8'), /CACHE_ENABLED=false/);
      await window.quickInput.pick('Undo What Was Done');
      await eventually(async () => assert.match(await readFile(env, 'utf8'), /CACHE_ENABLED=true/), 20_000);
      await eventually(
        async () => assert.match(await readFile(log, 'utf8'), /due to: a rehearsal \(desk: Immediate rollback, failed/),
        60_000,
      );
      await window.editor.previewText('What was done');
      await window.screenshot('rollback-undone');
    } finally {
      await writeFile(script, await readFile(restartScript));
    }
  });

  it('rolls back by the steps of the checklist’s own section, and offers there what they name', async () => {
    const { window, workspace } = session();
    const checklist = path.join(workspace.folder, 'desk-checklist.md');
    const steps = {
      'Turn it off': `sed -i 's/CACHE_ENABLED=.*/CACHE_ENABLED=false/' desk.env\nsh scripts/restart.sh desk\n# Expected: ...restarted...`,
      'See that it is off': `curl -fsS ${app.url}/health\n# Expected: ..."CACHE_ENABLED":"false"...`,
    };
    const fence = '```';
    const items = Object.entries(steps).map(([text, code]) => `- [ ] ${text}\n\n${fence}bash\n${code}\n${fence}\n`);
    await writeFile(env, '# The desk\nCACHE_ENABLED=true # everything\n');
    await writeFile(checklist, `# Desk rollout\n\n## Before\n\n- [ ] Ask\n\n## Rollback\n\n${items.join('\n')}`);
    try {
      await window.closeEditors();
      await window.checklists.row('Desk rollout').waitFor();
      await window.health.row('desk').contextMenu('Roll Back…');
      await window.quickInput.waitFor('Which way back?');
      await window.screenshot('rollback-document-ways');
      await window.quickInput.pick('The Steps of “Rollback”');
      await window.quickInput.enter('Why? For the rollback log', 'as the runbook says');
      await window.quickInput.waitFor('Type desk to run');
      await window.editor.previewText('Runs on this machine');
      await window.screenshot('rollback-document-confirm');
      await window.quickInput.enter('Type desk to run', 'desk');
      await window.quickInput.waitFor('Why? Kept with the evidence.');
      assert.equal(await window.quickInput.value(), 'as the runbook says');
      await window.quickInput.accept();
      await eventually(
        async () =>
          assert.match(
            await readFile(log, 'utf8'),
            /due to: as the runbook says \(desk: “Rollback” in desk-checklist\.md, all steps passed, [\d.]+ s of 15 min\)\n$/,
          ),
        60_000,
      );
      assert.match(await readFile(env, 'utf8'), /CACHE_ENABLED=false/);
      await window.editor.previewText('What was done');
      await window.screenshot('rollback-document-done');
      await window.closeEditors();
      await writeFile(env, '# The desk\nCACHE_ENABLED=true # everything\n');
      await window.command('Switch Environment…');
      await window.quickInput.pick('desk');
      await window.quickInput.openFile('desk-checklist.md');
      const lens = (text: string) => window.page.locator('.codelens-decoration a', { hasText: text }).first();
      await lens('Roll Back…').waitFor();
      await lens('Set CACHE_ENABLED to false…').waitFor();
      await window.screenshot('operation-lenses');
      await lens('Set CACHE_ENABLED to false…').click();
      await window.quickInput.waitFor('CACHE_ENABLED: true → false');
      await window.screenshot('operation-lens-plan');
      await window.quickInput.enter('Type desk', 'desk');
      await window.quickInput.enter('Why?', 'as the step says');
      await eventually(
        async () => assert.equal(await window.health.row('CACHE_ENABLED').description(), 'off (false) · in effect'),
        30_000,
      );
      await eventually(
        async () => assert.match((await window.notifications()).join('\n'), /Set CACHE_ENABLED to false in desk: done/),
        30_000,
      );
      await window.closeEditors();
      await window.quickInput.openFile('desk-checklist.md');
      await lens('Roll Back…').click();
      await window.quickInput.waitFor('Which way back?');
      await window.quickInput.dismiss();
    } finally {
      await window.command('Switch Environment…');
      await window.quickInput.pick('local');
      await rm(checklist);
    }
  });
});
