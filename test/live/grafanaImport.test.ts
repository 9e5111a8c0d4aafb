import assert from 'node:assert/strict';
import type { IncomingMessage } from 'node:http';
import { GrafanaImport } from '../../src/clients/grafanaImport.ts';
import { resolveHttpTarget } from '../../src/clients/http.ts';
import { outcomeWords } from '../../src/core/operations/outcomeWords.ts';
import { OperationRunner } from '../../src/core/operations/runner.ts';
import { readRule } from '../../src/core/watch/rulesOf.ts';
import { recordingPorts } from '../unit/core/operations/ports.ts';
import { startHttpStandIn } from './support/httpStandIn.ts';
import type { HttpStandIn, StandInAnswer } from './support/httpStandIn.ts';
import { environmentWith, secretsOf } from './support/serviceReadings.ts';

// There is no Grafana that could be started here: a stand-in written from the documentation of its HTTP API (dashboards,
// folders, data sources, alerting provisioning), which keeps what it is sent.

const token = 'glsa_of-this-test';

interface Kept {
  readonly dashboards: Map<string, { version: number; dashboard: Record<string, unknown> }>;
  readonly folders: Set<string>;
  readonly groups: Map<string, { readonly rules: Record<string, unknown>[] }>;
  /** What the rule group was sent with. */
  provenance: string | undefined;
  mayWriteRules: boolean;
  sources: object[];
}

async function bodyOf(request: IncomingMessage): Promise<Record<string, unknown>> {
  let text = '';
  for await (const part of request) text += String(part);
  const body: unknown = JSON.parse(text);
  assert.ok(typeof body === 'object' && body !== null);
  return { ...body };
}

function grafana(kept: Kept): Promise<HttpStandIn> {
  return startHttpStandIn(async (request): Promise<StandInAnswer> => {
    const { method = '', url = '', headers } = request;
    if (url === '/api/health') return { body: { database: 'ok', version: '11.2.0' } };
    if (headers.authorization !== `Bearer ${token}`) return { status: 401, body: { message: 'Unauthorized' } };
    if (url === '/api/org') return { body: { id: 7, name: 'Main Org.' } };
    if (url === '/api/datasources') return { body: kept.sources };
    const uid = decodeURIComponent(url.split('/').at(-1) ?? '');
    if (method === 'GET') return found(kept, url, uid);
    const body = await bodyOf(request);
    if (url === '/api/dashboards/db') return save(kept, body);
    if (url === '/api/folders') {
      kept.folders.add(String(body['uid']));
      return { body: { uid: body['uid'], title: body['title'] } };
    }
    if (!kept.mayWriteRules) return { status: 403, body: { message: 'user is not authorized to write alert rules' } };
    assert.ok(Array.isArray(body['rules']));
    kept.groups.set(uid, { rules: body['rules'].map((rule: object, index) => ({ uid: `made-${index}`, ...rule })) });
    kept.provenance = String(headers['x-disable-provenance']);
    return { body };
  });
}

function found(kept: Kept, url: string, uid: string): StandInAnswer {
  if (url.startsWith('/api/dashboards/uid/')) {
    const one = kept.dashboards.get(uid);
    if (!one) return { status: 404, body: { message: 'Dashboard not found' } };
    const dashboard = { ...one.dashboard, version: one.version };
    return { body: { dashboard, meta: { url: `/d/${uid}/cache`, updatedBy: 'desk' } } };
  }
  if (url.startsWith('/api/folders/')) return kept.folders.has(uid) ? { body: { uid } } : { status: 404 };
  const group = kept.groups.get(uid);
  return group ? { body: group } : { status: 404, body: '' };
}

function save(kept: Kept, body: Record<string, unknown>): StandInAnswer {
  const { dashboard, overwrite } = body;
  assert.ok(
    typeof dashboard === 'object' && dashboard !== null && 'uid' in dashboard && typeof dashboard.uid === 'string',
  );
  const before = kept.dashboards.get(dashboard.uid);
  if (before && overwrite !== true) return { status: 412, body: { status: 'version-mismatch', message: 'changed' } };
  const version = (before?.version ?? 0) + 1;
  kept.dashboards.set(dashboard.uid, { version, dashboard: { ...dashboard } });
  return { body: { status: 'success', uid: dashboard.uid, version } };
}

function nothingKept(): Kept {
  return {
    dashboards: new Map(),
    folders: new Set(),
    groups: new Map(),
    provenance: undefined,
    mayWriteRules: true,
    sources: [
      { uid: 'loki', name: 'Logs', type: 'loki' },
      { uid: 'prom', name: 'Prometheus', type: 'prometheus', url: 'http://prometheus:9090/' },
    ],
  };
}

describe('Importing into a Grafana (stand-in)', () => {
  let kept: Kept;
  let server: HttpStandIn;
  beforeEach(async () => {
    kept = nothingKept();
    server = await grafana(kept);
  });
  afterEach(() => server.stop());

  const importOf = (more: object = {}): GrafanaImport => {
    const environment = environmentWith({
      redis: { url: 'redis://localhost' },
      prometheus: { url: 'http://prometheus:9090', job: 'shop' },
      grafana: { url: server.url },
      metrics: {
        hits: 'shop_hits_total',
        misses: 'shop_misses_total',
        by: 'namespace',
        latency: 'shop_seconds',
        kind: { label: 'kind', exact: 'exact', semantic: 'semantic' },
      },
      limits: { hitRate: { warning: '60%', critical: '30%' }, redisMemory: '500MB' },
      alerts: ['p95 > 100ms for 10m', 'application down'],
      application: { health: 'http://localhost/health' },
      ...more,
    });
    const settings = environment.settings.grafana;
    assert.ok(settings);
    const alarm = readRule('cache_hit_rate < 20 % for 15m', 'critical', undefined, environment.settings);
    return new GrafanaImport(environment, [alarm], () =>
      resolveHttpTarget(environment, 'grafana', settings, secretsOf({ 'grafana.token': token })),
    );
  };
  const run = async (operation: GrafanaImport, ports = recordingPorts().ports): Promise<string> =>
    outcomeWords(await new OperationRunner(ports).run(operation));

  it('brings the dashboard of the configured metrics, and the alerts as rules, and looks whether they are there', async () => {
    const words = await run(importOf());
    assert.match(words, /done and verified/);
    assert.match(words, /The dashboard “Cache: shop” is there at http:.*\/d\/cache-ops-shop-\w+\/cache\./);
    assert.match(words, /5 alert rules are there\.$/);
    assert.deepEqual(importOf().request, {
      alarms: [{ when: 'cache_hit_rate < 20 %', holdMs: 900_000, severity: 'critical' }],
    });
    const [saved] = kept.dashboards.values();
    const text = JSON.stringify(saved?.dashboard);
    assert.match(text, /shop_hits_total\{job=\\"shop\\"\}\[\$__rate_interval\]/);
    assert.match(text, /"uid":"prom"/);
    assert.match(text, /Hit rate by namespace/);
    assert.doesNotMatch(text, /Error rate/, 'no panel for what the settings do not name');
    const [group] = kept.groups.values();
    assert.ok(group);
    assert.ok(group.rules.some(({ title }) => title === 'CacheHitRateBelow20Percent (critical, shop)'));
    const p95 = group.rules.find(({ title }) => String(title).startsWith('P95'));
    assert.equal(p95?.['for'], '600s');
    assert.equal(p95['orgID'], 7);
    assert.match(JSON.stringify(p95['data']), /"expression":"\$A > 0\.1"/);
    assert.equal(kept.provenance, 'true', 'they can be edited in Grafana');
  });

  it('says in the plan what is new, what is left out, and what is replaced', async () => {
    const first = await new OperationRunner(recordingPorts().ports).plan(importOf());
    assert.deepEqual(
      first.steps.map(({ id }) => id),
      ['dashboard', 'folder', 'rules'],
    );
    assert.match(first.targets.map(({ detail }) => detail).join(), /^new/);
    assert.match(first.warnings.join(), /Left out: redis memory > 500 MB\. It is read from Redis itself/);
    await run(importOf());
    const again = await new OperationRunner(recordingPorts().ports).plan(importOf({ alerts: undefined }));
    assert.deepEqual(
      again.steps.map(({ id }) => id),
      ['dashboard', 'rules'],
    );
    assert.match(again.warnings.join(), /changed by hand in this dashboard is replaced/);
    assert.match(again.warnings.join(), /no longer set go: P95Above100ms/);
    assert.match(again.targets[0]?.detail ?? '', /replaces version 1, of desk/);
  });

  it('again keeps the rules’ ids, and with them their history', async () => {
    await run(importOf());
    const ids = (): readonly unknown[] => [...kept.groups.values()].flatMap(({ rules }) => rules.map(({ uid }) => uid));
    const before = ids();
    assert.match(await run(importOf()), /done and verified/);
    assert.deepEqual(ids(), before);
    assert.equal([...kept.dashboards.values()][0]?.version, 2);
  });

  it('without the right to write rules says so; the dashboard stays, and skipping them is no failure', async () => {
    kept.mayWriteRules = false;
    assert.match(await run(importOf()), /failed.*may not be written.*role Editor/s);
    const { ports } = recordingPorts();
    const skipping = {
      ...ports,
      ask: { ...ports.ask, afterFailure: () => Promise.resolve({ kind: 'skip' as const, reason: 'later' }) },
    };
    assert.match(await run(importOf(), skipping), /done and verified.*not there: HitRateBelow30Percent/);
  });

  it('chooses the data source of the environment’s Prometheus, and never guesses among several', async () => {
    const other = { uid: 'other', name: 'Other', type: 'prometheus', url: 'http://elsewhere:9090' };
    kept.sources = [other, ...kept.sources];
    await run(importOf());
    assert.match(JSON.stringify([...kept.dashboards.values()]), /"uid":"prom"/);
    kept.sources = [other];
    const plan = await new OperationRunner(recordingPorts().ports).plan(importOf());
    assert.match(
      plan.warnings.join(),
      /The data source asks http:\/\/elsewhere:9090, the environment http:\/\/prometheus:9090/,
    );
    kept.sources = [other, { ...other, uid: 'third', name: 'Third' }];
    await assert.rejects(run(importOf()), /several Prometheus data sources \(Other, Third\).*Nothing was imported/);
    kept.sources = [];
    await assert.rejects(run(importOf()), /no Prometheus data source/);
  });

  it('without metrics there is nothing to show', async () => {
    await assert.rejects(run(importOf({ metrics: undefined })), /names no metrics/);
  });
});
