import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { EnvironmentInput } from '../../src/core/environment/schema.ts';
import { DEPLOYMENTS, startApps, startTraffic, warmUp, weekBefore } from './deployments.ts';
import type { Apps } from './deployments.ts';
import { STAGING_PASSWORD, commandVariables, sandboxEnvironment, stagingEnvironment } from './environments.ts';
import type { Addresses } from './environments.ts';
import type { Report } from './install.ts';
import { createOwnership } from './ownership.ts';
import type { Ownership } from './ownership.ts';
import { startPrometheus } from './prometheus.ts';
import type { PrometheusServer } from './prometheus.ts';
import { createSetup } from './setup.ts';
import type { Setup } from './setup.ts';
import { startStores } from './stores.ts';
import type { Stores } from './stores.ts';
import { copyWorkspace, writeWorkspaceSettings } from './workspace.ts';

export interface SandboxOptions {
  /** Holds the servers' data (emptied first) and the sample workspace (kept). */
  readonly folder: string;
  /** The same seed brings the same questions in the same order. Default: 1. */
  readonly seed?: number;
  /** Mean rate of requests to the sandbox's application over a day; staging gets a third of it. Default: 0, none. */
  readonly ratePerSecond?: number;
  /** Whether Prometheus starts with a week of history. Default: no. */
  readonly history?: boolean;
  /** Whether the caches are filled at first, as if the applications had run for a while. Default: no. */
  readonly warm?: boolean;
  /** Whether to prefer the same ports every time, so that addresses stay known. Default: any free ones. */
  readonly usualPorts?: boolean;
  readonly report?: Report;
}

export interface Sandbox extends Stores, Apps {
  /** Folder of the sample workspace. */
  readonly workspace: string;
  /** What stands in the workspace's `cacheOps.environments`. */
  readonly environments: { readonly sandbox: EnvironmentInput; readonly staging: EnvironmentInput };
  /** Variables the editor must be started with: the password that the settings refer to. */
  readonly variables: Readonly<Record<string, string>>;
  readonly prometheus: PrometheusServer;
  /** Stops everything that was started, the traffic first. */
  stop(): Promise<void>;
}

const HISTORY_RATE_PER_SECOND = 12;

/**
 * Starts everything a deployment of the cache consists of, twice: the environments "sandbox" and "staging". Throws an
 * OpsError when a server other than Qdrant is missing or does not come up; nothing is left running then.
 */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const ownership = createOwnership();
  const stop = () => ownership.stopAll();
  try {
    return { ...(await startAll(options, ownership)), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startAll(options: SandboxOptions, { own }: Ownership): Promise<Omit<Sandbox, 'stop'>> {
  const setup = createSetup(options, own);
  await rm(join(options.folder, 'data'), { recursive: true, force: true });
  await copyWorkspace(setup.workspace);
  const stores = await startStores(setup);
  if (stores.qdrantMissing !== undefined) {
    options.report?.(`NO QDRANT: there are no semantic entries in this sandbox. ${stores.qdrantMissing}`);
  }
  const apps = await startApps(setup, stores);
  const prometheus = await startScraping(setup, apps, options);
  const { ratePerSecond = 0, seed = 1 } = options;
  if (options.warm === true) await warmUp(apps, seed);
  if (ratePerSecond > 0) await own(Promise.resolve(startTraffic(apps, seed, ratePerSecond)));
  const environments = await writeSettings(setup, stores, apps, prometheus);
  const variables = { [STAGING_PASSWORD]: stores.stagingPassword };
  return { ...stores, ...apps, prometheus, workspace: setup.workspace, environments, variables };
}

async function startScraping(
  setup: Setup,
  { app, stagingApp }: Apps,
  options: SandboxOptions,
): Promise<PrometheusServer> {
  const { sandbox, staging } = DEPLOYMENTS;
  return setup.own(
    startPrometheus({
      folder: setup.dataFolder('prometheus'),
      configFolder: join(setup.workspace, 'monitoring'),
      targets: [
        { job: sandbox.job, instance: sandbox.instance, port: app.port },
        { job: staging.job, instance: staging.instance, port: stagingApp.port },
      ],
      ...(options.history === true && { history: weekBefore(options.ratePerSecond ?? HISTORY_RATE_PER_SECOND) }),
      ...(await setup.port('prometheus')),
      ...setup.report,
    }),
  );
}

async function writeSettings(
  { workspace }: Setup,
  { redis, stagingRedis, qdrant }: Stores,
  { app, stagingApp }: Apps,
  prometheus: PrometheusServer,
): Promise<Sandbox['environments']> {
  const addresses = (name: keyof typeof DEPLOYMENTS): Addresses => ({
    name,
    envFile: DEPLOYMENTS[name].envFile,
    redis: name === 'sandbox' ? redis : stagingRedis,
    qdrant: qdrant === undefined ? undefined : { url: qdrant.url, collection: DEPLOYMENTS[name].collection },
    prometheus: { url: prometheus.url, job: DEPLOYMENTS[name].job },
    app: name === 'sandbox' ? app : stagingApp,
  });
  const environments = {
    sandbox: sandboxEnvironment(addresses('sandbox')),
    staging: stagingEnvironment(addresses('staging')),
  };
  const forTerminals = commandVariables(addresses('sandbox'));
  await writeWorkspaceSettings(workspace, {
    'cacheOps.environments': environments,
    'terminal.integrated.env.linux': forTerminals,
    'terminal.integrated.env.osx': forTerminals,
  });
  return environments;
}
