import type { ServiceIdentity } from '../operations/identity.ts';
import type { RunReport, Verification } from '../operations/operation.ts';
import type { Piece } from '../operations/piece.ts';
import type { PlanTarget } from '../operations/plan.ts';

/**
 * `immediate`: flags off and a restart. `full`: then the code as well. `release`: the link back to the release before.
 * `revision`: a Kubernetes workload back to a revision that was recorded.
 */
export type RollBackWay = 'immediate' | 'full' | 'release' | 'revision';

/** How long each may take, as deployment checklists say it: 5 and 15 minutes. */
export const budgetsMs: Readonly<Record<RollBackWay, number>> = {
  immediate: 5 * 60_000,
  full: 15 * 60_000,
  release: 5 * 60_000,
  revision: 5 * 60_000,
};

export const wayNames: Readonly<Record<RollBackWay, string>> = {
  immediate: 'Immediate rollback',
  full: 'Full rollback',
  release: 'Previous release',
  revision: 'Earlier revision',
};

/** Something a rollback can do besides flags: looks first, then gives the step. */
export interface Preparable {
  /** Of its step; known before anything is asked. */
  readonly id: string;
  readonly title: string;
  /** Who answers there, where it is a server. */
  readonly identify?: (signal: AbortSignal) => Promise<readonly ServiceIdentity[]>;
  readonly prepare: (signal: AbortSignal) => Promise<Prepared>;
  readonly close?: () => void;
}

export interface Prepared {
  readonly piece: Piece;
  readonly targets: readonly PlanTarget[];
  /** `changing` unless something of it is lost for good. */
  readonly effect?: 'changing' | 'destructive';
  readonly obstacles: readonly string[];
  readonly warnings: readonly string[];
  readonly irreversible?: readonly string[];
  /** Asks whether it is so now, however the step ended; undefined: nobody can see it but by the step itself. */
  readonly verify?: (report: RunReport, signal: AbortSignal) => Promise<Verification>;
}
