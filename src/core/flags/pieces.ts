import type { Clock } from '../clock.ts';
import { explain, OpsError } from '../errors.ts';
import type { Piece } from '../operations/piece.ts';
import type { StepContext } from '../operations/operation.ts';
import { pause } from '../pause.ts';
import type { Verdict } from '../verdict.ts';
import { revisionNote } from '../rollback/revisions.ts';
import type { ApplicationHealth, ApplicationView } from './application.ts';
import { judgeFlat, readCounters } from './counters.ts';
import type { Counters } from './counters.ts';
import { flagOf, readEffective } from './surroundings.ts';
import type { FlagSurroundings } from './surroundings.ts';
import type { Deployment, FlagChange, FlagStore, RestartContext } from './target.ts';
import { settleMs, valueWords } from './target.ts';

const askEveryMs = 200;
/** How long an application that runs again may take until it says that it is well, and what it runs with. */
const healthyWithinMs = 60_000;
const effectWithinMs = 5_000;
/** Hits are watched for at least this long, and longer until enough requests came in. */
const flatAtLeastMs = 1_000;
const flatAtMostMs = 5_000;
const enoughRequests = 5;

/** `afterUndo`: what makes the application see the old value again. */
export function setFlagPiece(
  name: string,
  store: FlagStore,
  change: FlagChange,
  afterUndo?: (signal: AbortSignal) => Promise<void>,
): Piece {
  return {
    step: {
      id: `flag ${name}`,
      title: `Set ${name} to ${valueWords(change.value)} in ${store.where}`,
      commands: store.commands(change.value),
    },
    offers: ['retry', 'skip', 'undo'],
    work: async (step) => {
      const now = await store.read(step.signal);
      // Tried again after a failure that came too late to keep it from being written.
      if (now !== change.value) await store.write(change, step.signal);
      step.note(`${name} was ${valueWords(change.expected)}.`);
    },
    undo: async (signal) => {
      await store.write({ expected: change.value, value: change.expected }, signal);
      await afterUndo?.(signal);
    },
  };
}

/** `begun`: a flag was set in a way that has started it anew already. */
export function restartPiece(deployment: Deployment, begun: boolean, clock: Clock, revision?: string): Piece {
  return {
    step: {
      id: 'restart',
      title: begun ? `Wait until ${deployment.where} has rolled out` : `Restart ${deployment.where}`,
      commands: deployment.restartCommands(begun),
    },
    offers: ['retry', 'skip', 'undo'],
    work: async (step) => {
      if (revision !== undefined) step.note(revisionNote(revision));
      await deployment.restart(begun, told(step, clock));
    },
  };
}

/** What a step is told in words, told on. */
export function told(step: StepContext, clock: Clock): RestartContext {
  const begunMs = clock.monotonicMs();
  return {
    signal: step.signal,
    onProgress: (words) =>
      step.report({ done: Math.round((clock.monotonicMs() - begunMs) / 1000), unit: 'seconds', now: words }),
  };
}

/** Healthy, or as it was before: what was ill already is not this change's doing. */
export function healthyPiece(application: ApplicationView, before: ApplicationHealth | undefined, clock: Clock): Piece {
  return {
    step: { id: 'healthy', title: 'Wait until the application says that it is healthy', commands: [] },
    offers: ['retry', 'skip', 'undo'],
    work: async (step) => {
      const last = await until(step, clock, healthyWithinMs, 'health', async () => {
        const found = await application.health(step.signal);
        return { value: found, done: found === undefined || isAsGood(found, before), words: found?.words ?? '' };
      });
      if (last.value === undefined) return;
      step.note(`Health: ${last.value.words}.`);
      if (!last.done)
        throw new OpsError(
          'busy',
          `The application is not healthy after ${healthyWithinMs / 1000} s: ${last.value.words}.`,
          {
            next: 'Look at its log.',
          },
        );
    },
  };
}

export function isAsGood(now: ApplicationHealth, before: ApplicationHealth | undefined): boolean {
  return now.state === 'healthy' || (now.state !== 'down' && before?.state === now.state);
}

/** The process itself has to say that it runs with the value, where it can be seen. */
export function effectPiece(
  wanted: ReadonlyMap<string, string | undefined>,
  surroundings: FlagSurroundings,
  clock: Clock,
): Piece {
  const names = [...wanted.keys()];
  return {
    step: { id: 'effect', title: `Ask what the application runs with: ${names.join(', ')}`, commands: [] },
    offers: ['retry', 'skip', 'undo'],
    work: async (step) => {
      for (const [name, value] of wanted) {
        const last = await until(step, clock, effectWithinMs, name, async () => {
          const found = await readEffective(surroundings, name, step.signal);
          const done = found.kind === 'unknown' || found.value === value;
          return { value: found, done, words: found.kind === 'unknown' ? found.why : valueWords(found.value) };
        });
        const found = last.value;
        if (found.kind === 'unknown') step.note(`What it runs with is not known of ${name}: ${found.why}`);
        else if (last.done) step.note(`${name} is ${valueWords(found.value)}, says ${found.by}.`);
        else
          throw new OpsError(
            'conflict',
            `The application goes on running with ${name} ${valueWords(found.value)}, says ${found.by}.`,
            {
              next: 'Does it read the flag from here, and was it started anew?',
            },
          );
      }
    },
  };
}

/** The hits of a flag that is off stand still. Where nobody asks anything, that cannot be told. */
export function flatPiece(names: readonly string[], surroundings: FlagSurroundings, clock: Clock): Piece {
  return {
    step: { id: 'flat', title: 'See on the metrics page that the cache’s hits stand still', commands: [] },
    offers: ['retry', 'skip', 'undo'],
    work: async (step) => {
      for (const [name, verdict] of await watchHits(names, surroundings, clock, step)) {
        const said = 'why' in verdict && verdict.why !== undefined ? verdict.why : 'seen';
        if (verdict.kind === 'failed')
          throw new OpsError('conflict', `${name} is off, but the cache is still at work: ${said}.`, {
            next: 'Does another instance still run, or does the flag not decide this counter?',
          });
        step.note(verdict.kind === 'passed' ? `${name}: ${said}.` : `${name}: not told by the metrics, ${said}.`);
      }
    },
  };
}

/** All of them in the same time, until one is seen to go on, or enough requests came in. */
async function watchHits(
  names: readonly string[],
  { environment, application }: FlagSurroundings,
  clock: Clock,
  step: StepContext,
): Promise<ReadonlyMap<string, Verdict>> {
  const read = async (): Promise<ReadonlyMap<string, Counters | undefined>> => {
    const samples = (await application?.samples(step.signal)) ?? [];
    const countersOf = (name: string): Counters | undefined =>
      readCounters(samples, environment.settings.metrics, flagOf(environment, name).counter);
    return new Map(names.map((name) => [name, countersOf(name)]));
  };
  const before = await read();
  const begunMs = clock.monotonicMs();
  for (;;) {
    await pause(clock, askEveryMs, step.signal);
    const after = await read();
    const elapsedMs = clock.monotonicMs() - begunMs;
    const verdicts = new Map(names.map((name) => [name, between(before.get(name), after.get(name), elapsedMs)]));
    const requests = Math.min(...names.map((name) => requestsBetween(before.get(name), after.get(name))));
    step.report({ done: Math.max(0, requests), unit: 'requests', now: names.join(', ') });
    const isDecided =
      [...verdicts.values()].some(({ kind }) => kind === 'failed') || [...before.values()].every((one) => !one);
    if (isDecided || (elapsedMs >= flatAtLeastMs && requests >= enoughRequests) || elapsedMs >= flatAtMostMs)
      return verdicts;
  }
}

function between(before: Counters | undefined, after: Counters | undefined, elapsedMs: number): Verdict {
  if (before && after) return judgeFlat(before, after, elapsedMs / 1000);
  return { kind: 'inconclusive', why: 'the page has no such counters' };
}

function requestsBetween(before: Counters | undefined, after: Counters | undefined): number {
  return before && after ? after.requests - before.requests : 0;
}

interface Look<T> {
  readonly value: T;
  readonly done: boolean;
  readonly words: string;
}

/** Looks again and again until it is done or time is up; gives the last look. */
async function until<T>(
  step: StepContext,
  clock: Clock,
  withinMs: number,
  unit: string,
  look: () => Promise<Look<T>>,
): Promise<Look<T>> {
  const begunMs = clock.monotonicMs();
  for (let count = 1; ; count++) {
    const found = await look();
    const elapsedMs = clock.monotonicMs() - begunMs;
    if (found.done || elapsedMs >= withinMs) return found;
    step.report({
      done: Math.round(elapsedMs / 1000),
      total: withinMs / 1000,
      unit: 'seconds',
      now: `${unit}: ${found.words}`,
    });
    await pause(clock, askEveryMs, step.signal);
  }
}

/** What would be seen by a restart that is part of taking something back. */
export async function restartQuietly(deployment: Deployment, begun: boolean, signal: AbortSignal): Promise<void> {
  try {
    const limited = AbortSignal.any([signal, AbortSignal.timeout(settleMs)]);
    await deployment.restart(begun, { signal: limited, onProgress: () => undefined });
  } catch (error) {
    throw new OpsError('protocol', `The old value is back, but the application was not restarted: ${explain(error)}`, {
      cause: error,
    });
  }
}
