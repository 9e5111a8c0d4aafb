import type { OutputDifference } from '../checklist/meaning/expectations/types.ts';
import type { Verdict } from '../verdict.ts';

/** What is known of one item, block or statement in one environment, and where it is known from. */
export interface Evidence {
  readonly verdict: Verdict;
  /** Wall clock, ms since 1970. */
  readonly atMs: number;
  readonly durationMs: number | undefined;
  /** Where it ran and what it asked: "build-7, Redis 127.0.0.1:6379 (run 5f3a…)". */
  readonly where: string;
  /** `run`: a command that was run; `verify`: a check; `person`: somebody looked, or overrode a failure with a reason. */
  readonly by: 'run' | 'verify' | 'person';
  /** What was run or read; without secrets. */
  readonly what: string;
  /** Expected against actual, where there was something to compare. */
  readonly difference?: OutputDifference | undefined;
  /** Why it was run, where production asked. */
  readonly reason?: string | undefined;
  /** The person's reason for going on after a failure. */
  readonly override?: string | undefined;
  /** Of a check: when what it checks was last run or done, and with what verdict. */
  readonly lastDone?: Done | undefined;
}

/** That something was run or done by hand, not only checked. */
export type Done = Pick<Evidence, 'verdict' | 'atMs' | 'durationMs'>;

/** Undefined for what was only checked. */
export function lastDone({ by, lastDone: before, verdict, atMs, durationMs }: Evidence): Done | undefined {
  return by === 'verify' ? before : { verdict, atMs, durationMs };
}

/** New evidence in the place of `before`: a check does not make forget when it was done. */
export function following(evidence: Evidence, before: Evidence | undefined): Evidence {
  const done = before && lastDone(before);
  return evidence.by === 'verify' && done ? { ...evidence, lastDone: done } : evidence;
}

/** One thing that can have evidence, as it stands in the document now. */
export interface Anchor {
  /** Path of the thing in its document; never contains line numbers. */
  readonly id: string;
  /** The thing's own text: evidence for a command is no evidence for another one. */
  readonly content: string;
}

/** Evidence as it is kept, with what is needed to find its place again. */
export interface KeptEvidence extends Anchor {
  /** How many things of the same path and content there were: one among twins cannot be told once their number changes. */
  readonly twins: number;
  /** Things elsewhere in the document that read the same already then: it cannot have moved to them. */
  readonly rivals: readonly string[];
  readonly evidence: Evidence;
}
