import { join } from 'node:path';
import { Redis } from 'ioredis';
import { sandboxEnvironment } from '../../sandbox/environments.ts';
import { createOwnership } from '../../sandbox/ownership.ts';
import { startRedis } from '../../sandbox/redis.ts';
import { startSandbox } from '../../sandbox/sandbox.ts';
import { answerAs, healthyGrafana } from './grafanaStandIn.ts';
import { passOn, startHttpStandIn } from './httpStandIn.ts';
import { realFleet } from './realFleet.ts';
import { environmentWith, secretsOf } from './serviceReadings.ts';
import { SimulatedTime } from './simulatedTime.ts';

export const intervalMs = 10_000;
const hourMs = 3_600_000;

export interface Counted {
  /** How often the environment was polled. */
  readonly polls: number;
  /** What was asked of each service, by itself: commands of Redis, requests of the others. */
  readonly requests: Readonly<Record<string, number>>;
  readonly all: number;
}

/**
 * Watches the sandbox's environment, and a stand-in for Grafana, for an hour of simulated time, and counts at the servers
 * what arrives. The hour begins after the first reads, which ask for everything.
 */
export async function countRequests(folder: string): Promise<Counted> {
  const { own, stopAll } = createOwnership();
  try {
    const sandbox = await own(startSandbox({ folder }));
    // Of its own, since the application asks the sandbox's.
    const redis = await own(startRedis({ folder: join(folder, 'watched') }));
    const counting = (url: string) => own(startHttpStandIn((request) => passOn(url, request)));
    const gates = {
      ...(sandbox.qdrant && { qdrant: await counting(sandbox.qdrant.url) }),
      prometheus: await counting(sandbox.prometheus.url),
      application: await counting(sandbox.app.url),
      grafana: await own(startHttpStandIn(answerAs(healthyGrafana))),
    };
    const addresses = {
      name: 'sandbox' as const,
      envFile: '.env',
      redis,
      qdrant: gates.qdrant && { url: gates.qdrant.url, collection: 'cache_similarity' },
      prometheus: { url: gates.prometheus.url, job: 'information-desk' },
      app: { url: gates.application.url },
    };
    const shop = environmentWith({ ...sandboxEnvironment(addresses), grafana: { url: gates.grafana.url } });
    const time = new SimulatedTime();
    const fleet = realFleet(time, secretsOf(), time.busy);
    await own(Promise.resolve({ stop: () => Promise.resolve(fleet.dispose()) }));
    fleet.update([shop], intervalMs);
    for (const monitor of fleet.monitorsOf(shop).values()) monitor.use();
    await time.pass(intervalMs / 2);

    const commands = await commandCounter(redis.port);
    for (const gate of Object.values(gates)) gate.asked.length = 0;
    await time.pass(hourMs);
    const requests = {
      redis: await commands(),
      ...Object.fromEntries(Object.entries(gates).map(([name, { asked }]) => [name, asked.length])),
    };
    const all = Object.values(requests).reduce((sum, one) => sum + one, 0);
    return { polls: Math.floor(hourMs / intervalMs), requests, all };
  } finally {
    await stopAll();
  }
}

/** Every command that arrives, whoever sends it. */
async function commandCounter(port: number): Promise<() => Promise<number>> {
  const client = new Redis(port, '127.0.0.1');
  const soFar = async (): Promise<number> =>
    Number(/total_commands_processed:(\d+)/.exec(await client.info('stats'))?.[1]);
  const before = await soFar();
  return async () => {
    const between = (await soFar()) - before - 1;
    client.disconnect();
    return between;
  };
}
