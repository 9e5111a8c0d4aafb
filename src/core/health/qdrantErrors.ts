import { formatCount } from '../format.ts';
import type { QdrantMetrics } from './qdrantModel.ts';
import type { Reading } from './reading.ts';

/**
 * What the server could not do for others. With a full disk a collection stays green, ready and without optimizer error
 * while every update is answered with 500, so nothing else shows it.
 */
export function serverErrorReadings({ serverErrors, earlierErrors }: QdrantMetrics): readonly Reading[] {
  const base = { id: 'serverErrors', label: 'Server errors' };
  const since = `${formatCount(sum(serverErrors.values()))} since start`;
  if (!earlierErrors) {
    const detail =
      'Answers with a status of 500 or more, by its metrics. Whether they go on shows at the next reading.';
    return serverErrors.size === 0 ? [] : [{ ...base, value: since, state: 'fact', detail }];
  }
  const rises = [...serverErrors]
    .map(([address, count]) => ({ address, rise: riseOf(count, earlierErrors.get(address) ?? 0) }))
    .filter(({ rise }) => rise > 0);
  const risen = formatCount(sum(rises.map(({ rise }) => rise)));
  if (rises.length === 0)
    return serverErrors.size === 0
      ? []
      : [{ ...base, value: `none lately, ${since}`, state: 'fact', detail: 'None since the reading before.' }];
  const where = rises.map(({ address, rise }) => `${formatCount(rise)} × ${address}`).join(', ');
  return [
    {
      ...base,
      value: `${risen} since the last reading`,
      state: 'degraded',
      detail: `${where}. Where updates fail, look at the server’s log and its disk: a collection stays green when the disk is full.`,
    },
  ];
}

/** A counter that fell began again. */
function riseOf(count: number, earlier: number): number {
  return count < earlier ? count : count - earlier;
}

function sum(values: Iterable<number>): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
