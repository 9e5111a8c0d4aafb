import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openApplicationProbe } from '../../src/clients/applicationProbe.ts';
import { openGrafanaProbe } from '../../src/clients/grafanaProbe.ts';
import { openPrometheusProbe } from '../../src/clients/prometheusProbe.ts';
import { openQdrantProbe } from '../../src/clients/qdrantProbe.ts';
import { openRedisProbe } from '../../src/clients/redisProbe.ts';
import { systemClock } from '../../src/core/clock.ts';
import type { Environment } from '../../src/core/environment/environment.ts';
import { Fleet } from '../../src/core/health/fleet.ts';
import { presentEnvironment } from '../../src/core/health/present.ts';
import { eventually } from '../eventually.ts';
import { sandboxEnvironment } from '../sandbox/environments.ts';
import { startSandbox } from '../sandbox/sandbox.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { askQuestion } from './support/sandboxAnswers.ts';
import { environmentWith, secretsOf } from './support/serviceReadings.ts';

const openers = {
  qdrant: openQdrantProbe,
  prometheus: openPrometheusProbe,
  application: openApplicationProbe,
  grafana: openGrafanaProbe,
};

describe('the whole sandbox', function () {
  this.timeout(90_000);
  let folder: string;
  let sandbox: Sandbox;
  let fleet: Fleet;
  let shop: Environment;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'cache-ops-fleet-'));
    sandbox = await startSandbox({ folder });
    const { redis, qdrant, prometheus, app } = sandbox;
    shop = environmentWith({
      ...sandboxEnvironment({
        name: 'sandbox',
        envFile: '.env',
        redis,
        qdrant: qdrant && { url: qdrant.url, collection: 'cache_similarity' },
        prometheus: { url: prometheus.url, job: 'information-desk' },
        app,
      }),
      limits: {},
    });
    fleet = new Fleet({
      clock: systemClock,
      openRedis: (environment) => openRedisProbe(environment, secretsOf(), systemClock),
      openService: (service, environment, needs) =>
        openers[service](environment, secretsOf(), systemClock, undefined, needs),
      onRead: () => undefined,
    });
    fleet.update([shop], 1000);
  });
  after(async () => {
    fleet?.dispose();
    await sandbox?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const words = async (): Promise<string> => {
    await Promise.all([...fleet.monitorsOf(shop).values()].map((monitor) => monitor.refresh()));
    const view = { active: false, folderName: undefined, reports: fleet.reportsOf(shop) };
    return presentEnvironment(shop, view).description ?? '';
  };

  it('is healthy in all its services while it runs, and no more when Qdrant is gone', async function () {
    if (sandbox.qdrantMissing !== undefined) {
      console.log(`      skipped: ${sandbox.qdrantMissing}`);
      this.skip();
    }
    await askQuestion(sandbox.app.url, 'search', 'When does the town hall open?');
    await eventually(async () => assert.equal(await words(), 'development · all 4 healthy'), 30_000);
    await sandbox.qdrant?.kill();
    await eventually(async () => {
      const said = await words();
      assert.match(said, /^development · Qdrant connection refused · Application .*degraded: health, check qdrant · /);
      assert.match(said, /Redis/);
    }, 20_000);
  });
});
