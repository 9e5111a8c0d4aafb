import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OpsError, explain } from '../../src/core/errors.ts';
import { weekBefore } from '../sandbox/deployments.ts';
import { isAlive } from '../sandbox/install.ts';
import { isPortTaken } from '../sandbox/ports.ts';
import { createOwnership } from '../sandbox/ownership.ts';
import { startPrometheus } from '../sandbox/prometheus.ts';
import { startRedis } from '../sandbox/redis.ts';
import { eventually } from '../eventually.ts';
import { queryPrometheus } from './support/sandboxAnswers.ts';

describe('A server of the sandbox', function () {
  this.timeout(60_000);
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'cache-ops-servers-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('that finds its port taken says which, by whom, and what to do', async () => {
    const first = await startRedis({ folder });
    const message = await startRedis({ folder: join(folder, 'other'), port: first.port }).then(
      () => 'started',
      explain,
    );
    await first.stop();
    assert.match(message, new RegExp(`Port ${first.port}, wanted for Redis, is in use`));
    if (process.platform === 'linux') assert.match(message, new RegExp(`redis-server \\(process ${first.pid}\\)`));
  });

  it('that does not come up is quoted', async () => {
    const starting = startRedis({ folder, config: { maxmemory: 'plenty' } });
    await assert.rejects(starting, (error) => {
      assert.ok(error instanceof OpsError);
      assert.match(error.message, /^Redis \(.*redis-server\) ended with 1 before it was ready/);
      assert.match(error.next ?? '', /argument must be a memory value/);
      return true;
    });
  });

  it('that is still coming up when all is stopped is waited for and stopped', async () => {
    const ownership = createOwnership();
    const starting = ownership.own(startRedis({ folder }));
    await ownership.stopAll();
    const { pid } = await starting;
    assert.equal(isAlive(pid), false);
  });

  for (const [how, code] of [
    ['is killed', 'process.kill(process.pid, "SIGKILL")'],
    ['has an error that nobody catches', 'queueMicrotask(() => { throw new Error("bug"); })'],
    ['exits', 'process.exit(0)'],
  ] as const) {
    it(`ends when the program that started it ${how}`, async function () {
      if (how === 'is killed' && !existsSync('/usr/bin/setpriv')) {
        console.log('      skipped: only Linux with setpriv can end a server when its parent was killed');
        this.skip();
      }
      const module = JSON.stringify(join(import.meta.dirname, '../sandbox/redis.ts'));
      const script = `import { startRedis } from ${module};
        const server = await startRedis({ folder: ${JSON.stringify(folder)} });
        process.stdout.write(String(server.port) + "\\n", () => { ${code} });`;
      const parent = spawn(process.execPath, ['--input-type=module', '--eval', script], {
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      let out = '';
      parent.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
      await once(parent, 'close');
      const port = Number(out);
      assert.ok(port > 0, 'the server had been started');
      await eventually(async () => assert.equal(await isPortTaken(port), false, `port ${port} is still served`), 5000);
    });
  }

  it('Prometheus has a week of history that ends now, and a second start makes only today’s', async function () {
    this.timeout(120_000);
    const history = weekBefore(12);
    const start = (name: string) => startPrometheus({ folder: join(folder, name), targets: [], history });
    await (await start('first')).stop();
    const begun = performance.now();
    const prometheus = await start('second');
    const seconds = (performance.now() - begun) / 1000;
    try {
      const query = (expression: string) => queryPrometheus(prometheus.url, expression);
      const [samples = 0] = await query('count_over_time(up{job="information-desk"}[8d])');
      assert.ok(samples >= 7 * 1440, `${samples} minutes`);
      const [age = 1e9] = await query('time() - max(timestamp(up))');
      assert.ok(age < 120, `the last sample is ${age} s old`);
      const hitRates = await query(
        'sum by (job) (increase(tool_cache_hits_total[6d])) / (sum by (job) (increase(tool_cache_hits_total[6d])) + sum by (job) (increase(tool_cache_misses_total[6d])))',
      );
      const [worse = 0, better = 0] = hitRates.toSorted((a, b) => a - b);
      assert.ok(better > 0.75 && worse < 0.5, `${better} and ${worse}`);
      assert.ok(seconds < 10, `the second start took ${seconds} s`);
    } finally {
      await prometheus.stop();
    }
  });
});
