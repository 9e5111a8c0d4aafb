import { formatCount, formatCountOf, formatMilliseconds } from '../format.ts';
import { healthReadings } from './applicationHealth.ts';
import { counterReadings } from './applicationMetrics.ts';
import type { Part } from './monitorParts.ts';
import { readingsOf, reportReadings } from './monitorParts.ts';
import type { WantedMetric } from './prometheusMetrics.ts';
import type { Reading, ServiceReport } from './reading.ts';

export interface ApplicationEssential {
  /** Undefined where the environment names no health address. */
  readonly health: { readonly status: number; readonly body: string } | undefined;
}

/** Each undefined where the environment names no such address. */
export interface ApplicationDetails {
  readonly metrics: Part<string> | undefined;
  readonly stats: Part<unknown> | undefined;
}

export interface ApplicationSample {
  readonly essential: ApplicationEssential;
  readonly details: ApplicationDetails;
  readonly address: string;
  readonly tookMs: number;
  readonly readAtMs: number;
}

/** What a sample means: every reading with its state, in the order the tree shows them. */
export function reportApplication(
  sample: ApplicationSample,
  wanted: readonly WantedMetric[],
  vectorSize?: number,
): ServiceReport {
  const { essential, details, readAtMs } = sample;
  const { health } = essential;
  const took: Reading = {
    id: 'answerTime',
    label: 'Answer time',
    value: formatMilliseconds(sample.tookMs),
    state: 'fact',
    detail: `Of the health endpoint at ${sample.address}.`,
  };
  const metrics = { id: 'metrics', label: 'Metrics page' };
  const stats = { id: 'stats', label: 'Statistics' };
  return reportReadings(
    [
      ...(health ? [...healthReadings(health.status, health.body), took] : []),
      ...missing(details.metrics, metrics, (part) =>
        readingsOf(part, metrics, (page) => counterReadings(page, wanted, readAtMs)),
      ),
      ...missing(details.stats, stats, (part) =>
        readingsOf(part, stats, (numbers) => [...statsReadings(numbers), ...embedding(numbers, vectorSize)]),
      ),
    ],
    readAtMs,
  );
}

/** An address that the environment names is there, or something is wrong with one of the two. */
function missing<T>(
  part: Part<T> | undefined,
  names: { readonly id: string; readonly label: string },
  read: (part: Part<T>) => readonly Reading[],
): readonly Reading[] {
  if (part === undefined) return [];
  if (part.kind !== 'notOffered') return read(part);
  const detail = 'The application has no such address: check it in the environment.';
  return [{ ...names, value: 'not found (HTTP 404)', state: 'degraded', detail }];
}

const mostNumbers = 20;

/** The numbers of the statistics as the application gives them, named by their place; they are not judged. */
function statsReadings(stats: unknown): readonly Reading[] {
  const numbers = [...numbersIn(stats, [])];
  if (numbers.length === 0)
    return [
      { id: 'stats', label: 'Statistics', value: 'no numbers', state: 'fact', detail: 'The statistics endpoint.' },
    ];
  const shown = numbers.slice(0, mostNumbers).map(([path, value]): Reading => ({
    id: `stats/${path}`,
    label: path,
    value: Number.isInteger(value) ? formatCount(value) : String(Math.round(value * 10_000) / 10_000),
    state: 'fact',
    detail: 'As the application’s statistics endpoint gives it.',
  }));
  const more = numbers.length - shown.length;
  return more === 0
    ? shown
    : [...shown, { id: 'stats', label: 'Statistics', value: `${formatCountOf(more, 'number')} more`, state: 'fact' }];
}

/** What it says of the length of its embeddings, held against the settings. Names as they are in use. */
function embedding(stats: unknown, wanted: number | undefined): readonly Reading[] {
  const named = /(embedding|vector)s?[\W_]*(dim|dims|dimension|dimensions|size|length)$/i;
  const found = [...numbersIn(stats, [])].find(([path]) => named.test(path));
  if (!found || wanted === undefined) return [];
  const [path, size] = found;
  const base = { id: 'embedding', label: 'Embedding size', value: formatCount(size) };
  return size === wanted
    ? [{ ...base, state: 'healthy', detail: `${path} is what qdrant.vectorSize of the environment says.` }]
    : [
        {
          ...base,
          state: 'degraded',
          detail: `${path} is not ${formatCount(wanted)}, which qdrant.vectorSize says: its vectors do not fit.`,
        },
      ];
}

function* numbersIn(value: unknown, path: readonly string[]): Generator<readonly [string, number]> {
  if (typeof value === 'number' && Number.isFinite(value)) yield [path.join('.'), value];
  if (typeof value !== 'object' || value === null || path.length > 4) return;
  for (const [key, inner] of Object.entries(value)) yield* numbersIn(inner, [...path, key]);
}
