import { readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
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

/** In MB, after a collection. */
export interface Memory {
  /** Of the whole process. */
  readonly resident: number;
  /** Objects in use, and buffers outside the heap. */
  readonly used: number;
}

export interface FleetCost {
  /** % of a core, above that of the host at rest. */
  readonly cpu: number;
  /** Before, after watching in real time, after a quarter of the simulated time, and at its end. */
  readonly empty: Memory;
  readonly watched: Memory;
  readonly early: Memory;
  readonly late: Memory;
  /** Services that were not read at the end, with why. */
  readonly failures: readonly string[];
}

/**
 * Runs in the extension host: watches as many environments as the file CACHE_OPS_BENCH_FLEET says, first in real time,
 * then for an hour of simulated time, and writes what that took into the same file.
 */
export async function run(): Promise<void> {
  const file = process.env['CACHE_OPS_BENCH_FLEET'] ?? '';
  const job: FleetJob = JSON.parse(readFileSync(file, 'utf8'));
  writeFileSync(file, JSON.stringify(await measure(job)));
}

async function measure({ environments: settings, intervalMs, watchedMs, simulatedMs }: FleetJob): Promise<FleetCost> {
  // The host has come to rest by then, and what it does by itself is told apart.
  await wait(intervalMs);
  const resting = process.cpuUsage();
  await wait(intervalMs);
  const idle = shareOf(process.cpuUsage(resting), intervalMs);
  const empty = await memory();
  const { environments } = readEnvironments(settings, undefined);
  const secret = (): Promise<undefined> => Promise.resolve(undefined);
  const watching = realFleet(systemClock, secret);
  watch(watching, environments, intervalMs);
  await wait(intervalMs);
  const before = process.cpuUsage();
  await wait(watchedMs);
  const cpu = shareOf(process.cpuUsage(before), watchedMs) - idle;
  const watched = await memory();
  watching.dispose();

  globalThis.gc?.();
  console.error(process.memoryUsage());
  const time = new SimulatedTime();
  const hurried = realFleet(time, secret, time.busy);
  watch(hurried, environments, intervalMs);
  await time.pass(simulatedMs / 4);
  const early = await memory();
  await time.pass((simulatedMs * 3) / 4);
  console.error(process.memoryUsage());
  const late = await memory();
  console.error(process.memoryUsage());
  const failures = environments.flatMap((one) =>
    [...hurried.monitorsOf(one)].flatMap(([id, { report }]) =>
      report?.failure || !report ? [`${one.name} ${id}: ${report?.failure?.message ?? 'not read'}`] : [],
    ),
  );
  hurried.dispose();
  return { cpu, empty, watched, early, late, failures };
}

function shareOf({ user, system }: NodeJS.CpuUsage, overMs: number): number {
  return (100 * (user + system)) / 1000 / overMs;
}

function watch(fleet: Fleet, environments: readonly Environment[], intervalMs: number): void {
  fleet.update(environments, intervalMs);
  for (const environment of environments) for (const monitor of fleet.monitorsOf(environment).values()) monitor.use();
}

async function memory(): Promise<Memory> {
  setFlagsFromString('--expose-gc');
  const collect: () => void = runInNewContext('gc');
  // What is freed by the first lets go of more.
  collect();
  await wait(500);
  collect();
  const { rss, heapUsed, external } = process.memoryUsage();
  return { resident: rss / 1024 ** 2, used: (heapUsed + external) / 1024 ** 2 };
}
