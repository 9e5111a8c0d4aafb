import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openApplicationProbe } from '../../src/clients/applicationProbe.ts';
import { systemClock } from '../../src/core/clock.ts';
import type { ServiceProbe } from '../../src/core/health/monitor.ts';
import { ask } from '../sandbox/ask.ts';
import { startRedis } from '../sandbox/redis.ts';
import type { RedisServer } from '../sandbox/redis.ts';
import { startSampleApp } from '../sandbox/sampleApp.ts';
import type { SampleApp } from '../sandbox/sampleApp.ts';
import { findFreePort } from '../sandbox/serverProcess.ts';
import { startBadServer } from './support/badServers.ts';
import { startHttpStandIn } from './support/httpStandIn.ts';
import { environmentWith, failureOf, readAll, reading, said, secretsOf } from './support/serviceReadings.ts';

const metrics = { hits: 'tool_cache_hits_total', misses: 'tool_cache_misses_total', latency: 'tool_run_seconds' };

function open(application: object, more: object = { metrics }, secrets: Record<string, string> = {}): ServiceProbe {
  return openApplicationProbe(environmentWith({ application, ...more }), secretsOf(secrets), systemClock);
}

describe('the health of the sample application', function () {
  this.timeout(60_000);
  let folder: string;
  let redis: RedisServer;
  let app: SampleApp;
  const addresses = () => ({
    health: `${app.url}/health`,
    metrics: `${app.url}/metrics`,
    stats: `${app.url}/api/cache/stats`,
  });

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'cache-ops-application-'));
    await writeFile(join(folder, '.env'), 'ENABLE_SEMANTIC_CACHE_V2=0\n');
    redis = await startRedis({ folder: join(folder, 'redis') });
    app = await startSampleApp({
      envFile: join(folder, '.env'),
      pidFile: join(folder, 'pid'),
      redis: { url: redis.url },
    });
  });
  after(async () => {
    await app?.stop();
    await redis?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('is read with its checks, counters and statistics', async () => {
    for (const question of ['one', 'one', 'two']) await ask(`${app.url}/answer?namespace=search&q=${question}`);
    const probe = open(addresses());
    const report = await readAll(probe);
    probe.close();
    assert.equal(report.summary, 'healthy');
    assert.deepEqual(said(report, 'health'), ['“healthy”, HTTP 200', 'healthy']);
    assert.deepEqual(said(report, 'check/redis'), ['ok', 'healthy']);
    assert.deepEqual(said(report, 'check/qdrant'), ['off', 'fact']);
    assert.deepEqual(said(report, 'counter/hits'), ['1 (tool_cache_hits_total)', 'healthy']);
    assert.deepEqual(said(report, 'counter/misses'), ['2 (tool_cache_misses_total)', 'healthy']);
    assert.deepEqual(said(report, 'counter/latency'), ['3 (tool_run_seconds_count)', 'healthy']);
    assert.deepEqual(said(report, 'stats/entries.redis'), ['2', 'fact']);
    assert.match(said(report, 'answerTime')[0], / ms$/);
  });

  it('is degraded when a counter that is configured is not exposed, or an address is wrong', async () => {
    const wrong = { ...addresses(), stats: `${app.url}/api/stats` };
    const probe = open(wrong, { metrics: { ...metrics, hits: 'cache_hits_total' } });
    const report = await readAll(probe);
    probe.close();
    assert.deepEqual(said(report, 'counter/hits'), ['cache_hits_total: not exposed', 'degraded']);
    assert.deepEqual(said(report, 'stats'), ['not found (HTTP 404)', 'degraded']);
    assert.equal(report.state, 'degraded');
  });

  it('is degraded, and names the check, when its Redis is gone', async () => {
    const probe = open({ health: addresses().health });
    await redis.kill();
    const report = await readAll(probe);
    probe.close();
    assert.deepEqual(said(report, 'health'), ['“degraded”, HTTP 200', 'degraded']);
    assert.deepEqual(said(report, 'check/redis'), ['failed', 'degraded']);
    assert.ok(reading(report, 'check/redis').detail);
  });

  it('is down when it is stopped', async () => {
    const health = addresses().health;
    await app.stop();
    assert.equal((await failureOf(open({ health }))).code, 'refused');
  });
});

describe('an application that misleads (stand-in)', () => {
  it('shows a page at its health address: that is not known to be healthy', async () => {
    const server = await startHttpStandIn(() => ({ body: '<!doctype html><title>Shop</title>' }));
    const report = await readAll(open({ health: `${server.url}/health` }));
    await server.stop();
    assert.equal(report.state, 'unknown');
  });

  it('has no such address', async () => {
    const server = await startHttpStandIn(() => ({ status: 404 }));
    const { message } = await failureOf(open({ health: `${server.url}/healthz` }));
    await server.stop();
    assert.match(message, /\/healthz is not found \(HTTP 404\)/);
  });

  it('wants a login, and gets the token', async () => {
    const server = await startHttpStandIn(({ headers }) =>
      headers.authorization === 'Bearer abc' ? { body: { status: 'up' } } : { status: 401 },
    );
    const health = `${server.url}/health/`;
    assert.equal((await failureOf(open({ health }))).code, 'authentication');
    assert.equal((await readAll(open({ health }, {}, { 'application.token': 'abc' }))).state, 'healthy');
    assert.deepEqual(server.asked, ['/health/', '/health/'], 'asked at exactly the address in the settings');
    await server.stop();
  });

  it('repeats the login in its error, which is not shown', async () => {
    const server = await startHttpStandIn(({ headers }) => ({
      status: 403,
      body: `No access for ${headers.authorization?.split(' ')[1] ?? ''} and ${String(headers['x-team-token']).split(' ')[1]}`,
    }));
    const application = {
      health: `${server.url}/health`,
      username: 'desk',
      headers: { 'X-Team-Token': 'Team ${secret}' },
    };
    const secrets = { 'application.password': 'hunter2', 'application.headers.X-Team-Token': 'Team abcdef' };
    const { message } = await failureOf(open(application, {}, secrets));
    await server.stop();
    assert.match(message, /It said: No access for ••• and •••$/);
  });

  it('sends on to a slash, as web frameworks do', async () => {
    const server = await startHttpStandIn(({ url }) =>
      url === '/health' ? { status: 308, headers: { location: '/health/' } } : { body: 'ok' },
    );
    assert.equal((await readAll(open({ health: `${server.url}/health` }))).state, 'healthy');
    await server.stop();
  });

  it('closes a kept connection just as it is asked again: that is no failure', async () => {
    const used = new WeakSet<object>();
    const server = await startHttpStandIn(({ socket }) => {
      if (!used.has(socket)) {
        used.add(socket);
        return { body: 'ok' };
      }
      socket.destroy();
      return undefined;
    });
    const probe = open({ health: `${server.url}/health` });
    await readAll(probe);
    assert.equal((await readAll(probe)).state, 'healthy');
    assert.equal(server.asked.length, 3);
    probe.close();
    await server.stop();
  });

  it('closes every connection: that is a failure', async () => {
    const server = await startBadServer((socket) => socket.destroy());
    assert.equal((await failureOf(open({ health: `http://127.0.0.1:${server.port}/health` }))).code, 'closed');
    await server.stop();
  });

  it('hangs', async () => {
    const server = await startBadServer();
    const { code, message } = await failureOf(open({ health: `http://127.0.0.1:${server.port}/health` }));
    await server.stop();
    assert.equal(code, 'timedOut');
    assert.match(message, /within 5 s/);
  });

  it('hangs only at its metrics: those are unknown, the rest is read', async () => {
    const server = await startHttpStandIn(({ url }) => (url === '/metrics' ? undefined : { body: 'ok' }));
    const report = await readAll(open({ health: `${server.url}/health`, metrics: `${server.url}/metrics` }));
    await server.stop();
    assert.deepEqual(said(report, 'metrics'), ['could not be read', 'unknown']);
    assert.equal(report.state, 'unknown');
  });

  it('is behind a tunnel that cannot be opened: nothing is asked at the address as seen from here', async () => {
    const port = await findFreePort();
    const tunnel = { kind: 'ssh', host: 'bastion.example.org' };
    const { code, message } = await failureOf(open({ health: `http://127.0.0.1:${port}/health` }, { tunnel }));
    assert.equal(code, 'settings');
    assert.match(message, /through a tunnel/);
  });
});
