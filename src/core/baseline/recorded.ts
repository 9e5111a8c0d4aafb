import { recorded, restarts } from '../dashboard/recordedCharts.ts';
import type { RecordedInput } from '../dashboard/recordedCharts.ts';
import { recordedLookups } from '../dashboard/recordedLookups.ts';
import type { Recording } from '../dashboard/recording.ts';
import type { EnvironmentSettings } from '../environment/schema.ts';
import type { Figure } from './baseline.ts';

export interface RecordedFigures {
  readonly figures: readonly Figure[];
  /** Labels of what was recorded too seldom in the window to say anything. */
  readonly absent: readonly string[];
  readonly restarts: number;
}

interface Wanted extends Pick<Figure, 'id' | 'label' | 'unit'> {
  readonly service: 'redis' | 'qdrant';
  /** Name in the recording. */
  readonly from: string;
  readonly how: 'gauge' | 'rate';
}

const wanted: readonly Wanted[] = [
  { id: 'memory', label: 'Redis memory', unit: 'bytes', service: 'redis', from: 'memory', how: 'gauge' },
  { id: 'evictions', label: 'Evictions', unit: 'perSecond', service: 'redis', from: 'evicted', how: 'rate' },
  { id: 'keys', label: 'Keys', unit: 'count', service: 'redis', from: 'keys', how: 'gauge' },
  { id: 'points', label: 'Qdrant points', unit: 'count', service: 'qdrant', from: 'points', how: 'gauge' },
];

export interface RecordedRequest {
  readonly settings: EnvironmentSettings;
  readonly recording: Recording;
  readonly toMs: number;
  readonly windowMs: number;
  /** Undefined where Prometheus counts them. */
  readonly lookups: 'wanted' | undefined;
}

/** Means and rates over the window of what the extension recorded by itself. */
export function recordedFigures({ settings, recording, toMs, windowMs, lookups }: RecordedRequest): RecordedFigures {
  const input: RecordedInput = { settings, recording, grid: { fromMs: toMs, stepMs: windowMs, count: 1 } };
  const samples = (service: Figure['service'] & ('redis' | 'qdrant' | 'application'), name: string): number =>
    recording.points(service, name, toMs - windowMs).atMs.filter((atMs) => atMs <= toMs).length;
  const read = wanted
    .filter(({ service }) => settings[service] !== undefined)
    .map(({ from, how, ...figure }) => {
      const [value = null] = recorded(input, figure.service, from, how);
      const count = samples(figure.service, from);
      const source = `recorded here from ${figure.service === 'redis' ? 'Redis' : 'Qdrant'}`;
      return {
        label: figure.label,
        figure: value === null || count === 0 ? undefined : { ...figure, value, source, samples: count },
      };
    });
  const counted = lookups && lookupFigures(input, samples);
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
  samplesOf: (service: 'redis' | 'application', name: string) => number,
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
