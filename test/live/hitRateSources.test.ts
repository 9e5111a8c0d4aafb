import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../src/core/clock.ts';
import type { Environment } from '../../src/core/environment/environment.ts';
import type { EnvironmentHitRate } from '../../src/core/health/environmentHitRate.ts';
import type { Fleet } from '../../src/core/health/fleet.ts';
import { hitRateDetail, hitRateWords } from '../../src/core/health/presentHitRate.ts';
import { eventually } from '../eventually.ts';
import { sandboxEnvironment } from '../sandbox/environments.ts';
import { startSandbox } from '../sandbox/sandbox.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { realFleet } from './support/realFleet.ts';
import { askQuestion, askStats } from './support/sandboxAnswers.ts';
import { environmentWith, secretsOf } from './support/serviceReadings.ts';

describe('the hit rate of the sandbox, as its servers go one after the other', function () {
  this.timeout(120_000);
  let folder: string;
  let sandbox: Sandbox;
  let shop: Environment;
  let fleet: Fleet;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'cache-ops-hit-rate-sources-'));
    sandbox = await startSandbox({ folder });
    const { redis, prometheus, app } = sandbox;
    const addresses = {
      name: 'sandbox' as const,
      envFile: '.env',
      redis,
      qdrant: undefined,
      prometheus: { url: prometheus.url, job: 'information-desk' },
      app,
    };
    shop = environmentWith(sandboxEnvironment(addresses));
    fleet = realFleet(systemClock, secretsOf());
    // Nothing polls by itself here.
    fleet.update([shop], 60_000);
  });
  after(async () => {
    fleet?.dispose();
    await sandbox?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const read = (): Promise<EnvironmentHitRate> => fleet.refreshHitRate(shop);
  const detail = (hitRate: EnvironmentHitRate): string => hitRateDetail(shop, hitRate, Date.now()).join('\n');

  /** `times` of them are asked, the first of which is new. */
  async function ask(namespace: string, question: string, times: number): Promise<void> {
    for (let asked = 0; asked < times; asked++) await askQuestion(sandbox.app.url, namespace, question);
  }

  /** What the application itself has counted since it started. */
  async function ownCounts(): Promise<{ readonly hits: number; readonly misses: number }> {
    const { namespaces } = await askStats(sandbox.app.url);
    const all = Object.values(namespaces);
    return {
      hits: all.reduce((sum, { exactHits, semanticHits }) => sum + exactHits + semanticHits, 0),
      misses: all.reduce((sum, { misses }) => sum + misses, 0),
    };
  }

  it('is no traffic, by Prometheus, while nobody asks anything', async () => {
    await eventually(async () => assert.equal(hitRateWords(await read()), 'no traffic (Prometheus)'), 40_000);
  });

  it('is what the application has counted itself, in all and by namespace', async () => {
    await ask('search', 'When does the town hall open?', 4);
    await ask('summary', 'Which documents does a passport take?', 2);
    const { hits, misses } = await ownCounts();
    assert.deepEqual([hits, misses], [4, 2]);
    await eventually(async () => {
      const now = await read();
      assert.equal(hitRateWords(now), '66.7 % hits (Prometheus)');
      const search = now.used?.parts.find(({ name }) => name === 'search');
      assert.ok(search?.rate.kind === 'rate' && Math.abs(search.rate.ratio - 0.75) < 0.01, JSON.stringify(search));
    }, 20_000);
  });

  it('says that the application restarted, and counts on', async () => {
    process.kill(sandbox.app.pid(), 'SIGHUP');
    // It was started first when the sandbox was, a quarter of a minute ago.
    await eventually(
      async () => assert.match(detail(await read()), /application started \d s ago, within the window/),
      20_000,
    );
    assert.equal(hitRateWords(await read()), '66.7 % hits (Prometheus)');
  });

  it('comes from the application’s metrics page when Prometheus is gone, and says why', async () => {
    await sandbox.prometheus.kill();
    await eventually(async () => assert.match(hitRateWords(await read()), /\(application’s metrics page\)$/), 20_000);
    const before = await ownCounts();
    await ask('search', 'Where may I park a caravan?', 5);
    const after = await ownCounts();
    const now = await read();
    assert.match(detail(now), /^Not from Prometheus: no data: connection refused\.$/m);
    assert.ok(now.used?.rate.kind === 'rate');
    assert.equal(now.used.rate.hits, after.hits - before.hits);
    assert.equal(now.used.rate.misses, after.misses - before.misses);
    assert.equal(hitRateWords(now), '80.0 % hits (application’s metrics page)');
    assert.equal(now.judgement, 'ok');
  });

  it('is not known when the application is gone too: Redis’ own is named as what it is, and not judged', async () => {
    await sandbox.app.kill();
    const now = await read();
    assert.match(hitRateWords(now), /keyspace hits.* \(Redis\)$/);
    assert.equal(now.state, 'unknown');
    assert.match(detail(now), /^Not from application’s metrics page: no data: connection refused\.$/m);
    assert.match(detail(now), /^The application’s own hit rate is not known/m);
  });
});
