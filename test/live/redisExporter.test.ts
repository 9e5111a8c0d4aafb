import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { Redis } from 'ioredis';
import { DashboardSource } from '../../src/clients/dashboardSource.ts';
import { captureBaseline } from '../../src/core/baseline/capture.ts';
import type { AskRange } from '../../src/core/dashboard/load.ts';
import type { View } from '../../src/core/dashboard/model.ts';
import { gridOf } from '../../src/core/dashboard/range.ts';
import { Recording } from '../../src/core/dashboard/recording.ts';
import { loadView } from '../../src/core/dashboard/view.ts';
import type { Environment } from '../../src/core/environment/environment.ts';
import { readEnvironments } from '../../src/core/environment/read.ts';
import { eventually } from '../eventually.ts';
import { startPrometheus } from '../sandbox/prometheus.ts';
import { startRedis } from '../sandbox/redis.ts';
import { startRedisExporter } from '../sandbox/redisExporter.ts';

const folder = path.resolve(import.meta.dirname, '../../.sandbox/live-redis-exporter');
const range = { kind: 'live', spanMs: 900_000 } as const;

describe('A Redis that redis_exporter is scraped for', function () {
  this.timeout(120_000);
  const stops: (() => Promise<unknown>)[] = [];
  let environment: Environment;
  let ask: AskRange;
  let redis: Redis;
  let runId: string;

  before(async () => {
    await rm(folder, { recursive: true, force: true });
    const keep = <T extends { stop(): Promise<unknown> }>(server: T): T => {
      stops.push(() => server.stop());
      return server;
    };
    const ours = keep(await startRedis({ folder: path.join(folder, 'ours') }));
    const another = keep(await startRedis({ folder: path.join(folder, 'another') }));
    const [one, other] = [keep(await startRedisExporter(ours.port)), keep(await startRedisExporter(another.port))];
    const prometheus = keep(
      await startPrometheus({
        folder: path.join(folder, 'prometheus'),
        targets: [
          { job: 'redis', instance: 'cache-1.example:6379', port: one.port },
          { job: 'other-redis', instance: 'cache-2.example:6379', port: other.port },
        ],
      }),
    );
    const settings = { redis: { url: ours.url }, prometheus: { url: prometheus.url } };
    const { environments, problems } = readEnvironments({ desk: settings }, undefined);
    const [found] = environments;
    assert.ok(found, problems.map(({ message }) => message).join());
    environment = found;
    const made = new DashboardSource(environment, () => Promise.resolve(undefined)).asker(new AbortController().signal);
    assert.ok(made);
    ask = made;
    redis = new Redis(ours.url);
    stops.push(() => redis.quit());
    runId = /run_id:(\w+)/.exec(await redis.info('server'))?.[1] ?? '';
    const decoy = new Redis(another.url);
    await Promise.all(Array.from({ length: 50 }, (_, index) => decoy.set(`other:${index}`, 'x')));
    await decoy.quit();
    await Promise.all(Array.from({ length: 7 }, (_, index) => redis.set(`cache:${index}`, 'x')));
  });

  after(async () => {
    for (const stop of stops.toReversed()) await stop();
  });

  function view(redisRunIds: readonly string[]): Promise<View> {
    return loadView({
      settings: environment.settings,
      range,
      grid: gridOf(range, Date.now(), 1000),
      ask,
      recording: Recording.empty(),
      redisRunIds,
      markers: () => Promise.resolve([]),
      troubles: [],
      overlay: undefined,
      nowMs: () => Date.now(),
    });
  }

  it('is told by its run id from any other, and shown from Prometheus, which is named', async () => {
    const shown = await eventually(async () => {
      await redis.set('cache:0', 'again');
      const read = await view([runId]);
      const commands = read.charts.find(({ id }) => id === 'commands');
      assert.equal(commands?.state.kind, 'ready');
      return read;
    }, 60_000);
    const tile = (id: string) => shown.tiles.find((one) => one.id === id);
    assert.equal(tile('keys')?.value, 7);
    assert.equal(tile('keys')?.source, 'Prometheus (redis_exporter)');
    assert.ok((tile('memory')?.value ?? 0) > 500_000);
    assert.equal(tile('evictions')?.value, 0);
    for (const id of ['memory', 'keys', 'evictions', 'commands']) {
      const chart = shown.charts.find((one) => one.id === id);
      assert.equal(chart?.source, 'Prometheus (redis_exporter)', id);
      assert.match(chart.queries[0]?.query ?? '', /instance=~"cache-1\\\\.example:6379"/);
    }
  });

  it('is shown from what was recorded here where its run id is not among those scraped', async () => {
    const shown = await view(['0'.repeat(40)]);
    assert.equal(shown.tiles.find(({ id }) => id === 'keys')?.value, null);
    assert.ok(shown.charts.every(({ source }) => !source.includes('redis_exporter')));
  });

  it('gives a baseline its figures, with the scrapes they rest on', async () => {
    const { baseline } = await captureBaseline({
      environment,
      toMs: Date.now(),
      windowMs: 900_000,
      ask,
      recording: Recording.empty(),
      redisRunIds: [runId],
      happened: [],
    });
    const keys = baseline.figures.find(({ id }) => id === 'keys');
    assert.equal(keys?.source, 'Prometheus (redis_exporter)');
    assert.ok(keys.samples >= 2 && keys.value > 0 && keys.value <= 7);
    assert.deepEqual(Object.keys(baseline.hosts), ['prometheus']);
  });
});
