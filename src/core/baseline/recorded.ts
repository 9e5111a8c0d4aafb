import { recorded, restarts, sourceOf } from '../dashboard/recordedCharts.ts';
import type { RecordedInput } from '../dashboard/recordedCharts.ts';
import { recordedLookups } from '../dashboard/recordedLookups.ts';
import { recordedNumbers } from '../dashboard/recordedNumbers.ts';
import type { Poll, Recording } from '../dashboard/recording.ts';
import type { EnvironmentSettings } from '../environment/schema.ts';
import type { Figure } from './baseline.ts';

export interface RecordedFigures {
  readonly figures: readonly Figure[];
  /** Labels of what was recorded too seldom in the window to say anything. */
  readonly absent: readonly string[];
  readonly restarts: number;
}

export interface RecordedRequest {
  readonly settings: EnvironmentSettings;
  readonly recording: Recording;
  readonly toMs: number;
  readonly windowMs: number;
  /** False where Prometheus counts them. */
  readonly lookups: boolean;
}

/** Means and rates over the window of what the extension recorded by itself. */
export function recordedFigures({ settings, recording, toMs, windowMs, lookups }: RecordedRequest): RecordedFigures {
  const input: RecordedInput = { settings, recording, grid: { fromMs: toMs, stepMs: windowMs, count: 1 } };
  const samples = (service: Poll['service'], name: string): number =>
    recording.points(service, name, toMs - windowMs).atMs.filter((atMs) => atMs <= toMs).length;
  const read = recordedNumbers
    .filter(({ service }) => settings[service] !== undefined)
    .map(({ id, label, unit, service, from, how }) => {
      const [value = null] = recorded(input, service, from, how);
      const count = samples(service, from);
      const source = sourceOf(service, false);
      return {
        label,
        figure: value === null || count === 0 ? undefined : { id, label, unit, service, value, source, samples: count },
      };
    });
  const counted = lookups ? lookupFigures(input, samples) : undefined;
  return {
    figures: [...(counted ?? []), ...read.flatMap(({ figure }) => (figure ? [figure] : []))],
    absent: [
      ...(lookups && !counted ? ['Hit rate'] : []),
      ...read.filter(({ figure }) => !figure).map(({ label }) => label),
    ],
    restarts: restarts({ ...input, grid: { ...input.grid, fromMs: toMs - windowMs } }, 'redis').filter(
      (atMs) => atMs <= toMs,
    ).length,
  };
}

function lookupFigures(
  input: RecordedInput,
  samplesOf: (service: Poll['service'], name: string) => number,
): readonly Figure[] | undefined {
  const found = recordedLookups(input);
  const [hits = null] = found?.rates.hits ?? [];
  const [misses = null] = found?.rates.misses ?? [];
  if (!found || (hits === null && misses === null)) return undefined;
  const { counted, source, rates } = found;
  const keyspace = counted === 'keyspace';
  const service = keyspace ? 'redis' : 'application';
  const name = keyspace ? 'hits' : `hits/${rates.namespaces[0]?.name ?? ''}`;
  const samples = samplesOf(service, name);
  if (samples === 0) return undefined;
  const all = (hits ?? 0) + (misses ?? 0);
  const figure = (id: string, label: string, unit: Figure['unit'], value: number): Figure => ({
    id: lookupId(id, counted),
    label: keyspace ? `Keyspace ${label.toLowerCase()}` : label,
    unit,
    value,
    service,
    source,
    samples,
  });
  return [
    ...(all > 0 ? [figure('hitRate', 'Hit rate', 'ratio', (hits ?? 0) / all)] : []),
    figure('requests', 'Lookups', 'perSecond', all),
    ...(hits === null ? [] : [figure('hits', 'Hits', 'perSecond', hits)]),
    ...(misses === null ? [] : [figure('misses', 'Misses', 'perSecond', misses)]),
  ];
}

/** Lookups of Redis are other figures than the application's, and are never compared with them. */
export function lookupId(id: string, counted: 'application' | 'keyspace'): string {
  return counted === 'keyspace' ? `keyspace/${id}` : id;
}
