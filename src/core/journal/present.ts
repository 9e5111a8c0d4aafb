import { formatDuration, formatTime } from '../format.ts';
import { resultNames } from '../operations/outcomeWords.ts';
import type { Result } from '../operations/outcomeWords.ts';
import type { Row } from '../row.ts';
import type { JournalEntry } from './history.ts';
import { resultOfEntry } from './history.ts';

/**
 * How an entry ended, or why it has not: `running` while the program that began it runs, `interrupted` when that is no
 * more, `elsewhere` when it was begun on another machine, of which nothing is known here.
 */
export type EntryState = Result | 'running' | 'interrupted' | 'elsewhere';

export const stateNames: Readonly<Record<EntryState, string>> = {
  ...resultNames,
  running: 'under way',
  interrupted: 'interrupted',
  elsewhere: 'no end known here',
};

/** `isRunning` is what is known of the program that began it; undefined: it is on another machine. */
export function stateOf(entry: JournalEntry, isRunning: boolean | undefined): EntryState {
  const result = resultOfEntry(entry);
  if (result !== 'unfinished') return result;
  if (isRunning === undefined) return 'elsewhere';
  return isRunning ? 'running' : 'interrupted';
}

const icons: Readonly<Record<EntryState, NonNullable<Row['icon']>>> = {
  succeeded: { name: 'pass', color: 'testing.iconPassed' },
  failed: { name: 'error', color: 'problemsErrorIcon.foreground' },
  cancelled: { name: 'circle-slash' },
  undone: { name: 'discard' },
  unverified: { name: 'question', color: 'problemsInfoIcon.foreground' },
  running: { name: 'loading~spin' },
  interrupted: { name: 'warning', color: 'problemsWarningIcon.foreground' },
  elsewhere: { name: 'question' },
};

/** An entry as a row of the History view. */
export function presentEntry(entry: JournalEntry, state: EntryState, nowWallMs: number): Row {
  const { begun, ended, tampered, file } = entry;
  const at = formatTime(Date.parse(begun.at), nowWallMs);
  const took = ended === undefined ? '' : formatDuration(ended.durationMs);
  const said = [begun.environment.name, stateNames[state], at, took, tampered ? 'edited afterwards' : ''];
  const description = said.filter((part) => part !== '').join(' · ');
  const who = begun.person.git ?? begun.person.os;
  const findings = ended?.findings.join('\n') ?? '';
  return {
    id: `${file}/${entry.id}`,
    label: begun.title,
    description,
    icon: tampered ? { name: 'warning', color: 'problemsWarningIcon.foreground' } : icons[state],
    tooltip: `${begun.title} in ${begun.environment.name} (${begun.environment.tier}): ${stateNames[state]}.\nBy ${who} on ${begun.machine}, ${begun.at}.${findings === '' ? '' : `\n${findings}`}`,
    contextValue: `entry ${state} ${begun.kind}`,
    expandable: 'no',
  };
}
