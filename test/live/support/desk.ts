import { execFile } from 'node:child_process';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { SetFlag } from '../../../src/core/flags/setFlag.ts';
import type { Outcome } from '../../../src/core/operations/operation.ts';
import { OperationRunner } from '../../../src/core/operations/runner.ts';
import { RollBack } from '../../../src/core/rollback/rollBack.ts';
import type { RollBackMeans } from '../../../src/core/rollback/rollBack.ts';
import type { RollBackWay } from '../../../src/core/rollback/way.ts';
import { startRedis } from '../../sandbox/redis.ts';
import { startSampleApp } from '../../sandbox/sampleApp.ts';
import type { SampleApp } from '../../sandbox/sampleApp.ts';
import { sendTraffic } from '../../sandbox/sendTraffic.ts';
import { flagSurroundings, testOperator } from './operations.ts';
import type { TestOperator } from './operations.ts';
import { environmentOf } from './runs.ts';

export const noMeans: RollBackMeans = { code: [], release: undefined, revision: undefined };

const flagOn = 'CACHE_ENABLED=true # the whole cache\n';
const scripts = path.resolve(import.meta.dirname, '../../sandbox/workspace/scripts');

export interface RollBackGiven {
  readonly means?: RollBackMeans;
  /** Of the environment, instead of its own. */
  readonly settings?: object;
  readonly skipped?: readonly (readonly [id: string, reason: string])[];
}

/** The sample application with its Redis, somebody who asks it questions all the while, and its flag in a .env file. */
export interface Desk {
  readonly folder: string;
  readonly envFile: string;
  readonly redisUrl: string;
  readonly app: SampleApp;
  operator: TestOperator;
  /** Of the live view. */
  lines: string[];
  /** The flag on, the application started with it, a new operator. */
  reset(): Promise<void>;
  env(): Promise<string>;
  rollBack(way: RollBackWay, given?: RollBackGiven): Promise<Outcome>;
  setFlag(value: string, given?: { readonly settings?: object; readonly shown?: string }): Promise<Outcome>;
  stop(): Promise<void>;
}

export async function startDesk(folder: string): Promise<Desk> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(path.join(folder, 'scripts'), { recursive: true });
  await mkdir(path.join(folder, 'run'));
  await writeFile(path.join(folder, 'scripts/restart.sh'), await readFile(path.join(scripts, 'restart.sh')));
  const envFile = path.join(folder, '.env');
  await writeFile(envFile, flagOn);
  const redis = await startRedis({ folder: path.join(folder, 'redis') });
  const pidFile = path.join(folder, 'run/sandbox.pid');
  const app = await startSampleApp({ envFile, pidFile, redis: { url: redis.url } });
  const stopping = new AbortController();
  const sent = sendTraffic({ url: app.url, seed: 1, ratePerSecond: 40, signal: stopping.signal });
  const surroundings = (settings: object = {}) =>
    flagSurroundings(environmentOf({ ...settingsOf(redis.url, app.url), ...settings }), folder);
  const desk: Desk = {
    folder,
    envFile,
    redisUrl: redis.url,
    app,
    operator: testOperator(),
    lines: [],
    reset: async () => {
      desk.operator = testOperator();
      desk.lines = [];
      await writeFile(envFile, flagOn);
      const health = await (await fetch(`${app.url}/health`)).text();
      if (health.includes('"CACHE_ENABLED":"true"')) return;
      await promisify(execFile)('sh', ['scripts/restart.sh', 'sandbox'], { cwd: folder });
    },
    env: () => readFile(envFile, 'utf8'),
    rollBack: (way, { means = noMeans, settings, skipped = [] } = {}) =>
      new OperationRunner(desk.operator.ports).run(
        new RollBack(surroundings(settings), means, {
          way,
          skipped: new Map(skipped),
          show: (line) => void desk.lines.push(line),
          watch: { everyMs: 300, atMostMs: 3_000 },
        }),
      ),
    setFlag: (value, { settings, shown } = {}) =>
      new OperationRunner(desk.operator.ports).run(
        new SetFlag(surroundings(settings), {
          name: 'CACHE_ENABLED',
          value,
          ...(shown === undefined ? {} : { shown: { value: shown } }),
        }),
      ),
    stop: async () => {
      stopping.abort();
      await sent;
      await app.stop();
      await redis.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
  return desk;
}

function settingsOf(redisUrl: string, appUrl: string): object {
  return {
    redis: { url: redisUrl },
    application: { health: `${appUrl}/health`, metrics: `${appUrl}/metrics`, stats: `${appUrl}/api/cache/stats` },
    metrics: { hits: 'tool_cache_hits_total', misses: 'tool_cache_misses_total', latency: 'tool_run_seconds' },
    target: { kind: 'envFile', file: '.env', restart: 'sh scripts/restart.sh sandbox', settleWithin: '20s' },
    flags: { CACHE_ENABLED: { on: 'true', off: 'false' } },
    limits: { p95: '200ms' },
  };
}

/** The outcome of an operation that changed something; fails the test where nothing was. */
export function ran(outcome: Outcome): Extract<Outcome, { readonly kind: 'ran' }> {
  if (outcome.kind !== 'ran') throw new Error(outcome.why);
  return outcome;
}
