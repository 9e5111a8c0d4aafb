import assert from 'node:assert/strict';
import { describeHealth } from '../../../../src/core/health/monitorDiagnostics.ts';
import { presentEnvironment } from '../../../../src/core/health/present.ts';
import {
  describeAlerts,
  firingState,
  firingWords,
  presentAlerts,
  presentPast,
  presentRules,
} from '../../../../src/core/watch/present.ts';
import { Bench, healthy } from './support.ts';

/** `label · description`, and the icon, of the node and what stands below it. */
function rowsOf(bench: Bench): readonly string[] {
  const { environment, watch, clock } = bench;
  const node = presentAlerts(environment, watch.watched, watch.kept.episodes);
  const rules = presentRules(environment, watch.watched, clock.wallMs()).map(({ row }) => row);
  const past = presentPast(environment, watch.kept.episodes, clock.wallMs());
  return [node, ...rules, ...past].flatMap((row) =>
    row ? [`${row.label} · ${row.description?.replaceAll(/\d\d:\d\d:\d\d/g, 'TIME')} (${row.icon?.name})`] : [],
  );
}

const alerts = [
  { when: 'memory > 90% for 1m', severity: 'critical', message: 'Evict.' },
  'memory > 50% for 10m',
  'queue length > 5',
];

describe('The rows of alerts', () => {
  it('say what is read and what that means, the worst first', async () => {
    const bench = new Bench(alerts);
    assert.deepEqual(rowsOf(bench), [
      'Alerts · 3 no data (question)',
      'memory > 90% for 1 min · not read yet (question)',
      'memory > 50% for 10 min · not read yet (question)',
      'queue length > 5 · not watched: Nothing that is read here measures "queue length". (question)',
    ]);
    await bench.pollFor(120_000, 95);
    assert.deepEqual(rowsOf(bench), [
      'Alerts · 1 critical firing · 1 pending · 1 no data (error)',
      'memory > 90% for 1 min · 95 % · critical since TIME (error)',
      'memory > 50% for 10 min · 95 % · pending, seen for 1 min 50 s (watch)',
      'queue length > 5 · not watched: Nothing that is read here measures "queue length". (question)',
    ]);
  });

  it('never show as quiet what is not known', async () => {
    const bench = new Bench(alerts.slice(0, 1));
    await bench.pollFor(120_000, 95);
    await bench.pollFor(20_000, undefined);
    assert.deepEqual(rowsOf(bench), [
      'Alerts · 1 critical firing (error)',
      'memory > 90% for 1 min · critical since TIME · now unknown: Redis timed out (error)',
    ]);
    await bench.pollFor(30_000, 20);
    assert.match(rowsOf(bench)[1] ?? '', /20 % · critical since TIME · passing, for 20 s so far/);
    bench.restart();
    assert.match(rowsOf(bench)[1] ?? '', /critical since TIME · not read yet since the editor was started/);
  });

  it('remember what is over, newest first', async () => {
    const bench = new Bench(alerts.slice(0, 1));
    for (let index = 0; index < 2; index += 1) {
      await bench.pollFor(120_000, 95);
      await bench.pollFor(120_000, 20);
    }
    assert.deepEqual(rowsOf(bench).slice(1), [
      'memory > 90% for 1 min · 20 % · quiet (pass)',
      'memory > 90% · critical, TIME, for 2 min, 95 % (history)',
      'memory > 90% · critical, TIME, for 2 min, 95 % (history)',
    ]);
  });

  it('are none where nothing is set and nothing was', () => {
    const { environment, watch } = new Bench([]);
    assert.equal(presentAlerts(environment, watch.watched, []), undefined);
  });

  it('say when they are snoozed, and offer to end that', () => {
    const bench = new Bench(alerts.slice(0, 1));
    bench.poll(95);
    bench.watch.snooze(bench.only().rule.id, bench.clock.wallMs() + 3_600_000);
    const [one] = presentRules(bench.environment, bench.watch.watched, bench.clock.wallMs());
    assert.match(one?.row.description ?? '', / · snoozed until \d/);
    assert.equal(one?.row.contextValue, 'alert pending snoozed');
    assert.match(one.row.tooltip ?? '', /\nEvict\.\n/);
  });
});

describe('What fires', () => {
  it('is said in the environment’s row, which is not green then', async () => {
    const bench = new Bench(alerts.slice(0, 2));
    await bench.pollFor(120_000, 95);
    const { watched } = bench.watch;
    const firing = { words: firingWords(watched) ?? '', state: firingState(watched) };
    const view = {
      active: false,
      folderName: undefined,
      reports: new Map([['redis', healthy] as const]),
      alerts: firing,
    };
    const row = presentEnvironment(bench.environment, view);
    assert.match(row.description ?? '', /^production · 1 critical alert · /);
    assert.equal(row.icon?.name, 'warning');
    await bench.pollFor(600_000, 95);
    assert.equal(firingWords(bench.watch.watched), '1 critical, 1 warning alerts');
  });

  it('stands in the diagnostics, with the episodes', async () => {
    const bench = new Bench(alerts.slice(0, 1));
    await bench.pollFor(120_000, 95);
    const lines = describeAlerts(bench.watch.watched, bench.watch.kept.episodes, bench.clock.wallMs());
    const about = { nowWallMs: bench.clock.wallMs(), version: '1', secrets: ['95'], alerts: lines };
    const text = describeHealth(bench.environment, new Map(), about);
    assert.match(text, /## Alerts\n\n- memory > 90% for 1 min \(critical\): .* · critical since /);
    assert.match(text, /Episodes, newest first:\n\n- memory > 90%: critical, .*still firing/);
    assert.ok(!text.includes('95 %'), 'secrets are removed here too');
  });
});
