import { sizeTrouble } from '../consistency/readings.ts';
import { formatCount, formatCountOf } from '../format.ts';
import { readingsOf } from './monitorParts.ts';
import type { Alias, Collection, CollectionAnswer, QdrantDetails, QdrantEssential } from './qdrantModel.ts';
import type { HealthState, Reading } from './reading.ts';

/** Source: Qdrant's documentation of collection status. */
const meanings: Readonly<Record<string, { readonly state: HealthState; readonly detail: string }>> = {
  green: { state: 'healthy', detail: 'Every segment is ready.' },
  yellow: { state: 'degraded', detail: 'The optimizers are at work; it serves meanwhile, and passes by itself.' },
  grey: { state: 'degraded', detail: 'Optimizations wait: they begin with the next update of the collection.' },
  red: {
    state: 'degraded',
    detail: 'A segment failed and the server could not recover it: look at its log and its disk.',
  },
};

/** One reading for each collection, configured ones first, then what concerns its optimizers, updates and vectors. */
export function collectionReadings(
  essential: QdrantEssential,
  details: QdrantDetails,
  vectorSize: number | undefined,
): readonly Reading[] {
  const aliases = details.aliases.kind === 'value' ? details.aliases.value : [];
  const all = [...essential.configured, ...details.collections];
  return [
    ...all.flatMap(([name, answer]) => readingsOfOne(name, answer, aliases, vectorSize)),
    ...readingsOf(details.aliases, { id: 'aliases', label: 'Aliases' }, (known) => [
      {
        id: 'aliases',
        label: 'Aliases',
        value:
          known.length === 0 ? 'none' : known.map(({ alias, collection }) => `${alias} → ${collection}`).join(', '),
        state: 'fact',
      },
    ]),
  ];
}

function readingsOfOne(
  name: string,
  answer: CollectionAnswer,
  aliases: readonly Alias[],
  vectorSize: number | undefined,
): readonly Reading[] {
  const base = { id: `collection/${name}`, label: `Collection ${name}` };
  switch (answer.kind) {
    case 'missing':
      return [
        {
          ...base,
          value: 'missing',
          state: 'degraded',
          detail: 'The environment names it, but the server has neither a collection nor an alias of that name.',
        },
      ];
    case 'failed':
      return readingsOf({ kind: 'failed', failure: answer.failure }, base, () => []);
    case 'found':
      return [
        summary(
          base,
          answer.collection,
          aliases.find(({ alias }) => alias === name),
        ),
        ...more(name, answer.collection),
        ...vectors(name, answer.collection, vectorSize),
      ].map((reading) => ({ ...reading, readAtMs: answer.readAtMs }));
  }
}

function summary(
  base: { readonly id: string; readonly label: string },
  collection: Collection,
  alias: Alias | undefined,
): Reading {
  const { status, points, indexed, segments } = collection;
  const known = meanings[status];
  const words = [
    status,
    points === undefined ? 'points not said' : formatCountOf(points, 'point'),
    ...(indexed === undefined ? [] : [`${formatCountOf(indexed, 'vector')} indexed`]),
    ...(segments === undefined ? [] : [formatCountOf(segments, 'segment')]),
    ...(alias ? [`an alias of ${alias.collection}`] : []),
  ];
  const detail = known?.detail ?? `“${status}” is not known to this version of Cache Ops.`;
  return {
    ...base,
    value: words.join(', '),
    state: known?.state ?? 'unknown',
    detail: `${detail} Counts are approximate.`,
  };
}

function more(name: string, { optimizerError, waiting, warnings }: Collection): readonly Reading[] {
  const readings: Reading[] = [];
  if (optimizerError !== undefined)
    readings.push({
      id: `optimizer/${name}`,
      label: `Optimizers of ${name}`,
      value: optimizerError,
      state: 'degraded',
      detail: 'By optimizer_status: updates are taken, but no longer optimized.',
    });
  if (waiting !== undefined && waiting > 0)
    readings.push({
      id: `queue/${name}`,
      label: `Updates of ${name}`,
      value: `${formatCount(waiting)} waiting`,
      state: 'fact',
    });
  for (const warning of warnings)
    readings.push({
      id: `warning/${name}`,
      label: `Warning for ${name}`,
      value: warning,
      state: 'fact',
      detail: 'The server’s own.',
    });
  return readings;
}

function vectors(name: string, collection: Collection, wanted: number | undefined): readonly Reading[] {
  if (collection.vectors.length === 0) return [];
  const base = { id: `vectors/${name}`, label: `Vectors of ${name}`, value: collection.vectors.join('; ') };
  const trouble = sizeTrouble(collection.vectorSizes, wanted);
  if (trouble !== undefined) return [{ ...base, state: 'degraded', detail: trouble }];
  return wanted === undefined
    ? [{ ...base, state: 'fact', detail: 'Set qdrant.vectorSize in the environment to have it judged.' }]
    : [{ ...base, state: 'healthy', detail: 'As long as qdrant.vectorSize of the environment says.' }];
}
