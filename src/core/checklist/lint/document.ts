import type { Meaning } from '../meaning/types.ts';
import type { ParsedBlock } from '../../shell/types.ts';
import type { Checklist, ChecklistNode, CommandBlock, Item, Stage } from '../model.ts';
import { eventsOfBlock, eventsOfItem } from './events.ts';
import type { LintEvent } from './events.ts';
import type { LintContext } from './types.ts';

/** A block or item with the events in it, in order. */
export interface LintPlace {
  readonly node: CommandBlock | Item;
  /** The innermost stage around it; `parent` is the item or stage directly around it. */
  readonly stage: Stage;
  readonly parent: Stage | Item | CommandBlock;
  readonly events: readonly LintEvent[];
}

/** A checklist as the rules see it. */
export interface LintDocument {
  readonly checklist: Checklist;
  readonly meaning: Meaning;
  /** Of those blocks that were parsed so far, by id. */
  readonly parsedBlocks: ReadonlyMap<string, Pick<ParsedBlock, 'error'>>;
  readonly context: LintContext;
  readonly places: readonly LintPlace[];
}

/** Reads a document for the rules, one place a step, so that a long one need not be read in one go. */
export function* readPlaces(
  checklist: Checklist,
  meaning: Meaning,
  text: string,
): Generator<undefined, readonly LintPlace[]> {
  const places: LintPlace[] = [];
  for (const { node, stage, parent } of walk(checklist.stages)) {
    const events =
      node.kind === 'item'
        ? eventsOfItem(node, meaning.items.get(node.id), text)
        : isShell(node, meaning)
          ? eventsOfBlock(node, text)
          : [];
    places.push({ node, stage, parent, events });
    yield;
  }
  return places;
}

function isShell({ id }: CommandBlock, { blocks }: Meaning): boolean {
  const meaning = blocks.get(id);
  return meaning?.isShell === true && meaning.use !== 'expected' && meaning.use !== 'blanks';
}

function* walk(stages: readonly Stage[]): Generator<Omit<LintPlace, 'events'>, void> {
  for (const stage of stages) yield* below(stage.children, stage, stage);
}

function* below(
  nodes: readonly ChecklistNode[],
  stage: Stage,
  parent: LintPlace['parent'],
): Generator<Omit<LintPlace, 'events'>, void> {
  for (const node of nodes) {
    if (node.kind === 'stage') yield* below(node.children, node, node);
    else {
      yield { node, stage, parent };
      yield* below(node.children, stage, node);
    }
  }
}
