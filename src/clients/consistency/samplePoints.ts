import type { ConsistencyBudget, PointsChecked } from '../../core/consistency/model.ts';
import type { CollectionFacts, CollectionPoints, LinkedPoint } from './qdrantPoints.ts';

/** What is known of a collection after its points were looked at. */
export interface Looked {
  readonly name: string;
  readonly points: CollectionPoints;
  readonly facts: CollectionFacts;
  readonly sample: readonly LinkedPoint[];
  readonly sampled: PointsChecked['sampled'];
}

/**
 * All points where the budget allows it, else some at random, or the first where the server cannot choose. `total` as the
 * server counts them. `pause` comes between pages, and throws to end it.
 */
export async function samplePoints(
  points: CollectionPoints,
  total: number | undefined,
  { points: most, page }: ConsistencyBudget,
  pause: () => Promise<void>,
): Promise<Pick<Looked, 'sample' | 'sampled'>> {
  if (total !== undefined && total > most) {
    const found = new Map<string, LinkedPoint>();
    // Each answer is a sample of its own, so some points come twice.
    for (let left = Math.ceil((2 * most) / page); left > 0 && found.size < most; left -= 1) {
      const some = await points.sample(page);
      if (some === undefined) break;
      for (const one of some) found.set(one.id, one);
      await pause();
    }
    if (found.size > 0) return { sample: [...found.values()].slice(0, most), sampled: 'random' };
  }
  const sample: LinkedPoint[] = [];
  let from: string | undefined;
  do {
    const next = await points.page(Math.min(page, most - sample.length), from);
    sample.push(...next.points);
    from = next.next;
    if (from !== undefined) await pause();
  } while (from !== undefined && sample.length < most);
  return { sample, sampled: from === undefined ? 'all' : 'first' };
}
