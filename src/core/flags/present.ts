import type { Environment } from '../environment/environment.ts';
import { formatTime } from '../format.ts';
import type { Row } from '../row.ts';
import type { FlagReading, FlagReport } from './board.ts';
import type { FlagSettings } from './surroundings.ts';
import { valueWords } from './target.ts';

/** `on (1)`, `off (0)`, `not set`; a value that is neither says so. */
export function flagWords(flag: FlagSettings | undefined, value: string | undefined): string {
  if (value === undefined) return 'not set';
  if (value === flag?.on) return `on (${valueWords(value)})`;
  if (value === flag?.off) return `off (${valueWords(value)})`;
  return `${valueWords(value)}, neither on nor off`;
}

/** The row that holds an environment's flags. */
export function presentFlags(environment: Environment, report: FlagReport | undefined, nowMs: number): Row {
  const flags = Object.keys(environment.settings.flags ?? {});
  const different = report?.readings.filter((one) => differs(one)) ?? [];
  const unknown = report?.readings.filter(({ desired }) => desired.kind === 'unknown') ?? [];
  const count = `${flags.length} ${flags.length === 1 ? 'flag' : 'flags'}`;
  const words = [
    different.length === 0 ? '' : `${different.map(({ name }) => name).join(', ')} not in effect`,
    unknown.length === 0 ? '' : `${unknown.length} unknown`,
    count,
    report === undefined ? 'not read yet' : `read at ${formatTime(report.readAtMs, nowMs)}`,
  ];
  return {
    id: `${environment.id}/flags`,
    label: 'Flags',
    description: words.filter((one) => one !== '').join(' · '),
    icon: different.length > 0 ? { name: 'warning', color: 'problemsWarningIcon.foreground' } : { name: 'settings' },
    contextValue: 'flags',
    expandable: 'collapsed',
  };
}

/** Without a reading, that it is being read. */
export function presentFlag(environment: Environment, name: string, reading: FlagReading | undefined): Row {
  const base = { id: `${environment.id}/flags/${name}`, label: name, contextValue: 'flag', expandable: 'no' as const };
  if (!reading) return { ...base, description: 'being read', icon: { name: 'loading~spin' } };
  const flag = environment.settings.flags?.[name];
  const { desired, effective } = reading;
  const wanted = desired.kind === 'unknown' ? 'unknown' : flagWords(flag, desired.value);
  const running =
    effective.kind === 'unknown' ? 'not known what it runs with' : `runs with ${flagWords(flag, effective.value)}`;
  const same = effective.kind === 'known' && desired.kind === 'known' && effective.value === desired.value;
  const description = same ? `${wanted} · in effect` : `${wanted} · ${running}`;
  const details = [
    `Desired: ${wanted}${desired.kind === 'unknown' ? `. ${desired.why}` : ''}`,
    `Kept in: ${reading.where ?? 'not known'}`,
    effective.kind === 'unknown'
      ? `Effective: unknown. ${effective.why}`
      : `Effective: ${flagWords(flag, effective.value)}, says ${effective.by}`,
    ...(differs(reading) ? ['The application runs with another value: it may have to be restarted.'] : []),
  ];
  return {
    ...base,
    description,
    icon: iconOf(reading, flag),
    tooltip: [name, ...details].join('\n'),
    spoken: `${name}: ${description}`,
  };
}

function differs({ desired, effective }: FlagReading): boolean {
  return desired.kind === 'known' && effective.kind === 'known' && desired.value !== effective.value;
}

function iconOf(reading: FlagReading, flag: FlagSettings | undefined): NonNullable<Row['icon']> {
  if (reading.desired.kind === 'unknown') return { name: 'question', color: 'problemsInfoIcon.foreground' };
  if (differs(reading)) return { name: 'warning', color: 'problemsWarningIcon.foreground' };
  return { name: reading.desired.value === flag?.on ? 'circle-filled' : 'circle-outline' };
}
