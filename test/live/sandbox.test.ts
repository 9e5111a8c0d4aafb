import assert from 'node:assert/strict';
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { STAGING_PASSWORD } from '../sandbox/environments.ts';
import { eventually } from '../eventually.ts';
import { ensureProgram, isAlive } from '../sandbox/install.ts';
import { run } from '../sandbox/install/cache.mjs';
import { startSandbox } from '../sandbox/sandbox.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { readBlocks } from './support/checklistCommands.ts';
import { askHealth, askQuestion, askStats, clearCache, queryPrometheus, readMetric } from './support/sandboxAnswers.ts';

describe('The sandbox', function () {
  this.timeout(60_000);
  let folder: string;
  let sandbox: Sandbox;
  let url: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'cache-ops-sandbox-'));
    sandbox = await startSandbox({ folder });
    url = sandbox.app.url;
  });
  after(async () => {
    await sandbox?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const pids = () => {
    const { redis, stagingRedis, qdrant, prometheus, app, stagingApp } = sandbox;
    const servers = [redis, stagingRedis, prometheus, ...(qdrant === undefined ? [] : [qdrant])];
    return [...servers.map(({ pid }) => pid), app.pid(), stagingApp.pid()];
  };

  it('has a Qdrant here', function () {
    if (sandbox.qdrantMissing === undefined) return;
    console.log(`      skipped, and so is all about semantic entries: ${sandbox.qdrantMissing}`);
    this.skip();
  });

  it('caches for real: worked out once, then found word for word, then by its meaning', async function () {
    const first = await askQuestion(url, 'search', 'What are the opening hours of the town hall?');
    const again = await askQuestion(url, 'search', 'What are the opening hours of the town hall?');
    assert.deepEqual([first.source, again.source], ['computed', 'exact']);
    assert.equal(again.answer, first.answer);
    const other = await askQuestion(url, 'search', 'How much is parking at the stadium?');
    assert.equal(other.source, 'computed', 'another question is not taken for it');
    if (sandbox.qdrant === undefined) this.skip();
    const reworded = await askQuestion(url, 'search', 'town hall opening hours, please');
    assert.equal(reworded.source, 'semantic');
    assert.equal(reworded.answer, first.answer);
  });

  it('keeps namespaces apart', async () => {
    const question = 'Where is the lost property office?';
    await askQuestion(url, 'search', question);
    assert.equal((await askQuestion(url, 'translate', question)).source, 'computed');
  });

  it('writes keys of the namespace that expire', async () => {
    await askQuestion(url, 'classify', 'Whose is the fountain?');
    const redis = new Redis(sandbox.redis.url);
    try {
      const [key = ''] = await redis.keys('cache:classify:*');
      const seconds = await redis.ttl(key);
      assert.ok(seconds >= 149 && seconds <= 300, `${key} lives ${seconds} s`);
    } finally {
      redis.disconnect();
    }
  });

  it('counts in its metrics what it was asked', async () => {
    const read = async () => ({
      hits: await readMetric(url, 'tool_cache_hits_total', 'namespace="sentiment",kind="exact"'),
      misses: await readMetric(url, 'tool_cache_misses_total', 'namespace="sentiment"'),
      cachedRuns: await readMetric(url, 'tool_run_seconds_count', 'tool="sentiment",cached="true"'),
    });
    const before = await read();
    for (let time = 0; time < 5; time += 1) await askQuestion(url, 'sentiment', 'Is this friendly: "hello there"');
    const after = await read();
    assert.deepEqual(after, { hits: before.hits + 4, misses: before.misses + 1, cachedRuns: before.cachedRuns + 4 });
    const { namespaces } = await askStats(url);
    assert.equal(namespaces['sentiment']?.exactHits, after.hits);
    assert.equal(namespaces['sentiment']?.misses, after.misses);
  });

  it('is scraped by Prometheus, both deployments', async () => {
    await eventually(async () => {
      assert.deepEqual(await queryPrometheus(sandbox.prometheus.url, 'up'), [1, 1]);
    }, 15_000);
    const hits = await queryPrometheus(sandbox.prometheus.url, 'sum(tool_cache_hits_total{job="information-desk"})');
    assert.ok((hits[0] ?? 0) > 0);
  });

  it('empties one namespace, or Redis and Qdrant altogether', async () => {
    const before = await askStats(url);
    const classify = await clearCache(url, 'classify');
    assert.ok(classify.redisKeys >= 1);
    const all = await clearCache(url);
    assert.equal(all.redisKeys, before.entries.redis - classify.redisKeys);
    const { entries } = await askStats(url);
    assert.deepEqual(entries, { redis: 0, qdrant: sandbox.qdrant === undefined ? null : 0 });
  });

  it('has a staging that wants its password', async () => {
    const { stagingRedis, variables } = sandbox;
    const open = new Redis(stagingRedis.url, { lazyConnect: true });
    open.on('error', () => {});
    await assert.rejects(open.get('x'), /NOAUTH/);
    open.disconnect();
    const password = variables[STAGING_PASSWORD] ?? '';
    const desk = new Redis(stagingRedis.url, { username: 'desk', password });
    assert.equal(await desk.ping(), 'PONG');
    desk.disconnect();
    const settings = await readFile(join(sandbox.workspace, '.vscode/settings.json'), 'utf8');
    assert.ok(!settings.includes(password), 'the settings do not hold it');
  });

  it('reads a changed flag only when it is restarted', async function () {
    if (sandbox.qdrant === undefined) this.skip();
    const shell = (script: string) => run('sh', ['-c', script], { cwd: sandbox.workspace });
    await shell('sh scripts/set-flag.sh .env ENABLE_SEMANTIC_CACHE_V2 0');
    assert.equal((await askHealth(url)).flags['ENABLE_SEMANTIC_CACHE_V2'], '1');
    const before = sandbox.app.pid();
    assert.match(await shell('sh scripts/restart.sh sandbox'), new RegExp(`process ${before} is now`));
    const health = await askHealth(url);
    assert.equal(health.flags['ENABLE_SEMANTIC_CACHE_V2'], '0');
    assert.equal(health.status, 'healthy');
    await askQuestion(url, 'search', 'Which bridge is open?');
    assert.equal((await askQuestion(url, 'search', 'bridge open: which?')).source, 'computed');
    await shell('sh scripts/set-flag.sh .env ENABLE_SEMANTIC_CACHE_V2 1 && sh scripts/restart.sh sandbox');
    assert.equal((await askHealth(url)).checks['qdrant']?.status, 'ok');
  });

  for (const [name, environment] of [
    ['semantic-cache-rollout-checklist.md', 'staging'],
    ['semantic-cache-rollout-checklist.md', 'sandbox'],
    ['redis-maintenance-runbook.md', 'sandbox'],
  ] as const) {
    it(`has in ${name} only commands that do in ${environment} what it expects of them`, async function () {
      if (sandbox.qdrant === undefined) this.skip();
      await Promise.all([ensureProgram('redis-cli'), ensureProgram('curl')]);
      const { workspace, environments, variables } = sandbox;
      const resolve = (value: string) =>
        value.replace(`\${env:${STAGING_PASSWORD}}`, variables[STAGING_PASSWORD] ?? '');
      const settings = Object.entries(environments[environment].variables ?? {});
      const env = { ...process.env, ...Object.fromEntries(settings.map(([key, value]) => [key, resolve(value)])) };
      const blocks = readBlocks(await readFile(join(workspace, 'docs', name), 'utf8'));
      assert.ok(blocks.length >= 10, `${blocks.length} blocks`);
      for (const { line, script, expected } of blocks) {
        const output = await run('bash', ['-euc', script], { cwd: workspace, env });
        for (const pattern of expected) assert.match(output, pattern, `${name}, block at line ${line}`);
      }
    });
  }

  it('goes on without its Redis, and says so', async () => {
    await sandbox.redis.kill();
    const health = await askHealth(url);
    assert.equal(health.status, 'degraded');
    assert.equal(health.checks['redis']?.status, 'failed');
    assert.equal((await askQuestion(url, 'search', 'Is anyone there?')).source, 'computed');
    assert.ok((await readMetric(url, 'tool_cache_errors_total', 'store="redis"')) > 0);
  });

  it('leaves no process and no process id file when it is stopped', async () => {
    const running = pids();
    await sandbox.stop();
    assert.deepEqual(running.filter(isAlive), []);
    assert.deepEqual(await readdir(join(sandbox.workspace, 'run')), []);
  });

  it('starts again within seconds, with traffic of all kinds, keeping its workspace', async function () {
    // Rolled back by the checklist's last commands, and kept so.
    const flags = join(sandbox.workspace, '.env');
    assert.match(await readFile(flags, 'utf8'), /^ENABLE_SEMANTIC_CACHE_V2=0$/m);
    await run('sh', ['scripts/set-flag.sh', '.env', 'ENABLE_SEMANTIC_CACHE_V2', '1'], { cwd: sandbox.workspace });
    sandbox = await startSandbox({ folder, ratePerSecond: 60 });
    if (sandbox.qdrant === undefined) this.skip();
    await eventually(async () => {
      const { search } = (await askStats(sandbox.app.url)).namespaces;
      assert.ok(search !== undefined && search.exactHits > 0 && search.semanticHits > 0 && search.misses > 0);
    });
    await eventually(async () => assert.ok((await askStats(sandbox.stagingApp.url)).entries.redis > 0));
    await sandbox.stop();
  });
});
