import type { CommandBlock, Item } from './model.ts';

/**
 * What a block of the document says, with offsets relative to where it stands: as long as the parser re-uses the block,
 * its draft holds, wherever edits elsewhere have moved it.
 */
export type Draft = DraftItem | DraftBlock;

/** A draft, and where it starts relative to what it is in. */
export interface Placed<D extends Draft = Draft> {
  readonly at: number;
  readonly draft: D;
}

export interface DraftItem {
  readonly kind: 'item';
  readonly slug: string;
  readonly text: string;
  readonly form: Item['form'];
  /** Of the character between the brackets; relative to the item. */
  readonly box: { readonly at: number; readonly checked: boolean } | undefined;
  readonly length: number;
  readonly children: readonly Placed[];
  readonly notes: readonly string[];
}

export interface DraftBlock {
  readonly kind: 'block';
  readonly slug: string;
  readonly form: CommandBlock['form'];
  readonly language: string;
  readonly summary: string;
  readonly length: number;
  readonly codeAt: number;
  readonly codeLength: number;
  readonly children: readonly Placed<DraftItem>[];
}
