import type { Progress } from '../checklist/model.ts';
import type { Row } from '../row.ts';
import type { Rollout } from './rollout.ts';

/** A copy of a checklist, and how far it is. */
export interface RolloutProgress {
  /** Unique: the copy's URI. */
  readonly id: string;
  readonly path: string;
  readonly rollout: Rollout;
  readonly progress: Progress;
}

/** The rollouts of one template, by environment, each with the newest first; environments by their newest rollout. */
export function byEnvironment(rollouts: readonly RolloutProgress[]): readonly (readonly RolloutProgress[])[] {
  const newestFirst = rollouts.toSorted((a, b) => startOf(b) - startOf(a));
  return [...Map.groupBy(newestFirst, ({ rollout }) => rollout.environment).values()];
}

function startOf({ rollout }: RolloutProgress): number {
  return Date.parse(rollout.started);
}

/** One line for all environments: "sandbox 3 of 34 · staging 34 of 34, Complete". */
export function rolloutsLine(rollouts: readonly RolloutProgress[]): string | undefined {
  const newest = byEnvironment(rollouts).flatMap(([first]) => first ?? []);
  if (newest.length === 0) return undefined;
  return newest.map((one) => `${one.rollout.environment} ${standing(one)}`).join(' · ');
}

/** The row above the rollouts of a template. */
export function presentRollouts(template: string, rollouts: readonly RolloutProgress[]): Row {
  const line = rolloutsLine(rollouts) ?? 'none yet';
  return {
    id: `${template}#rollouts`,
    label: 'Rollouts',
    description: line,
    icon: { name: 'rocket' },
    tooltip: `Rollouts of this checklist\n${line.replaceAll(' · ', '\n')}`,
    contextValue: 'rollouts',
    expandable: 'collapsed',
    spoken: `Rollouts, ${line.replaceAll(' · ', ', ')}`,
  };
}

/** An environment with its newest rollout; older ones are below it. */
export function presentRollout(one: RolloutProgress, older: number, place: 'newest' | 'older'): Row {
  const { rollout, path } = one;
  const label = place === 'newest' ? rollout.environment : day(rollout.started);
  const description = place === 'newest' ? `${standing(one)}, ${day(rollout.started)}` : standing(one);
  const who = rollout.who === undefined ? '' : ` by ${rollout.who}`;
  return {
    id: `${one.id}#${place}`,
    label,
    description,
    icon: iconOf(rollout),
    tooltip: [
      `${rollout.environment} (${rollout.tier})`,
      standing(one),
      `Started ${rollout.started}${who}`,
      ...(rollout.finished === undefined ? [] : [`Finished ${rollout.finished}`]),
      ...(rollout.commit === undefined ? [] : [`Commit ${rollout.commit.slice(0, 12)}`]),
      path,
    ].join('\n'),
    contextValue: rollout.finished === undefined ? 'rollout.open' : 'rollout.finished',
    expandable: older > 0 ? 'collapsed' : 'no',
    spoken: `${label}, ${rollout.tier}, ${standing(one)}, started ${day(rollout.started)}`,
  };
}

/** What a copy is, where it stands among other checklists: "rollout to staging (staging)". */
export function copyWords({ environment, tier, outcome }: Rollout): string {
  return `rollout to ${environment} (${tier})${outcome === 'In Progress' ? '' : `, ${outcome}`}`;
}

function standing({ rollout, progress }: RolloutProgress): string {
  const words = progress.total === 0 ? 'no boxes' : `${progress.done} of ${progress.total}`;
  return rollout.outcome === 'In Progress' ? words : `${words}, ${rollout.outcome}`;
}

function iconOf({ outcome }: Rollout): NonNullable<Row['icon']> {
  if (outcome === 'Complete') return { name: 'pass', color: 'testing.iconPassed' };
  return { name: outcome === 'Rolled Back' ? 'discard' : 'circle-large' };
}

function day(moment: string): string {
  return moment.slice(0, 10);
}
