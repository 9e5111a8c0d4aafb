import { formatBytes, formatCount, formatMilliseconds } from '../format.ts';
import { readingsOf, reportReadings } from './monitorParts.ts';
import { clusterReadings, shardReadings } from './qdrantCluster.ts';
import { collectionReadings } from './qdrantCollections.ts';
import { serverErrorReadings } from './qdrantErrors.ts';
import type { QdrantDetails, QdrantEssential, QdrantMetrics } from './qdrantModel.ts';
import { snapshotReadings } from './qdrantSnapshots.ts';
import type { Reading, ServiceReport } from './reading.ts';

export interface QdrantSample {
  readonly essential: QdrantEssential;
  readonly details: QdrantDetails;
  readonly address: string;
  readonly tookMs: number;
  readonly readAtMs: number;
}

export interface QdrantLimits {
  readonly qdrantMemory?: number | undefined;
}

/** At most so many collections are read one by one where none is configured. */
export const mostCollections = 20;

/** What a sample means: every reading with its state, in the order the tree shows them; `vectorSize` as the settings have it. */
export function reportQdrant(sample: QdrantSample, limits: QdrantLimits, vectorSize?: number): ServiceReport {
  const { essential, details, readAtMs } = sample;
  const names = {
    version: { id: 'version', label: 'Version' },
    ready: { id: 'ready', label: 'Ready' },
    cluster: { id: 'cluster', label: 'Cluster' },
    memory: { id: 'memory', label: 'Memory' },
  };
  const report = reportReadings(
    [
      {
        id: 'connection',
        label: 'Connection',
        value: sample.address,
        state: 'healthy',
        detail: 'Collections can be read.',
      },
      { id: 'roundTrip', label: 'Answer time', value: formatMilliseconds(sample.tookMs), state: 'fact' },
      ...readingsOf(details.version, names.version, (version) => [
        { ...names.version, value: `Qdrant ${version}`, state: 'fact' },
      ]),
      ...readyReadings(details),
      ...listed(essential),
      ...collectionReadings(essential, details, vectorSize),
      ...snapshotReadings(details.snapshots, readAtMs),
      ...readingsOf(essential.cluster ?? details.cluster, names.cluster, clusterReadings),
      ...shardReadings(details.shards),
      ...readingsOf(details.metrics, names.memory, (metrics) => metricReadings(metrics, limits)),
    ],
    readAtMs,
  );
  return { ...report, amounts: amountsOf(sample) };
}

/** Over all collections that were found; a collection that does not say its points leaves their sum unknown. */
function amountsOf({ essential, details }: QdrantSample): Readonly<Record<string, number>> {
  const found = [...essential.configured.values(), ...details.collections.values()].flatMap((answer) =>
    answer.kind === 'found' ? [answer.collection] : [],
  );
  const known = {
    points: found.length === 0 ? undefined : sum(found.map(({ points }) => points)),
    queue: found.length === 0 ? undefined : sum(found.map(({ waiting }) => waiting)),
    optimizing: found.length === 0 ? undefined : found.filter(({ status }) => status === 'yellow').length,
    memory: details.metrics.kind === 'value' ? details.metrics.value.residentBytes : undefined,
  };
  return Object.fromEntries(
    Object.entries(known).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

function sum(values: readonly (number | undefined)[]): number | undefined {
  return values.reduce((total, value) => (total === undefined || value === undefined ? undefined : total + value), 0);
}

/** Once ready, a node says so for ever; that it serves is shown by what else is read. */
function readyReadings({ ready }: QdrantDetails): readonly Reading[] {
  const base = { id: 'ready', label: 'Ready' };
  if (ready.kind === 'failed' && ready.failure.code === 'busy')
    return [{ ...base, value: 'some shards are not ready', state: 'degraded', detail: ready.failure.message }];
  return readingsOf(ready, base, () => [{ ...base, value: 'yes', state: 'healthy', detail: 'GET /readyz.' }]);
}

function listed({ listed: names }: QdrantEssential): readonly Reading[] {
  if (names === undefined) return [];
  const more = names.length - mostCollections;
  return [
    {
      id: 'collections',
      label: 'Collections',
      value:
        more > 0 ? `${formatCount(names.length)}, the first ${mostCollections} are read` : formatCount(names.length),
      state: 'fact',
      detail: 'Set qdrant.collections to those of the cache.',
    },
  ];
}

function metricReadings(metrics: QdrantMetrics, limits: QdrantLimits): readonly Reading[] {
  const { residentBytes, recoveryMode } = metrics;
  const recovery: readonly Reading[] = recoveryMode
    ? [
        {
          id: 'recovery',
          label: 'Recovery mode',
          value: 'on',
          state: 'degraded',
          detail: 'It serves no searches in this mode.',
        },
      ]
    : [];
  return [...recovery, ...serverErrorReadings(metrics), memory(residentBytes, limits.qdrantMemory)];
}

function memory(bytes: number | undefined, limit: number | undefined): Reading {
  const base = { id: 'memory', label: 'Memory' };
  if (bytes === undefined)
    return {
      ...base,
      value: 'no data',
      state: limit === undefined ? 'fact' : 'unknown',
      detail: 'Its metrics do not say.',
    };
  const detail = 'Resident memory by its own metrics.';
  if (limit === undefined) return { ...base, value: formatBytes(bytes), state: 'fact', detail };
  const value = `${formatBytes(bytes)} of ${formatBytes(limit)} allowed`;
  return bytes > limit
    ? { ...base, value, state: 'degraded', detail: 'Above the limit limits.qdrantMemory of the environment.' }
    : { ...base, value, state: 'healthy', detail };
}
