import type { Anchor, Evidence, KeptEvidence } from './evidence.ts';

/**
 * Finds the place of kept evidence in the document as it is now. It stays where path and content are the same; it moves
 * along when one heading above it was renamed and nothing else could be meant. What cannot be told is not shown at all,
 * rather than at the wrong item.
 */
export function placeEvidence(kept: readonly KeptEvidence[], anchors: readonly Anchor[]): Map<string, Evidence> {
  const placed = new Map<string, Evidence>();
  const groups = groupBy(anchors, identityOf);
  const byId = new Map(anchors.map((anchor) => [anchor.id, anchor]));
  const orphans: KeptEvidence[] = [];
  for (const one of kept) {
    const twins = groups.get(identityOf(one))?.length ?? 0;
    if (byId.get(one.id)?.content === one.content && twins === one.twins) placed.set(one.id, one.evidence);
    else if (twins === 0) orphans.push(one);
  }
  for (const [anchor, evidence] of renamed(orphans, anchors, placed)) placed.set(anchor.id, evidence);
  return placed;
}

/** What to keep: the evidence at its present place. Replaces whatever was kept for the same thing. */
export function keepEvidence(
  kept: readonly KeptEvidence[],
  anchors: readonly Anchor[],
  added: ReadonlyMap<string, Evidence>,
): KeptEvidence[] {
  const twins = groupBy(anchors, identityOf);
  const alike = groupBy(anchors, contentOf);
  const placed = new Map([...placeEvidence(kept, anchors), ...added]);
  const now = anchors.flatMap((anchor): KeptEvidence[] => {
    const evidence = placed.get(anchor.id);
    if (!evidence) return [];
    const rivals = (alike.get(contentOf(anchor)) ?? []).filter((other) => isRenamed(anchor, other)).map(({ id }) => id);
    return [{ ...anchor, twins: twins.get(identityOf(anchor))?.length ?? 1, rivals, evidence }];
  });
  // What has no place at the moment may find it again: another branch is checked out, an edit is undone.
  const ids = new Set(now.map(({ id, content }) => `${id}\n${content}`));
  const carried = new Set(now.map(({ evidence }) => evidence));
  return [...now, ...kept.filter((one) => !carried.has(one.evidence) && !ids.has(`${one.id}\n${one.content}`))];
}

/** Two things are twins when only the ordinals in their paths tell them apart. */
function identityOf({ id, content }: Anchor): string {
  return `${withoutOrdinals(id)}\n${content}`;
}

function withoutOrdinals(id: string): string {
  return id.replaceAll(/~\d+/g, '');
}

/** Orphans whose content stands at exactly one place that is new, and whose path differs in exactly one heading. */
function renamed(
  orphans: readonly KeptEvidence[],
  anchors: readonly Anchor[],
  placed: ReadonlyMap<string, Evidence>,
): [Anchor, Evidence][] {
  if (orphans.length === 0) return [];
  const free = groupBy(
    anchors.filter(({ id }) => !placed.has(id)),
    contentOf,
  );
  const matches = orphans.map((orphan) => {
    const found = (free.get(contentOf(orphan)) ?? []).filter(
      (anchor) => !orphan.rivals.includes(anchor.id) && isRenamed(orphan, anchor),
    );
    return { orphan, found };
  });
  const claims = groupBy(
    matches.flatMap(({ found }) => found),
    ({ id }) => id,
  );
  return matches.flatMap(({ orphan, found: [only, ...others] }): [Anchor, Evidence][] => {
    if (!only || others.length > 0 || orphan.twins !== 1 || claims.get(only.id)?.length !== 1) return [];
    return [[only, orphan.evidence]];
  });
}

function contentOf({ content }: Anchor): string {
  return content;
}

function isRenamed(orphan: Anchor, anchor: Anchor): boolean {
  if (orphan.content !== anchor.content) return false;
  const before = withoutOrdinals(orphan.id).split('/');
  const now = withoutOrdinals(anchor.id).split('/');
  if (before.length !== now.length || before.at(-1) !== now.at(-1)) return false;
  return before.filter((segment, index) => segment !== now[index]).length === 1;
}

function groupBy<T>(all: readonly T[], keyOf: (one: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const one of all) {
    const key = keyOf(one);
    const group = groups.get(key);
    if (group) group.push(one);
    else groups.set(key, [one]);
  }
  return groups;
}
