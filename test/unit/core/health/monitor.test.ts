import assert from 'node:assert/strict';
import { OpsError } from '../../../../src/core/errors.ts';
import { readEnvironments } from '../../../../src/core/environment/read.ts';
import { Fleet } from '../../../../src/core/health/fleet.ts';
import { ServiceMonitor, unusedMs } from '../../../../src/core/health/monitor.ts';
import type { ServiceProbe } from '../../../../src/core/health/monitor.ts';
import { readingsOf, reportReadings } from '../../../../src/core/health/monitorParts.ts';
import type { Reading, ServiceReport } from '../../../../src/core/health/reading.ts';
import { FakeClock } from '../fakeClock.ts';

const good: ServiceReport = {
  state: 'healthy',
  summary: 'healthy',
  readings: [{ id: 'version', label: 'Version', value: '1.16.3', state: 'healthy' }],
  readAtMs: 1,
};

class TestProbe implements ServiceProbe {
  reads: boolean[] = [];
  closed = 0;
  answer: () => Promise<ServiceReport> = () => Promise.resolve(good);

  read(_signal: AbortSignal, fresh: boolean): Promise<ServiceReport> {
    this.reads.push(fresh);
    return this.answer();
  }

  close(): void {
    this.closed++;
  }
}

function monitor(probe: TestProbe, clock: FakeClock): ServiceMonitor {
  return new ServiceMonitor({ openProbe: () => probe, intervalMs: 10_000, clock, onRead: () => undefined });
}

describe('a service’s monitor', () => {
  it('reads nothing while nobody looks, and everything at the first look', async () => {
    const probe = new TestProbe();
    const clock = new FakeClock();
    const watched = monitor(probe, clock);
    await clock.advance(60_000);
    assert.deepEqual(probe.reads, []);
    const use = watched.use();
    await clock.advance(10_000);
    assert.deepEqual(probe.reads, [true, false]);
    assert.equal(watched.report?.state, 'healthy');
    use.dispose();
    await clock.advance(unusedMs - 1);
    assert.equal(probe.reads.length, 2);
    assert.equal(probe.closed, 0);
    watched.dispose();
    assert.equal(probe.closed, 1);
  });

  it('keeps no connection for nobody, and connects again for the next', async () => {
    const probe = new TestProbe();
    const clock = new FakeClock();
    const watched = monitor(probe, clock);
    const first = watched.use();
    await clock.advance(10_000);
    const second = watched.use();
    first.dispose();
    await clock.advance(2 * unusedMs);
    assert.equal(probe.closed, 0, 'somebody still looks');
    second.dispose();
    await clock.advance(unusedMs);
    assert.equal(probe.closed, 1);
    await watched.refresh();
    assert.equal(watched.report?.state, 'healthy');
    await clock.advance(unusedMs);
    assert.equal(probe.closed, 2, 'also after a read that nobody waited for longer');
    watched.dispose();
  });

  it('keeps what was known as unknown when a read fails, and reads everything again after', async () => {
    const probe = new TestProbe();
    const watched = monitor(probe, new FakeClock());
    await watched.refresh();
    probe.answer = () => Promise.reject(new OpsError('timedOut', 'qdrant:6333 did not answer within 5 s.'));
    await watched.refresh();
    assert.equal(watched.report?.state, 'down');
    assert.equal(watched.report.summary, 'timed out');
    assert.equal(watched.report.readAtMs, 1);
    assert.deepEqual(
      watched.report.readings.map(({ value, state }) => [value, state]),
      [['1.16.3', 'unknown']],
    );
    probe.answer = () => Promise.resolve(good);
    await watched.refresh();
    assert.equal(watched.report.state, 'healthy');
    watched.dispose();
  });

  it('says unknown, not down, when a secret is missing', async () => {
    const probe = new TestProbe();
    probe.answer = () => Promise.reject(new OpsError('secretMissing', 'The API key is not stored yet.'));
    const watched = monitor(probe, new FakeClock());
    await watched.refresh();
    assert.equal(watched.report?.state, 'unknown');
    assert.equal(watched.report.summary, 'secret needed');
    watched.dispose();
  });

  it('connects anew and reads everything when secrets changed', async () => {
    const probe = new TestProbe();
    const clock = new FakeClock();
    const watched = monitor(probe, clock);
    const use = watched.use();
    await clock.advance(0);
    watched.reopen();
    await clock.advance(0);
    assert.deepEqual([probe.closed, probe.reads], [1, [true, true]]);
    use.dispose();
    watched.dispose();
  });
});

describe('the fleet', () => {
  const settings = {
    redis: { url: 'redis://localhost' },
    qdrant: { url: 'http://localhost:6333' },
    application: { health: 'http://localhost:8000/health' },
  };
  const openRedis = () => ({ read: () => Promise.reject(new Error('not asked')), close: () => undefined });

  it('watches every service that an environment names, and no other', () => {
    const { environments } = readEnvironments(
      { shop: settings, small: { grafana: { url: 'http://localhost:3000' } } },
      undefined,
    );
    const openService = () => new TestProbe();
    const fleet = new Fleet({ openRedis, openService, clock: new FakeClock(), onRead: () => undefined });
    fleet.update(environments, 5_000);
    const [shop, small] = environments;
    assert.ok(shop && small);
    assert.deepEqual([...fleet.monitorsOf(shop).keys()], ['redis', 'qdrant', 'application']);
    assert.deepEqual([...fleet.monitorsOf(small).keys()], ['grafana']);
    const before = fleet.monitorOf(shop, 'qdrant');
    fleet.update(environments, 5_000);
    assert.equal(fleet.monitorOf(shop, 'qdrant'), before, 'kept with its history');
    fleet.update([], 5_000);
    assert.equal(fleet.monitorOf(shop, 'qdrant'), undefined);
  });

  it('adds to a service what is read on request only, and lets it decide', async () => {
    const { environments } = readEnvironments({ shop: { qdrant: { url: 'http://localhost:6333' } } }, undefined);
    const [shop] = environments;
    assert.ok(shop);
    const clock = new FakeClock();
    const probe = new TestProbe();
    probe.answer = () => Promise.resolve({ ...good, readAtMs: clock.wallMs() });
    let state: Reading['state'] = 'fact';
    const besides = () => [{ id: 'consistency', label: 'Consistency', value: '', state }];
    const fleet = new Fleet({ openRedis, openService: () => probe, clock, onRead: () => undefined, besides });
    fleet.update(environments, 5_000);
    assert.equal(fleet.reportsOf(shop).get('qdrant'), undefined);
    await fleet.monitorOf(shop, 'qdrant')?.refresh();
    assert.equal(fleet.reportsOf(shop).get('qdrant')?.summary, 'healthy');
    assert.equal(fleet.reportsOf(shop).get('qdrant')?.readings.length, 2);
    state = 'degraded';
    assert.equal(fleet.reportsOf(shop).get('qdrant')?.summary, 'degraded: consistency');
    fleet.dispose();
  });

  it('does not call healthy what nobody read for long', async () => {
    const clock = new FakeClock();
    const { environments } = readEnvironments({ shop: { grafana: { url: 'http://localhost:3000' } } }, undefined);
    const [shop] = environments;
    assert.ok(shop);
    const probe = new TestProbe();
    probe.answer = () => Promise.resolve({ ...good, readAtMs: clock.wallMs() });
    const fleet = new Fleet({ openRedis, openService: () => probe, clock, onRead: () => undefined });
    fleet.update(environments, 5_000);
    assert.equal(fleet.reportsOf(shop).get('grafana'), undefined);
    assert.ok(fleet.reportsOf(shop).has('grafana'), 'watched, and not read yet');
    const use = fleet.monitorOf(shop, 'grafana')?.use();
    await clock.advance(120_000);
    assert.equal(fleet.reportsOf(shop).get('grafana')?.state, 'healthy');
    use?.dispose();
    await clock.advance(59_000);
    assert.equal(fleet.reportsOf(shop).get('grafana')?.state, 'healthy');
    await clock.advance(12_000);
    const old = fleet.reportsOf(shop).get('grafana');
    assert.deepEqual(
      [old?.state, old?.summary, old?.readings[0]?.state],
      ['unknown', 'not read for a while', 'unknown'],
    );
    fleet.dispose();
  });

  it('without probes for them, watches Redis alone', () => {
    const { environments } = readEnvironments({ shop: settings }, undefined);
    const fleet = new Fleet({ openRedis, clock: new FakeClock(), onRead: () => undefined });
    fleet.update(environments, 5_000);
    const [shop] = environments;
    assert.ok(shop);
    assert.deepEqual([...fleet.monitorsOf(shop).keys()], ['redis']);
    fleet.dispose();
  });
});

describe('what a service answered in part', () => {
  const names = { id: 'rules', label: 'Rules' };

  it('is not offered by every server, which is no fault', () => {
    const [reading] = readingsOf({ kind: 'notOffered' }, names, () => []);
    assert.deepEqual([reading?.value, reading?.state], ['not offered', 'fact']);
  });

  it('is unknown where a right is missing, and says which', () => {
    const failure = { code: 'permission', message: 'A read-only key may not.', next: 'Use another key.' } as const;
    const [reading] = readingsOf({ kind: 'failed', failure }, names, () => []);
    assert.deepEqual([reading?.value, reading?.state], ['not permitted', 'unknown']);
    assert.equal(reading?.detail, 'A read-only key may not. Use another key.');
  });

  it('decides over the whole: one unknown is not healthy, and facts alone are not either', () => {
    const healthy = { id: 'a', label: 'A', value: '1', state: 'healthy' } as const;
    assert.equal(reportReadings([healthy], 1).summary, 'healthy');
    assert.equal(reportReadings([healthy, { ...healthy, state: 'unknown' }], 1).state, 'unknown');
    assert.equal(reportReadings([{ ...healthy, state: 'fact' }], 1).state, 'unknown');
    const three = ['One', 'Two', 'Three', 'Four'].map((label) => ({ ...healthy, label, state: 'degraded' as const }));
    assert.equal(reportReadings(three, 1).summary, 'degraded: one, two, 2 more');
    const both = [...three.slice(0, 1), { ...healthy, label: 'Rules', state: 'unknown' as const }];
    assert.equal(reportReadings(both, 1).summary, 'unknown: rules; degraded: one', 'neither hides the other');
  });
});
