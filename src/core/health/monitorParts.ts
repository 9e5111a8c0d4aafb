import type { Failure, HealthState, Reading, ServiceReport } from './reading.ts';
import { worst } from './reading.ts';

/** One of several things that were asked of a service, with how that went. */
export type Part<T> =
  | { readonly kind: 'value'; readonly value: T; readonly readAtMs: number }
  /** The server does not know this address: another version, or another program with the same interface. */
  | { readonly kind: 'notOffered' }
  | { readonly kind: 'failed'; readonly failure: Failure };

/** Readings of a part, or one that says why there are none. */
export function readingsOf<T>(
  part: Part<T>,
  { id, label }: { readonly id: string; readonly label: string },
  read: (value: T) => readonly Reading[],
): readonly Reading[] {
  switch (part.kind) {
    case 'value':
      return read(part.value).map((reading) => ({ ...reading, readAtMs: part.readAtMs }));
    case 'notOffered':
      return [{ id, label, value: 'not offered', state: 'fact', detail: 'This server does not have that address.' }];
    case 'failed':
      return [{ id, label, ...failed(part.failure) }];
  }
}

function failed({ code, message, next }: Failure): Pick<Reading, 'value' | 'state' | 'detail'> {
  const value = code === 'permission' || code === 'authentication' ? 'not permitted' : 'could not be read';
  return { value, state: 'unknown', detail: next === undefined ? message : `${message} ${next}` };
}

/** The report of a service that answered: its state is that of the reading that most needs attention. */
export function reportReadings(given: readonly Reading[], readAtMs: number): ServiceReport {
  const readings = withUniqueIds(given);
  const state = worst(readings.map((reading) => reading.state));
  const troubles = troubledStates.flatMap((one) => troubleWords(readings, one));
  return { state, summary: troubles.length === 0 ? state : troubles.join('; '), readings, readAtMs };
}

/** The report with more readings; facts leave it as it is. */
export function addReadings(report: ServiceReport, more: readonly Reading[]): ServiceReport {
  const readings = [...report.readings, ...more];
  if (more.every(({ state }) => state === 'fact' || state === 'healthy')) return { ...report, readings };
  const { state, summary } = reportReadings(readings, report.readAtMs ?? 0);
  return { ...report, readings, state, summary };
}

/** Worst first. All are named: one thing that is not known must not hide another that is known to be bad. */
const troubledStates = ['down', 'unknown', 'degraded'] as const;

/** `degraded: targets, metric hits, 2 more`; nothing where nothing is. */
function troubleWords(readings: readonly Reading[], state: HealthState): readonly string[] {
  const labels = new Set(readings.filter((one) => one.state === state).map(({ label }) => label.toLowerCase()));
  if (labels.size === 0) return [];
  const [first, second, ...others] = labels;
  const named = [first, second, others.length > 0 ? `${others.length} more` : undefined];
  return [`${state}: ${named.filter((one) => one !== undefined).join(', ')}`];
}

/** What a server lists twice is shown twice; the tree needs an id for each. */
function withUniqueIds(readings: readonly Reading[]): readonly Reading[] {
  const seen = new Map<string, number>();
  return readings.map((reading) => {
    const times = (seen.get(reading.id) ?? 0) + 1;
    seen.set(reading.id, times);
    return times === 1 ? reading : { ...reading, id: `${reading.id}#${times}` };
  });
}
