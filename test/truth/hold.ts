import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Environment } from '../../src/core/environment/environment.ts';
import { resolveSecret, secretReferences } from '../../src/core/environment/references.ts';
import { presentHitRate } from '../../src/core/health/presentHitRate.ts';
import { presentEnvironment, presentService } from '../../src/core/health/present.ts';
import type { Fleet } from '../../src/core/health/fleet.ts';
import type { ServiceReport } from '../../src/core/health/reading.ts';
import { realFleet } from '../live/support/realFleet.ts';
import { environmentWith } from '../live/support/serviceReadings.ts';
import { SimulatedTime } from '../live/support/simulatedTime.ts';
import { createOwnership } from '../sandbox/ownership.ts';
import { folderOfRun } from './folder.ts';
import { judge } from './judge.ts';
import type { Beside } from './judge.ts';
import { NotHere } from './state.ts';
import type { Scene, Stage, State } from './state.ts';

export interface Held {
  readonly state: State;
  /** The service's row as the tree shows it. */
  readonly read: string;
  readonly verdict: 'right' | 'not here' | 'WRONG';
  /** What is wrong, or why it could not be made here. */
  readonly why: string;
}

const intervalMs = 10_000;
const longestMs = 60_000;
/** Redis is read at every poll, the others at every second one; a pause counts from the end of the read before. */
const nextPollSeconds = { redis: 20, others: 30 };

/** Makes the state, reads it as the extension does, and judges what is said. */
export async function hold(state: State, number: number): Promise<Held> {
  const { own, stopAll } = createOwnership();
  const stage: Stage = {
    folder: path.join(folderOfRun, String(number)),
    own,
    undo: (work) => void own(Promise.resolve({ stop: work })),
  };
  await mkdir(stage.folder, { recursive: true });
  try {
    const limit = wait(longestMs, undefined, { ref: false }).then(() => {
      throw new Error(`It took longer than ${longestMs / 1000} s.`);
    });
    return { state, ...(await Promise.race([makeAndRead(state, stage), limit])) };
  } catch (error) {
    if (error instanceof NotHere) return { state, read: '', verdict: 'not here', why: error.message };
    return { state, read: '', verdict: 'WRONG', why: `It could not be held: ${String(error)}` };
  } finally {
    await stopAll();
    await rm(stage.folder, { recursive: true, force: true });
  }
}

async function makeAndRead(state: State, stage: Stage): Promise<Omit<Held, 'state'>> {
  const { service, expect, make } = state;
  const scene = await make(stage);
  const environment = environmentWith(scene.settings);
  const time = new SimulatedTime();
  const fleet = realFleet(time, secretsOf(environment, scene), time.busy);
  stage.undo(() => Promise.resolve(fleet.dispose()));
  fleet.update([environment], intervalMs);
  const monitor = fleet.monitorOf(environment, service);
  if (!monitor) throw new Error(`${service} is not watched: ${JSON.stringify(scene.settings)}`);
  for (const one of fleet.monitorsOf(environment).values()) one.use();
  await time.pass(100);
  if (scene.worsen) {
    const before = monitor.report;
    if (before?.state !== 'healthy')
      return {
        ...words(fleet, environment, state),
        verdict: 'WRONG',
        why: `It was not healthy before: ${listOf(before)}`,
      };
    await scene.worsen();
    await time.pass(intervalMs);
  }
  const limitSeconds = expect.withinSeconds ?? nextPollSeconds[service === 'redis' ? 'redis' : 'others'];
  const untilMs = scene.worsen ? time.monotonicMs() + (limitSeconds - intervalMs / 1000) * 1000 : 0;
  for (;;) {
    const why = judge(monitor.report, besideOf(fleet, environment), expect);
    if (why === undefined) return { ...words(fleet, environment, state), verdict: 'right', why: '' };
    if (time.monotonicMs() >= untilMs) return { ...words(fleet, environment, state), verdict: 'WRONG', why };
    await time.pass(intervalMs);
  }
}

function besideOf(fleet: Fleet, environment: Environment): Beside {
  const hitRate = fleet.hitRateOf(environment);
  const { description = '', tooltip = '' } = presentHitRate(environment, hitRate, Date.now());
  const view = { active: false, folderName: undefined, reports: fleet.reportsOf(environment) };
  return {
    row: presentEnvironment(environment, view),
    hitRate: { state: hitRate.state, words: `${description} ${tooltip}` },
  };
}

/** What a person reads: the service's row, of its readings those that are not green, and the hit rate. */
function words(fleet: Fleet, environment: Environment, { service, expect }: State): Pick<Held, 'read'> {
  const report = fleet.reportsOf(environment).get(service);
  const row = presentService(environment, service, report, Date.now()).description ?? '';
  const rate =
    expect.hitRate && `Hit rate: ${presentHitRate(environment, fleet.hitRateOf(environment), Date.now()).description}`;
  return {
    read: [row.replace(/ · (last read|read|never read).*/, ''), report?.failure?.message ?? listOf(report), rate]
      .filter(Boolean)
      .join(' | '),
  };
}

function listOf(report: ServiceReport | undefined): string {
  if (!report) return 'not read';
  const troubled = report.readings.filter(({ state }) => state !== 'healthy' && state !== 'fact');
  return [report.failure?.message ?? '', ...troubled.map(({ label, value }) => `${label}: ${value}`)]
    .filter(Boolean)
    .join('; ');
}

function secretsOf(environment: Environment, { secret }: Scene) {
  const vault = {
    stored: () => Promise.resolve(secret),
    variable: () => undefined,
    isApproved: () => false,
  };
  return async (field: string): Promise<string | undefined> => {
    const reference = secretReferences(environment).find((one) => one.field === field);
    return reference && resolveSecret(environment, reference, vault);
  };
}
