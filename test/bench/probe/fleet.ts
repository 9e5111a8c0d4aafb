// In a Node of its own, as a bundle: watches as many environments as it is given, first in real time, then for an hour of
// simulated time, and prints what that took as JSON.
import { readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { readEnvironments } from '../../../src/core/environment/read.ts';
import { systemClock } from '../../../src/core/clock.ts';
import type { Environment } from '../../../src/core/environment/environment.ts';
import type { Fleet } from '../../../src/core/health/fleet.ts';
import { realFleet } from '../../live/support/realFleet.ts';
import { SimulatedTime } from '../../live/support/simulatedTime.ts';

export interface FleetJob {
  readonly environments: Readonly<Record<string, object>>;
  readonly intervalMs: number;
  /** Of real time, after the first reads. */
  readonly watchedMs: number;
  readonly simulatedMs: number;
}

export interface FleetCost {
  /** % of a core. */
  readonly cpu: number;
  /** Resident memory in MB, after a quarter of the simulated time and at its end. */
  readonly early: number;
  readonly late: number;
  /** Heap in use in MB at the same moments. */
  readonly heapEarly: number;
  readonly heapLate: number;
  /** Services that were not read at the end, with why. */
  readonly failures: readonly string[];
}

const [file = ''] = process.argv.slice(2);
const job: FleetJob = JSON.parse(readFileSync(file, 'utf8'));
console.log(JSON.stringify(await measure(job)));
process.exit(0);

async function measure({ environments: settings, intervalMs, watchedMs, simulatedMs }: FleetJob): Promise<FleetCost> {
  const { environments } = readEnvironments(settings, undefined);
  const secret = (): Promise<undefined> => Promise.resolve(undefined);
  const watching = realFleet(systemClock, secret);
  watch(watching, environments, intervalMs);
  await wait(intervalMs);
  const before = process.cpuUsage();
  await wait(watchedMs);
  const { user, system } = process.cpuUsage(before);
  watching.dispose();

  const time = new SimulatedTime();
  const hurried = realFleet(time, secret, time.busy);
  watch(hurried, environments, intervalMs);
  await time.pass(simulatedMs / 4);
  const early = memory();
  await time.pass((simulatedMs * 3) / 4);
  const late = memory();
  const failures = environments.flatMap((one) =>
    [...hurried.monitorsOf(one)].flatMap(([id, { report }]) =>
      report?.failure || !report ? [`${one.name} ${id}: ${report?.failure?.message ?? 'not read'}`] : [],
    ),
  );
  hurried.dispose();
  return {
    cpu: (100 * (user + system)) / 1000 / watchedMs,
    early: early.resident,
    late: late.resident,
    heapEarly: early.heap,
    heapLate: late.heap,
    failures,
  };
}

function watch(fleet: Fleet, environments: readonly Environment[], intervalMs: number): void {
  fleet.update(environments, intervalMs);
  for (const environment of environments) for (const monitor of fleet.monitorsOf(environment).values()) monitor.use();
}

/** After a collection, in MB. */
function memory(): { resident: number; heap: number } {
  globalThis.gc?.();
  const { rss, heapUsed } = process.memoryUsage();
  return { resident: rss / 1024 ** 2, heap: heapUsed / 1024 ** 2 };
}
