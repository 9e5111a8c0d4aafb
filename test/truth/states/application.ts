import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { startQdrant } from '../../sandbox/qdrant.ts';
import { startSampleApp } from '../../sandbox/sampleApp.ts';
import type { SampleApp } from '../../sandbox/sampleApp.ts';
import type { StandInAnswer } from '../../live/support/httpStandIn.ts';
import { answering, answeringAll } from '../making/http.ts';
import { suspend } from '../making/processes.ts';
import { redisOn, until } from '../making/redis.ts';
import type { Stage, State } from '../state.ts';

const metrics = { hits: 'tool_cache_hits_total', misses: 'tool_cache_misses_total' };

/** The sample application with real stores. */
async function sample(stage: Stage) {
  const redis = await redisOn(stage);
  const qdrant = await stage.own(startQdrant({ folder: path.join(stage.folder, 'qdrant') }));
  const envFile = path.join(stage.folder, 'app.env');
  await writeFile(envFile, 'ENABLE_SEMANTIC_CACHE_V2=1\n');
  const app = await stage.own(
    startSampleApp({
      envFile,
      pidFile: path.join(stage.folder, 'app.pid'),
      redis,
      qdrant: { url: qdrant.url, collection: 'cache_similarity' },
    }),
  );
  await fetch(`${app.url}/answer?namespace=search&q=opening+hours`);
  await fetch(`${app.url}/answer?namespace=search&q=opening+hours`);
  return { redis, qdrant, app, settings: settingsOf(app) };
}

function settingsOf({ url }: Pick<SampleApp, 'url'>) {
  const application = { health: `${url}/health`, metrics: `${url}/metrics`, stats: `${url}/api/cache/stats` };
  return { application, metrics };
}

const counters = 'tool_cache_hits_total 7\ntool_cache_misses_total 3\n';

/** A stand-in with this answer at its health endpoint, and this page of metrics. */
function saying(name: string, health: StandInAnswer, expect: State['expect'], page = counters): State {
  return {
    name: `Application: ${name}`,
    service: 'application',
    standIn: true,
    make: async (stage) => {
      const { url } = await answering(stage, { '/health': health, '/metrics': { body: page } });
      return { settings: { application: { health: `${url}/health`, metrics: `${url}/metrics` }, metrics } };
    },
    expect,
  };
}

const health = (state: 'degraded' | 'down' | 'unknown', words: RegExp): State['expect'] => ({
  state,
  says: new RegExp(`^${state}: health`),
  readings: { health: [state, words] },
});

export const applicationStates: readonly State[] = [
  {
    name: 'Application: well',
    service: 'application',
    make: async (stage) => ({ settings: (await sample(stage)).settings }),
    expect: { state: 'healthy', says: /^healthy$/, readings: { health: ['healthy', /healthy.*200/] } },
  },
  {
    name: 'Application: it is gone',
    service: 'application',
    make: async (stage) => {
      const { app, settings } = await sample(stage);
      return { settings, worsen: () => app.kill() };
    },
    expect: { state: 'down', says: /^connection refused/ },
  },
  {
    name: 'Application: it hangs',
    service: 'application',
    make: async (stage) => {
      const { app, settings } = await sample(stage);
      return { settings, worsen: () => suspend(stage, { pid: app.pid() }) };
    },
    expect: { state: 'down', says: /^timed out/ },
  },
  {
    name: 'Application: degraded, its Qdrant is gone',
    service: 'application',
    make: async (stage) => {
      const { app, qdrant, settings } = await sample(stage);
      const worsen = async (): Promise<void> => {
        await qdrant.kill();
        await until(async () => (await fetch(`${app.url}/health`)).text(), /degraded/);
      };
      return { settings, worsen };
    },
    expect: {
      state: 'degraded',
      says: /^degraded: health, check qdrant/,
      readings: { health: ['degraded', /degraded/], 'check/qdrant': ['degraded', /./] },
    },
  },
  {
    name: 'Application: degraded, its Redis is gone',
    service: 'application',
    make: async (stage) => {
      const { app, redis, settings } = await sample(stage);
      const worsen = async (): Promise<void> => {
        await redis.kill();
        await until(async () => (await fetch(`${app.url}/health`)).text(), /degraded|unhealthy/);
      };
      return { settings, worsen };
    },
    expect: {
      state: 'degraded',
      says: /^degraded: health, check redis/,
      readings: { health: ['degraded', /degraded/], 'check/redis': ['degraded', /./] },
    },
  },
  {
    name: 'Application: wrong address, 404',
    service: 'application',
    make: async (stage) => {
      const { app } = await sample(stage);
      return { settings: { application: { health: `${app.url}/healthz` } } };
    },
    expect: { state: 'down', says: /^unexpected answer.*not found \(HTTP 404\)/ },
  },
  {
    name: 'Application: metrics address wrong',
    service: 'application',
    make: async (stage) => {
      const { app, settings } = await sample(stage);
      return { settings: { ...settings, application: { health: `${app.url}/health`, metrics: `${app.url}/prom` } } };
    },
    expect: { state: 'degraded', says: /^degraded: metrics page/, readings: { metrics: ['degraded', /HTTP 404/] } },
  },
  saying('lying 200, status down', { body: { status: 'down' } }, health('down', /“down”, HTTP 200/)),
  saying(
    'lying 200, a check of its own failed',
    { body: { status: 'healthy', checks: { redis: 'failed' } } },
    {
      state: 'degraded',
      says: /^degraded: check redis/,
      readings: { 'check/redis': ['degraded', /failed/] },
    },
  ),
  saying(
    'lying 200, an error page',
    { body: '<html>502 Bad Gateway</html>' },
    health('unknown', /a page, not a health report/),
  ),
  saying('lying 200, empty', { body: '' }, health('unknown', /./)),
  saying('200 and a word nobody knows', { body: { status: 'tepid' } }, health('unknown', /“tepid”/)),
  saying('503 though it says healthy', { status: 503, body: { status: 'healthy' } }, health('down', /but HTTP 503/)),
  saying('unhealthy', { status: 503, body: { status: 'unhealthy' } }, health('down', /unhealthy/)),
  saying(
    'a counter is not exposed',
    { body: { status: 'ok' } },
    {
      state: 'degraded',
      says: /^degraded: counter misses/,
      readings: { 'counter/misses': ['degraded', /not exposed/] },
    },
    'tool_cache_hits_total 7\n',
  ),
  saying(
    'a counter is NaN',
    { body: { status: 'ok' } },
    {
      state: 'degraded',
      says: /^degraded: counter hits/,
      readings: { 'counter/hits': ['degraded', /not a number/] },
    },
    counters.replace('7', 'NaN'),
  ),
  {
    name: 'Application: sends on to a login page',
    service: 'application',
    standIn: true,
    make: async (stage) => {
      const login = await answeringAll(stage, { body: '<html>login</html>' });
      const { url } = await answeringAll(stage, { status: 302, headers: { location: `${login.url}/login` } });
      return { settings: { application: { health: `${url}/health` } } };
    },
    expect: { state: 'unknown', says: /^not set up.*sends on to .*\/login/ },
  },
];
