import type { Anchor } from './evidence.ts';

/** The anchors of one version of a document, to be found by id, and among those that read the same. */
export class AnchorIndex {
  readonly #byId = new Map<string, Anchor>();
  readonly #twins = new Map<string, number>();
  readonly #byContent = new Map<string, Anchor[]>();
  readonly #rivals = new Map<string, readonly string[]>();
  readonly #paths = new Map<string, readonly string[]>();

  constructor(anchors: Iterable<Anchor> = []) {
    for (const anchor of anchors) this.add(anchor);
  }

  add(anchor: Anchor): void {
    const identity = identityOf(anchor);
    this.#byId.set(anchor.id, anchor);
    this.#twins.set(identity, (this.#twins.get(identity) ?? 0) + 1);
    const alike = this.#byContent.get(anchor.content);
    if (alike) alike.push(anchor);
    else this.#byContent.set(anchor.content, [anchor]);
  }

  get(id: string): Anchor | undefined {
    return this.#byId.get(id);
  }

  /** How many there are of the same path, but for ordinals, and the same content: 0 where there is none. */
  twinsOf(anchor: Anchor): number {
    return this.#twins.get(identityOf(anchor)) ?? 0;
  }

  /** The same content at a path that differs in exactly one heading above it. */
  renamedFrom(anchor: Anchor): readonly Anchor[] {
    const before = this.#pathOf(anchor.id);
    return (this.#byContent.get(anchor.content) ?? []).filter(({ id }) => isRenamed(before, this.#pathOf(id)));
  }

  /** Ids of what an anchor of this index could be taken for, were a heading renamed. */
  rivalsOf(anchor: Anchor): readonly string[] {
    const known = this.#rivals.get(anchor.id);
    if (known) return known;
    const rivals = this.renamedFrom(anchor).map(({ id }) => id);
    this.#rivals.set(anchor.id, rivals);
    return rivals;
  }

  #pathOf(id: string): readonly string[] {
    const known = this.#paths.get(id);
    if (known) return known;
    const path = withoutOrdinals(id).split('/');
    this.#paths.set(id, path);
    return path;
  }
}

/** Two things are twins when only the ordinals in their paths tell them apart. */
export function withoutOrdinals(id: string): string {
  return id.includes('~') ? id.replaceAll(/~\d+/g, '') : id;
}

function identityOf({ id, content }: Anchor): string {
  return `${withoutOrdinals(id)}\n${content}`;
}

function isRenamed(before: readonly string[], now: readonly string[]): boolean {
  if (before.length !== now.length || before.at(-1) !== now.at(-1)) return false;
  let differing = 0;
  for (const [index, segment] of before.entries()) if (segment !== now[index]) differing++;
  return differing === 1;
}
