import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { resolveHttpTarget } from '../../src/clients/http.ts';
import { PrometheusReload } from '../../src/clients/prometheusReload.ts';
import { outcomeWords } from '../../src/core/operations/outcomeWords.ts';
import { OperationRunner } from '../../src/core/operations/runner.ts';
import { ruleFile } from '../../src/core/watch/prometheusRules.ts';
import { startPrometheus } from '../sandbox/prometheus.ts';
import type { PrometheusServer } from '../sandbox/prometheus.ts';
import { recordingPorts } from '../unit/core/operations/ports.ts';
import { startHttpStandIn } from './support/httpStandIn.ts';
import { environmentWith, secretsOf } from './support/serviceReadings.ts';

function reloadOf(url: string, more: object = {}): PrometheusReload {
  const environment = environmentWith({ prometheus: { url }, ...more });
  const { prometheus } = environment.settings;
  assert.ok(prometheus);
  return new PrometheusReload(environment, () => resolveHttpTarget(environment, 'prometheus', prometheus, secretsOf()));
}

/** Carries it out, everything confirmed, and says what came of it. */
async function outcomeOf(reload: PrometheusReload): Promise<string> {
  return outcomeWords(await new OperationRunner(recordingPorts().ports).run(reload));
}

describe('Reloading a real Prometheus', function () {
  this.timeout(60_000);
  let folder: string;
  let server: PrometheusServer;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'cache-ops-reload-'));
    server = await startPrometheus({ folder, targets: [] });
  });
  after(async () => {
    await server?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('loads what was written, and says so from what the server shows', async () => {
    const reload = reloadOf(server.url);
    const rules = [{ alert: 'A', expr: 'vector(1) > 0', labels: {}, annotations: {} }];
    await writeFile(join(folder, 'rules.yml'), ruleFile('rules.yml', reload.environment, rules));
    const words = await outcomeOf(reload);
    assert.match(
      words,
      /^Reload Prometheus in shop: done and verified, after .*\. The configuration of \d{4}-.* is in force\./,
    );
    assert.match(words, /The rule group “cache-ops shop” is loaded, with 1 rule\.$/);
  });

  it('with a broken configuration says that the old one is in force', async () => {
    const before = await readFile(server.configFile, 'utf8');
    await writeFile(server.configFile, 'scrape_configs: nothing\n');
    const words = await outcomeOf(reloadOf(server.url));
    assert.match(words, /: failed, after .*Prometheus refused its configuration and keeps the old one\. It said: /);
    assert.match(words, /The configuration in the file was not taken; that of \d{4}-.* is still in force\./);
    const { plan } = await planOf(server.url);
    assert.match(plan.warnings.join(), /The last reload failed/);
    await writeFile(server.configFile, before);
    assert.match(await outcomeOf(reloadOf(server.url)), /done and verified/);
  });

  it('with a broken rule file sends to promtool, which says why', async () => {
    await writeFile(
      join(folder, 'rules-broken.yml'),
      'groups:\n  - name: a\n    rules:\n      - alert: A\n        expr: "sum("\n',
    );
    const words = await outcomeOf(reloadOf(server.url));
    assert.match(words, /keeps the old one.*promtool check config/);
    await rm(join(folder, 'rules-broken.yml'));
  });

  it('names the groups that are gone', async () => {
    await rm(join(folder, 'rules.yml'));
    assert.match(await outcomeOf(reloadOf(server.url)), /no longer loaded: cache-ops shop\.$/);
  });

  it('in a read-only environment is refused', async () => {
    await assert.rejects(outcomeOf(reloadOf(server.url, { readOnly: true })), /read-only/);
  });

  async function planOf(url: string) {
    const plan = await new OperationRunner(recordingPorts().ports).plan(reloadOf(url));
    return { plan };
  }

  it('is foreseen to be impossible where its lifecycle interface is off', async () => {
    const other = await startPrometheus({ folder: join(folder, 'other'), targets: [], lifecycle: false });
    try {
      const { plan } = await planOf(other.url);
      assert.match(plan.obstacles?.join() ?? '', /started without --web\.enable-lifecycle/);
      await assert.rejects(outcomeOf(reloadOf(other.url)), /was not begun\..*SIGHUP/);
    } finally {
      await other.stop();
    }
  });

  it('of an engine that says nothing about itself is inconclusive, not a success (stand-in)', async () => {
    const engine = await startHttpStandIn(({ url = '' }) =>
      url === '/-/reload' ? { body: '' } : { status: 404, body: 'not found' },
    );
    try {
      const words = await outcomeOf(reloadOf(engine.url));
      assert.match(words, /done, but not verified.*It does not say whether a reload succeeded/);
    } finally {
      await engine.stop();
    }
  });
});
