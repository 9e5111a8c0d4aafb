import type { Clock } from '../clock.ts';
import { explain, OpsError } from '../errors.ts';
import type { RunContext, StepContext, StepOptions, StepResult } from './operation.ts';
import type { Plan } from './plan.ts';
import { Pace } from './progress.ts';
import type { FailureAnswer } from './ports.ts';

/** What the steps of one run are told to and asked of. */
export interface StepListener {
  say(words: string): void;
  afterFailure(step: StepResult, offers: NonNullable<StepOptions['offers']>): Promise<FailureAnswer>;
  /** A step has ended, or was undone. */
  ended(result: StepResult): Promise<void>;
}

/** A run was taken back at the person's wish. */
export class Undone extends Error {}

/** Does the steps of a plan one after the other and keeps how each went. */
export class StepRun implements RunContext {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly #plan: Plan;
  readonly #listener: StepListener;
  readonly #results = new Map<string, StepResult>();
  readonly #undos: { readonly id: string; readonly undo: (signal: AbortSignal) => Promise<void> }[] = [];

  constructor(plan: Plan, listener: StepListener, clock: Clock, signal: AbortSignal) {
    this.#plan = plan;
    this.#listener = listener;
    this.clock = clock;
    this.signal = signal;
  }

  /** One for each step of the plan. */
  get results(): readonly StepResult[] {
    return this.#plan.steps.map(({ id, title }) => this.#results.get(id) ?? { id, title, state: 'notRun' });
  }

  async step<T>(
    id: string,
    work: (step: StepContext) => Promise<T>,
    { offers = [], undo }: StepOptions = {},
  ): Promise<T | undefined> {
    const planned = this.#plan.steps.find((one) => one.id === id);
    if (!planned) throw new Error(`The plan "${this.#plan.title}" has no step ${id}.`);
    if (planned.skip !== undefined) {
      await this.#record({ id, title: planned.title, state: 'skipped', why: planned.skip });
      return undefined;
    }
    for (;;) {
      if (this.signal.aborted) throw new OpsError('cancelled', 'Cancelled.');
      const tried = await this.#try(id, planned.title, work);
      await this.#record(tried.result);
      if (!('error' in tried)) {
        if (undo) this.#undos.unshift({ id, undo });
        return tried.value;
      }
      if (tried.result.state === 'cancelled' || offers.length === 0) throw tried.error;
      const answer = await this.#listener.afterFailure(tried.result, offers);
      if (answer.kind === 'stop') throw tried.error;
      if (answer.kind === 'undo') await this.#undoAll(tried.error);
      if (answer.kind !== 'skip') continue;
      await this.#record({ ...tried.result, state: 'skipped', why: `${answer.reason} (${tried.result.why ?? ''})` });
      return undefined;
    }
  }

  async #try<T>(id: string, title: string, work: (step: StepContext) => Promise<T>): Promise<Tried<T>> {
    const begunMs = this.clock.monotonicMs();
    const pace = new Pace();
    const notes: string[] = [];
    let progress: StepResult['progress'];
    const step: StepContext = {
      signal: this.signal,
      report: (now) => {
        progress = now;
        this.#listener.say(`${title}: ${pace.words(now, this.clock.monotonicMs())}`);
      },
      note: (sentence) => void notes.push(sentence),
    };
    const resultOf = (state: StepResult['state'], why?: string): StepResult => ({
      id,
      title,
      state,
      durationMs: this.clock.monotonicMs() - begunMs,
      ...(progress === undefined ? {} : { progress }),
      ...(why === undefined ? {} : { why }),
      ...(notes.length === 0 ? {} : { notes }),
    });
    this.#listener.say(title);
    try {
      const value = await work(step);
      return { value, result: resultOf('done') };
    } catch (error) {
      const result = isCancelled(error, this.signal) ? resultOf('cancelled') : resultOf('failed', explain(error));
      return { error, result };
    }
  }

  /** What cannot be undone is said, and the rest is undone all the same. Not cancellable: half undone helps nobody. */
  async #undoAll(cause: unknown): Promise<never> {
    for (const { id, undo } of this.#undos.splice(0)) {
      const done = this.#results.get(id);
      if (!done) continue;
      this.#listener.say(`Undoing: ${done.title}`);
      try {
        await undo(new AbortController().signal);
        await this.#record({ ...done, state: 'undone' });
      } catch (error) {
        await this.#record({ ...done, why: `It could not be undone: ${explain(error)}` });
      }
    }
    throw new Undone(explain(cause), { cause });
  }

  async #record(result: StepResult): Promise<void> {
    this.#results.set(result.id, result);
    await this.#listener.ended(result);
  }
}

type Tried<T> =
  { readonly value: T; readonly result: StepResult } | { readonly error: unknown; readonly result: StepResult };

/** Whether it ended because the person wanted it to. A server that aborted something by itself has failed. */
export function isCancelled(error: unknown, signal: AbortSignal): boolean {
  if (!signal.aborted) return false;
  return error instanceof OpsError ? error.code === 'cancelled' : error === signal.reason || isAbortError(error);
}

function isAbortError(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}

/**
 * Lets one operation be a step of another: a rollback that flushes calls `flush.run(flushPlan, contextWithin(step, clock))`.
 * The inner steps are done in order, show their progress as the outer step's, and offer nothing by themselves.
 */
export function contextWithin(step: StepContext, clock: Clock): RunContext {
  return {
    clock,
    signal: step.signal,
    step: (_id, work) => work(step),
  };
}
