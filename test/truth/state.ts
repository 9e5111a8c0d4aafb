import type { ServiceId } from '../../src/core/health/monitorServices.ts';
import type { HealthState } from '../../src/core/health/reading.ts';
import type { Ownership } from '../sandbox/ownership.ts';

/** A state that real servers are put into, and what has to be said of it. */
export interface State {
  /** `Redis: the primary is gone`. */
  readonly name: string;
  readonly service: ServiceId;
  /** Takes too long for every run: only in CI and with `npm run truth`. */
  readonly slow?: true;
  /** A stand-in makes it, because a real server will not do it on demand. */
  readonly standIn?: true;
  /** Throws `NotHere` where this machine cannot make it. */
  readonly make: (stage: Stage) => Promise<Scene>;
  readonly expect: Expected;
}

export interface Scene {
  /** Of the environment. */
  readonly settings: object;
  /** What `${secret}` stands for; left out, nothing is stored. */
  readonly secret?: string;
  /**
   * Leads from a healthy beginning, which is read first, into the state; settles when the servers themselves, asked by
   * other means, are in it. Left out, they are from the beginning.
   */
  readonly worsen?: () => Promise<unknown>;
}

export interface Expected {
  /** Of the service. */
  readonly state: HealthState;
  /** In the words of the service's row, and of the failure below it. */
  readonly says: RegExp;
  /**
   * By id, a `*` at its end for anything: what is neither healthy nor a fact, all of it, since another one would be a
   * false alarm; and whatever else matters.
   */
  readonly readings?: Readonly<Record<string, readonly [HealthState | 'fact', RegExp]>>;
  /** State and words of the environment's row for its hit rate, with what it rests on. */
  readonly hitRate?: readonly [HealthState | 'fact', RegExp];
  /** Within how many seconds of polling; default: the next poll of this service. */
  readonly withinSeconds?: number;
}

/** Where a state is made. What is started through it is stopped when the state has been held. */
export interface Stage {
  /** Empty, and this state's alone. */
  readonly folder: string;
  readonly own: Ownership['own'];
  /** Undone when the state has been held. */
  readonly undo: (work: () => Promise<unknown>) => void;
}

/** This machine cannot make the state, and why. */
export class NotHere extends Error {}
