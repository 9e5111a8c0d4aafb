import type { ChecklistNode } from '../checklist/model.ts';
import type { Meaning } from '../checklist/meaning/types.ts';
import type { Verdict } from '../verdict.ts';
import { partsOf } from './anchors.ts';
import type { Evidence } from './evidence.ts';
import { verdictOfAll } from './present.ts';

/** What is known of a block or item as a whole, from what is known of its parts. */
export interface RolledUp {
  readonly verdict: Verdict;
  /** The evidence that decided, to be shown. */
  readonly evidence: Evidence;
}

/**
 * A block's verdict is that of its commands; an item's that of the commands in its text, of the blocks right below it and
 * of what was recorded for itself. Nested items speak for themselves. A part without evidence leaves the whole without a
 * verdict, unless a part failed: the whole has not passed.
 */
export function rollUp(
  node: ChecklistNode,
  meaning: Meaning,
  text: string,
  evidence: ReadonlyMap<string, Evidence>,
): RolledUp | undefined {
  return rollUpParts(partsOf(node, meaning, text), evidence);
}

/** The same from the ids of the parts. */
export function rollUpParts(ids: readonly string[], evidence: ReadonlyMap<string, Evidence>): RolledUp | undefined {
  const found = ids.flatMap((id) => evidence.get(id) ?? []);
  const worst = verdictOfAll(found.map(({ verdict }) => verdict));
  if (!worst || (found.length < ids.length && worst.kind !== 'failed')) return undefined;
  const deciding = found.findLast(({ verdict }) => verdict === worst);
  return deciding && { verdict: worst, evidence: deciding };
}
