import type { Sample } from './sample.ts';

/** One moment by both clocks; neither alone notices every pause. */
export interface Moment {
  readonly monotonicMs: number;
  /** ms since 1970. */
  readonly wallMs: number;
}

/** What is known of one rule; pure data. */
export interface RuleState {
  readonly firing: boolean;
  /** The last known answer, and when it began to be given. */
  readonly holds: boolean | undefined;
  readonly sinceWallMs: number;
  /** For how long it has been seen without a gap: what was not watched does not count. */
  readonly seenMs: number;
  readonly answeredAt: Moment | undefined;
  /** The last read, whatever it said. */
  readonly readAt: Moment | undefined;
  /** Since when the reads say nothing, with the reason. */
  readonly noData: { readonly sinceWallMs: number; readonly why: string } | undefined;
  /** The last known sample, for showing. */
  readonly last: Sample | undefined;
  /** Whether the condition was seen to hold since the editor was started. */
  readonly seenHere: boolean;
}

export type Change = 'fired' | 'recovered';

export interface Pace {
  /** How long the condition must last to fire. */
  readonly holdMs: number;
  /** Two reads further apart than this do not vouch for the time between them. */
  readonly mostGapMs: number;
}

export const unread: RuleState = {
  firing: false,
  holds: undefined,
  sinceWallMs: 0,
  seenMs: 0,
  answeredAt: undefined,
  readAt: undefined,
  noData: undefined,
  last: undefined,
  seenHere: false,
};

/** A rule that was firing when the editor was closed. */
export const restored: RuleState = { ...unread, firing: true };

const leastRecoveryMs = 60_000;
const mostRecoveryMs = 300_000;

/** How long a condition must have passed to be over: one that comes and goes is one episode. */
export function recoveryMs(holdMs: number): number {
  return Math.min(mostRecoveryMs, Math.max(leastRecoveryMs, holdMs));
}

/**
 * The state after one more read, and whether it begins or ends an episode. An unknown read changes neither: time goes on
 * counting when the next known one comes soon and says the same, though not the time in between.
 */
export function step(
  state: RuleState,
  sample: Sample,
  at: Moment,
  { holdMs, mostGapMs }: Pace,
): { readonly state: RuleState; readonly change: Change | undefined } {
  if (sample.holds === undefined) {
    const noData = { sinceWallMs: state.noData?.sinceWallMs ?? at.wallMs, why: sample.words };
    return { state: { ...state, noData, readAt: at }, change: undefined };
  }
  const seenMs = seen(state, sample.holds, at, mostGapMs);
  const next: RuleState = {
    firing: state.firing,
    holds: sample.holds,
    sinceWallMs: seenMs === undefined ? at.wallMs : state.sinceWallMs,
    seenMs: seenMs ?? 0,
    answeredAt: at,
    readAt: at,
    noData: undefined,
    last: sample,
    seenHere: state.seenHere || sample.holds,
  };
  if (!next.firing && next.holds && next.seenMs >= holdMs) return { state: { ...next, firing: true }, change: 'fired' };
  if (next.firing && !next.holds && next.seenMs >= recoveryMs(holdMs))
    return { state: { ...next, firing: false }, change: 'recovered' };
  return { state: next, change: undefined };
}

/** The state as what it is worth when nobody read for long. */
export function outdated(state: RuleState, now: Moment, mostGapMs: number): RuleState {
  const { readAt } = state;
  if (!readAt || now.wallMs - readAt.wallMs <= mostGapMs) return state;
  return { ...state, noData: state.noData ?? { sinceWallMs: readAt.wallMs, why: 'not watched' } };
}

/** For how long the answer has been seen; undefined where it begins anew. */
function seen(state: RuleState, holds: boolean, at: Moment, mostGapMs: number): number | undefined {
  const { answeredAt } = state;
  if (answeredAt === undefined || state.holds !== holds) return undefined;
  const passedMs = at.monotonicMs - answeredAt.monotonicMs;
  // A machine that sleeps stops one clock, and somebody who sets the time moves the other.
  if (Math.max(passedMs, at.wallMs - answeredAt.wallMs) > mostGapMs) return undefined;
  return state.seenMs + (state.noData ? 0 : passedMs);
}
