import type { AnchorIndex } from './anchorIndex.ts';
import type { Anchor, Evidence, KeptEvidence } from './evidence.ts';

/**
 * Finds the place of kept evidence in the document as it is now. It stays where path and content are the same; it moves
 * along when one heading above it was renamed and nothing else could be meant. What cannot be told is not shown at all,
 * rather than at the wrong item.
 */
export function placeEvidence(kept: readonly KeptEvidence[], anchors: AnchorIndex): Map<string, Evidence> {
  const placed = new Map<string, Evidence>();
  const orphans: KeptEvidence[] = [];
  for (const one of kept) {
    const twins = anchors.twinsOf(one);
    if (anchors.get(one.id)?.content === one.content && twins === one.twins) placed.set(one.id, one.evidence);
    else if (twins === 0) orphans.push(one);
  }
  for (const [anchor, evidence] of renamed(orphans, anchors, placed)) placed.set(anchor.id, evidence);
  return placed;
}

/** What to keep: the evidence at its present place. Replaces whatever was kept for the same thing. */
export function keepEvidence(
  kept: readonly KeptEvidence[],
  anchors: AnchorIndex,
  added: ReadonlyMap<string, Evidence>,
): KeptEvidence[] {
  const placed = new Map([...placeEvidence(kept, anchors), ...added]);
  const now = [...placed].flatMap(([id, evidence]): KeptEvidence[] => {
    const anchor = anchors.get(id);
    if (!anchor) return [];
    return [{ ...anchor, twins: anchors.twinsOf(anchor), rivals: anchors.rivalsOf(anchor), evidence }];
  });
  // What has no place at the moment may find it again: another branch is checked out, an edit is undone.
  const ids = new Set(now.map(({ id, content }) => `${id}\n${content}`));
  const carried = new Set(now.map(({ evidence }) => evidence));
  return [...now, ...kept.filter((one) => !carried.has(one.evidence) && !ids.has(`${one.id}\n${one.content}`))];
}

/** Orphans whose content stands at exactly one place that is new, and whose path differs in exactly one heading. */
function renamed(
  orphans: readonly KeptEvidence[],
  anchors: AnchorIndex,
  placed: ReadonlyMap<string, Evidence>,
): [Anchor, Evidence][] {
  const claims = new Map<string, number>();
  const matches = orphans.map((orphan) => {
    const found = anchors
      .renamedFrom(orphan)
      .filter((anchor) => !placed.has(anchor.id) && !orphan.rivals.includes(anchor.id));
    for (const { id } of found) claims.set(id, (claims.get(id) ?? 0) + 1);
    return { orphan, found };
  });
  return matches.flatMap(({ orphan, found: [only, ...others] }): [Anchor, Evidence][] => {
    if (!only || others.length > 0 || orphan.twins !== 1 || claims.get(only.id) !== 1) return [];
    return [[only, orphan.evidence]];
  });
}
