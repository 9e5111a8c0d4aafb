import { noValues } from './load.ts';
import type { Rates } from './load.ts';
import { recorded, restarts, sourceOf } from './recordedCharts.ts';
import type { RecordedInput } from './recordedCharts.ts';
import { isEmpty, sumOf } from './series.ts';

export interface Lookups {
  readonly rates: Rates;
  readonly resets: readonly number[];
  readonly source: string;
  readonly counted: 'application' | 'keyspace';
}

/**
 * Lookups as the extension recorded them: the application's own counters where it shows them, else those of Redis, which
 * count every lookup of every client and are called so. Undefined where neither was recorded.
 */
export function recordedLookups(input: RecordedInput): Lookups | undefined {
  return applicationLookups(input) ?? redisLookups(input);
}

function applicationLookups(input: RecordedInput): Lookups | undefined {
  const names = input.recording.namesBelow('application', 'hits/');
  const namespaces = names.map((name) => ({
    name,
    hits: recorded(input, 'application', `hits/${name}`, 'gauge'),
    misses: recorded(input, 'application', `misses/${name}`, 'gauge'),
  }));
  const none = noValues(input.grid);
  const hits = sumOf([none, ...namespaces.map((one) => one.hits)]);
  const misses = sumOf([none, ...namespaces.map((one) => one.misses)]);
  if (isEmpty(hits) && isEmpty(misses)) return undefined;
  const source = 'recorded here from the application’s metrics page';
  return {
    rates: { namespaces, hits, misses },
    resets: [],
    source,
    counted: 'application',
  };
}

function redisLookups(input: RecordedInput): Lookups | undefined {
  const hits = recorded(input, 'redis', 'hits', 'rate');
  const misses = recorded(input, 'redis', 'misses', 'rate');
  if (isEmpty(hits) && isEmpty(misses)) return undefined;
  const source = `keyspace lookups of every client, ${sourceOf('redis', false)}`;
  return {
    rates: { namespaces: [{ name: 'keyspace', hits, misses }], hits, misses },
    resets: restarts(input, 'redis'),
    source,
    counted: 'keyspace',
  };
}
