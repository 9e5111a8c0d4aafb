import type { EnvironmentSettings } from '../environment/schema.ts';
import { loadMeasured } from './load.ts';
import type { AskRange, Measured } from './load.ts';
import type { PartReads } from './partReads.ts';
import type { RangeName } from './queries.ts';
import type { Grid } from './range.ts';

/** What else is measured, and as what it is said not to be read. */
const measuredParts: readonly (readonly [name: RangeName, part: string])[] = [
  ['exact', 'Exact hits'],
  ['semantic', 'Semantic hits'],
  ['p50', 'Latency'],
  ['p95', 'Latency'],
  ['p50cached', 'Latency of cached answers'],
  ['p95cached', 'Latency of cached answers'],
  ['meanCached', 'Latency of cached answers'],
  ['p50uncached', 'Latency of uncached answers'],
  ['p95uncached', 'Latency of uncached answers'],
  ['meanUncached', 'Latency of uncached answers'],
  ['errors', 'Errors'],
  ['writes', 'Writes'],
  ['resets', 'Restarts'],
];

export interface MeasuredParts {
  readonly measured: Measured;
  /** Why what is asked for by this name was not read; undefined where it was. */
  readonly whyNot: (name: RangeName) => string | undefined;
}

/** Reads each of them by itself: one that is refused takes no other with it. */
export async function loadMeasuredParts(
  settings: EnvironmentSettings,
  grid: Grid,
  ask: AskRange,
  reads: PartReads,
): Promise<MeasuredParts> {
  const notRead = new Map<RangeName, string | undefined>();
  const read = async ([name, part]: (typeof measuredParts)[number]): Promise<Measured> => {
    const found = await reads.orElse(part, loadMeasured(settings, grid, ask, [name]), undefined);
    if (!found) notRead.set(name, reads.whyNot(part));
    return found ?? {};
  };
  const all = await Promise.all(measuredParts.map(read));
  return { measured: Object.assign({}, ...all), whyNot: (name) => notRead.get(name) };
}
