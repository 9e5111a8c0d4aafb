import type { Operation } from '../../../src/core/operations/operation.ts';
import type { Place } from './place.ts';
import type { ServerName, World } from './world.ts';

/** All that there is in a world, by its name, with what it holds. */
export type Everything = ReadonlyMap<string, string>;

/** One real operation, and how to tell, past the product, what it has done. */
export interface Scenario {
  /** `flush a pattern` */
  readonly name: string;
  /** What it works on, which can be killed under it. */
  readonly servers: readonly ServerName[];
  /** Steps under which they are killed, where not under each: long ones, whose other parts are scenarios of their own. */
  readonly killedAt?: RegExp;
  /** What else has to run. */
  readonly needs?: readonly ServerName[];
  /** Brings everything to where it begins. */
  readonly prepare: (world: World) => Promise<void>;
  /** Made of plain data alone: also by the program that plays an editor. */
  readonly operation: (place: Place) => Promise<Operation>;
  /** Names of what its plan says it changes. Nothing else may be. */
  readonly touches: RegExp;
  /** What some of them hold when it is done; at any time they hold this, or what they held before, and no part of it. */
  readonly becomes?: Readonly<Record<string, string>>;
  /** Names of what may be left by an editor or a server that was killed; by nothing else. */
  readonly leftovers?: RegExp;
  /** Where the editor is not killed, what ends half way is taken back. */
  readonly wholeOrNothing?: true;
  /** How far it is. */
  readonly reached: (now: Everything, before: Everything) => Reached;
}

export type Reached = 'nothing' | 'part' | 'all';

/** How far it is where each of these things becomes this. */
export function reaching(becomes: Readonly<Record<string, string>>): Scenario['reached'] {
  return (now) => reachedOf(Object.entries(becomes).map(([name, holds]) => now.get(name) === holds));
}

/** Of things that are each done or not. */
export function reachedOf(done: readonly boolean[]): Reached {
  if (done.every(Boolean)) return 'all';
  return done.some(Boolean) ? 'part' : 'nothing';
}

export function namesOf(all: Everything, pattern: RegExp): readonly string[] {
  return [...all.keys()].filter((name) => pattern.test(name));
}
