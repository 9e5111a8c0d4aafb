import type { Environment } from '../environment/environment.ts';
import { isForFailedSave } from '../health/redisPersistence.ts';
import { redisCommand } from '../operations/flush/redisWords.ts';
import type { ServiceIdentity } from '../operations/identity.ts';
import type { Operation, PlanContext, RunContext, RunReport, Verification } from '../operations/operation.ts';
import type { Plan, PlanDraft } from '../operations/plan.ts';
import {
  afterwards,
  judgeWrites,
  obstacleWords,
  otherRefusals,
  refusalSection,
  riskWords,
  savingWords,
  settingWarning,
  stateTable,
  takenWords,
} from './allowWritesWords.ts';
import { writeGuard } from './writeState.ts';
import type { WriteState, WriteStates } from './writeState.ts';

/**
 * Has every primary take writes again that refuses them because a save failed, by its setting; the others stay as they
 * are. Nothing is written to find out: a server that would refuse a write refuses PING.
 */
export class AllowWrites implements Operation<readonly WriteState[]> {
  readonly kind = 'allowWrites';
  readonly title = 'Allow writes after a failed save';
  readonly request = {};
  readonly environment: Environment;
  readonly #states: WriteStates;

  constructor(environment: Environment, states: WriteStates) {
    this.environment = environment;
    this.#states = states;
  }

  identify(signal: AbortSignal): Promise<readonly ServiceIdentity[]> {
    return this.#states.identify(signal);
  }

  /** `detail`: the primaries that are to take writes again. */
  async plan({ signal, clock }: PlanContext): Promise<PlanDraft<readonly WriteState[]>> {
    const states = await this.#states.read(signal);
    const refusing = states.filter(refusesForSave);
    const others = states.filter((state) => state.refusal !== undefined && !refusesForSave(state));
    const [only] = refusing;
    const who =
      states.length === 1 && only
        ? `Redis ${only.address} takes`
        : `${refusing.length} of ${states.length} primaries take`;
    const nothing = refusing.length === 0 && others.length === 0;
    const nowMs = clock.wallMs();
    return {
      effect: 'changing',
      summary: `${who} writes again although the last save failed`,
      targets: refusing.map(({ address, guard = 'not told' }) => ({
        what: `Redis ${address}`,
        detail: `${writeGuard}: ${guard} → no`,
      })),
      irreversible: [],
      undo: `CONFIG SET ${writeGuard} yes on ${refusing.length === 1 ? 'it' : 'each of them'}: it counts at once, and writes are refused again until a save succeeds. What was written meanwhile stays.`,
      warnings: [
        ...refusing.map((state) => riskWords(state, nowMs)),
        ...(nothing ? [] : [settingWarning]),
        ...refusing.flatMap((state) => [...savingWords(state), ...otherRefusals(state)]),
        ...(refusing.length === 0 ? [] : others.flatMap(obstacleWords)),
      ],
      obstacles: (refusing.length === 0 ? others : refusing).flatMap(obstacleWords),
      ...(nothing ? { nothingToDo: states.map(takenWords).join(' ') } : {}),
      steps: refusing.map((state) => ({
        id: stepOf(state),
        title: `Allow writes on ${state.address}`,
        commands: [`${redisCommand({ ...state, db: 0 })} CONFIG SET ${writeGuard} no`],
      })),
      sections: [
        { title: 'As it is now', lines: stateTable(states, nowMs), as: 'table' },
        ...(nothing ? [] : [refusalSection(states), ...afterwards(refusing)]),
      ],
      detail: refusing,
    };
  }

  async recheck({ detail }: Plan<readonly WriteState[]>, signal: AbortSignal): Promise<readonly string[]> {
    const now = (await this.#states.read(signal)).filter(refusesForSave).map(({ address }) => address);
    const planned = detail.map(({ address }) => address);
    return [
      ...planned.filter((one) => !now.includes(one)).map((one) => `${one} takes writes now.`),
      ...now.filter((one) => !planned.includes(one)).map((one) => `${one} refuses writes now, too.`),
    ];
  }

  async run({ detail }: Plan<readonly WriteState[]>, context: RunContext): Promise<void> {
    for (const state of detail)
      await context.step(stepOf(state), ({ signal }) => this.#states.allow(state, signal), {
        offers: ['retry', 'skip'],
      });
  }

  async verify(
    { detail }: Plan<readonly WriteState[]>,
    _report: RunReport,
    signal: AbortSignal,
  ): Promise<Verification> {
    const planned = detail.map(({ address }) => address);
    return judgeWrites(planned, await this.#states.read(signal));
  }

  close(): void {
    this.#states.close();
  }
}

function refusesForSave({ refusal }: WriteState): boolean {
  return refusal !== undefined && isForFailedSave(refusal);
}

function stepOf({ address }: WriteState): string {
  return `allow ${address}`;
}
