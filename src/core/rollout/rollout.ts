import type { Tier } from '../environment/environment.ts';
import { readFrontMatter } from './frontMatter.ts';

/** How a rollout ended, or that it has not. The words are those of a document's status line. */
export type RolloutOutcome = 'In Progress' | 'Complete' | 'Rolled Back';

/** What binds a copy of a checklist to the environment it was made for: its front matter. */
export interface Rollout {
  /** Path of the template, relative to the workspace folder, with forward slashes. */
  readonly checklist: string;
  /** The environment's name. */
  readonly environment: string;
  readonly tier: Tier;
  /** Commit of the template's repository when it was started; a `+` at its end: with changes that were not committed. */
  readonly commit: string | undefined;
  readonly branch: string | undefined;
  readonly who: string | undefined;
  /** ISO 8601, with the offset of the machine it was started on. */
  readonly started: string;
  readonly finished: string | undefined;
  readonly outcome: RolloutOutcome;
}

/** The rollout a document is; undefined for any other document. */
export function readRollout(text: string): Rollout | undefined {
  const values = readFrontMatter(text)?.values;
  const [checklist, environment, started] = ['checklist', 'environment', 'started'].map((key) => values?.get(key));
  if (!checklist || !environment || started === undefined || Number.isNaN(Date.parse(started))) return undefined;
  return {
    checklist,
    environment,
    tier: tierOf(values?.get('tier')),
    commit: values?.get('commit'),
    branch: values?.get('branch'),
    who: values?.get('who'),
    started,
    finished: values?.get('finished'),
    outcome: outcomeOf(values?.get('outcome')),
  };
}

/** As front matter; what is not known is left out. */
export function frontMatterOf(rollout: Rollout): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(rollout).filter((pair): pair is [string, string] => pair[1] !== undefined));
}

function tierOf(text: string | undefined): Tier {
  return text === 'development' || text === 'staging' ? text : 'production';
}

function outcomeOf(text: string | undefined): RolloutOutcome {
  return text === 'Complete' || text === 'Rolled Back' ? text : 'In Progress';
}

/** `2025-11-20T14:03:22+01:00`: the machine's own time, which says when it was for everyone. */
export function formatMoment(date: Date): string {
  const offset = -date.getTimezoneOffset();
  const local = new Date(date.getTime() + offset * 60_000).toISOString().slice(0, 19);
  const hours = String(Math.floor(Math.abs(offset) / 60)).padStart(2, '0');
  const minutes = String(Math.abs(offset) % 60).padStart(2, '0');
  return `${local}${offset < 0 ? '-' : '+'}${hours}:${minutes}`;
}
