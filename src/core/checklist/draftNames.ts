import { childrenOf, matchSiblings } from './draftMatch.ts';
import type { DraftNode } from './draftMatch.ts';
import type { StageDraft } from './outline.ts';

/** Names drafts below one parent: by their slugs, with an ordinal where a name was given before or is `taken`. */
export class Names {
  readonly #taken: ReadonlySet<string>;
  readonly #seen = new Map<string, number>();

  constructor(taken: ReadonlySet<string> = NOTHING) {
    this.#taken = taken;
  }

  next(slug: string): string {
    let ordinal = (this.#seen.get(slug) ?? 0) + 1;
    while (this.#taken.size > 0 && this.#taken.has(named(slug, ordinal))) ordinal++;
    this.#seen.set(slug, ordinal);
    return named(slug, ordinal);
  }
}

const NOTHING: ReadonlySet<string> = new Set();

function named(slug: string, ordinal: number): string {
  return ordinal === 1 ? slug : `${slug}~${ordinal}`;
}

/** By parent: what its children are called in the tree, one by one, where that is not what they would be named anew. */
export type KeptNames = ReadonlyMap<DraftNode | Whole, readonly string[]>;

/** Stands for the document, as the parent of its stages. */
export type Whole = 'document';

/** One version of a document, as far as the next one is named after it. */
export interface NamedDrafts {
  readonly stages: readonly StageDraft[];
  readonly names: KeptNames;
}

interface Family {
  readonly was: { readonly parent: DraftNode | Whole; readonly children: readonly DraftNode[] };
  readonly now: { readonly parent: DraftNode | Whole; readonly children: readonly DraftNode[] };
}

/** The names that `stages` keep from the version before, in whose place they are. */
export function* keepNames(before: NamedDrafts, stages: readonly StageDraft[]): Generator<undefined, KeptNames> {
  const kept = new Map<DraftNode | Whole, readonly string[]>();
  const waiting: Family[] = [
    { was: { parent: 'document', children: before.stages }, now: { parent: 'document', children: stages } },
  ];
  for (let family = waiting.pop(); family !== undefined; family = waiting.pop()) {
    yield;
    const { was, now } = family;
    const matches = matchSiblings(was.children, now.children);
    const names = namesAfter(family, before.names.get(was.parent), matches);
    if (names !== undefined) kept.set(now.parent, names);
    for (const [index, child] of now.children.entries()) {
      const old = was.children[matches?.[index] ?? index];
      // What was not read anew has nothing new below it, and no kept names where there are none at all.
      if (old === undefined || (old === child && before.names.size === 0)) continue;
      const children = childrenOf(child);
      if (children.length > 0)
        waiting.push({ was: { parent: old, children: childrenOf(old) }, now: { parent: child, children } });
    }
  }
  return kept;
}

/** `matches` as of `matchSiblings`. Undefined where all are called what they would be named anew. */
function namesAfter(
  { was, now }: Family,
  namesBefore: readonly string[] | undefined,
  matches: readonly number[] | undefined,
): readonly string[] | undefined {
  if (matches === undefined) return namesBefore;
  const called = namesBefore ?? namedAnew(was.children);
  const kept = matches.map((index) => called[index]);
  const free = new Names(new Set(kept.filter((name) => name !== undefined)));
  const names = now.children.map(({ slug }, index) => kept[index] ?? free.next(slug));
  const anew = namedAnew(now.children);
  return names.every((name, index) => name === anew[index]) ? undefined : names;
}

function namedAnew(drafts: readonly DraftNode[]): readonly string[] {
  const names = new Names();
  return drafts.map(({ slug }) => names.next(slug));
}
