import type { Checklist, ChecklistNode, CommandBlock, Item } from '../checklist/model.ts';
import type { Criterion } from '../checklist/meaning/criteria/types.ts';
import type { BlockMeaning, Choice, InlineCommand, ItemMeaning, Meaning } from '../checklist/meaning/types.ts';
import { nodesOf } from '../checklist/walk.ts';
import type { Tier } from '../environment/environment.ts';

/** Something in a checklist that can be run, done by hand or checked, in the order of the document. */
export type Unit =
  | { readonly kind: 'block'; readonly block: CommandBlock; readonly meaning: BlockMeaning }
  | { readonly kind: 'inline'; readonly item: Item; readonly meaning: ItemMeaning; readonly command: InlineCommand }
  | { readonly kind: 'criterion'; readonly item: Item; readonly criterion: Criterion };

/** The units of a node and of all below it; of the whole document without a node. */
export function unitsOf(checklist: Checklist, meaning: Meaning, node?: ChecklistNode): readonly Unit[] {
  const units: Unit[] = [];
  for (const one of nodesOf(node ? [node] : checklist.stages)) {
    if (one.kind === 'block') {
      const block = meaning.blocks.get(one.id);
      if (
        block?.isShell &&
        // A whole file to be saved, which is not meant for the shell of the run.
        block.script === undefined &&
        block.use !== 'expected' &&
        block.use !== 'sample' &&
        block.use !== 'blanks'
      )
        units.push({ kind: 'block', block: one, meaning: block });
    } else if (one.kind === 'item') {
      units.push(...unitsOfItem(one, meaning.items.get(one.id)));
    }
  }
  return units;
}

function unitsOfItem(item: Item, meaning: ItemMeaning | undefined): readonly Unit[] {
  if (!meaning) return [];
  return [
    ...meaning.commands.map((command): Unit => ({ kind: 'inline', item, meaning, command })),
    ...meaning.criteria.map((criterion): Unit => ({ kind: 'criterion', item, criterion })),
  ];
}

/** The choices that running these units asks for: those of whole blocks and those inside one, each once. */
export function choicesOf(units: readonly Unit[], meaning: Meaning): readonly Choice[] {
  const asked = new Set<string>();
  for (const unit of units) {
    if (unit.kind !== 'block') continue;
    if (unit.meaning.choice) asked.add(unit.meaning.choice.choice);
    for (const part of unit.meaning.parts) if (part.choice) asked.add(part.choice.choice);
  }
  return meaning.choices.filter(({ id }) => asked.has(id));
}

/** Whether something bound to `tiers` is meant for `tier`. */
export function isForTier(tiers: readonly Tier[] | undefined, tier: Tier): boolean {
  return tiers === undefined || tiers.includes(tier);
}
