import { join } from 'node:path';
import { STAGING_USER } from './environments.ts';
import type { Past } from './history/series.ts';
import { startSampleApp } from './sampleApp.ts';
import type { SampleApp } from './sampleApp.ts';
import { sendBurst, sendTraffic } from './sendTraffic.ts';
import type { Setup } from './setup.ts';
import type { Stores } from './stores.ts';

/** The two deployments of the sample application: what they are called where. */
export const DEPLOYMENTS = {
  sandbox: { envFile: '.env', collection: 'cache_similarity', job: 'information-desk', instance: 'desk-sandbox' },
  staging: {
    envFile: 'staging.env',
    collection: 'cache_similarity_staging',
    job: 'information-desk-staging',
    instance: 'desk-staging',
  },
} as const;

/** Staging is asked this much less than the sandbox. */
const STAGING_PART = 3;
const WARM_UP_REQUESTS = 1500;

export interface Apps {
  readonly app: SampleApp;
  readonly stagingApp: SampleApp;
}

export async function startApps(setup: Setup, stores: Stores): Promise<Apps> {
  const { redis, stagingRedis, stagingPassword } = stores;
  const staging = { url: stagingRedis.url, username: STAGING_USER, password: stagingPassword };
  const [app, stagingApp] = await Promise.all([
    setup.own(startSampleApp({ ...filesAndQdrant(setup, stores, 'sandbox'), redis, ...(await setup.port('app')) })),
    setup.own(
      startSampleApp({
        ...filesAndQdrant(setup, stores, 'staging'),
        redis: staging,
        ...(await setup.port('stagingApp')),
      }),
    ),
  ]);
  return { app, stagingApp };
}

function filesAndQdrant({ workspace }: Setup, { qdrant }: Stores, name: keyof typeof DEPLOYMENTS) {
  const { envFile, collection } = DEPLOYMENTS[name];
  return {
    envFile: join(workspace, envFile),
    pidFile: join(workspace, 'run', `${name}.pid`),
    ...(qdrant !== undefined && { qdrant: { url: qdrant.url, collection } }),
  };
}

/** Fills both caches, as if the applications had run for a while. */
export async function warmUp({ app, stagingApp }: Apps, seed: number): Promise<void> {
  await Promise.all([
    sendBurst(app.url, seed, WARM_UP_REQUESTS),
    sendBurst(stagingApp.url, seed + 1, WARM_UP_REQUESTS / STAGING_PART),
  ]);
}

/** Sends both applications requests until it is stopped. */
export function startTraffic(
  { app, stagingApp }: Apps,
  seed: number,
  ratePerSecond: number,
): { stop(): Promise<unknown> } {
  const stopping = new AbortController();
  const { signal } = stopping;
  const sent = Promise.all([
    sendTraffic({ url: app.url, seed, ratePerSecond, signal }),
    sendTraffic({ url: stagingApp.url, seed: seed + 1, ratePerSecond: ratePerSecond / STAGING_PART, signal }),
  ]);
  return {
    stop: () => {
      stopping.abort();
      return sent;
    },
  };
}

/** The week before looks like what this traffic makes of these deployments once they have run for a while. */
export function weekBefore(ratePerSecond: number): readonly Past[] {
  const { sandbox, staging } = DEPLOYMENTS;
  return [
    { job: sandbox.job, instance: sandbox.instance, ratePerSecond, exactShare: 0.67, semanticShare: 0.24 },
    {
      job: staging.job,
      instance: staging.instance,
      ratePerSecond: ratePerSecond / STAGING_PART,
      exactShare: 0.44,
      semanticShare: 0,
    },
  ];
}
