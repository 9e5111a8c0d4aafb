import type { Tier } from '../../environment/environment.ts';
import type { CommandBlock, Item } from '../model.ts';
import { readInlineCommands } from './inline.ts';
import { readItemManual } from './manual.ts';
import type { TextPiece } from './pieces.ts';
import { bothTiers, tiersOf } from './tiers.ts';
import type { Criterion } from './criteria/types.ts';
import type { ExpectedVariable, InlineCommand, ItemMeaning, ManualStep, VariableSection } from './types.ts';
import { variableInList, variableInText } from './variables.ts';

interface OpenItem {
  readonly item: Item;
  readonly commands: readonly InlineCommand[];
  readonly manual: ManualStep[];
  readonly tiers: readonly Tier[] | undefined;
}

/** Collects what items mean, and the variables that items and blocks list. */
export class ItemBook {
  readonly #text: string;
  readonly #items = new Map<string, OpenItem>();
  readonly #around: OpenItem[] = [];
  readonly #variables: VariableSection[] = [];

  constructor(text: string) {
    this.#text = text;
  }

  get variables(): readonly VariableSection[] {
    return this.#variables;
  }

  /** `around` are the tiers of the stage. */
  add(piece: TextPiece, around: readonly Tier[] | undefined): void {
    const { item, text, range, stage, start } = piece;
    if (item === undefined) return;
    const at = { start, end: range.end, line: range.line };
    const commands = readInlineCommands(this.#text.slice(start, range.end), at);
    const parent = this.#parentOf(item);
    const variable = variableInText(text, range);
    if (variable !== undefined) this.addVariables(parent?.item ?? item, parent?.item.text ?? stage.title, [variable]);
    const tiers = bothTiers(around, bothTiers(tiersOf(text), parent?.tiers));
    const open = { item, commands, manual: commands.length > 0 ? [] : manualOf(piece), tiers };
    this.#items.set(item.id, open);
    this.#around.push(open);
  }

  /** A commented box or a drawn line inside a block. */
  addFromBlock(item: Item): void {
    if (item.form === 'drawn' && /environment variables?/i.test(item.text)) {
      const listed = item.children.map((child) => child.kind === 'item' && variableInList(child.text, child.range));
      const variables = listed.filter((variable) => variable !== false && variable !== undefined);
      if (variables.length > 0) this.addVariables(item, item.text, variables);
    }
    if (!this.#items.has(item.id)) {
      this.#items.set(item.id, { item, commands: [], manual: [], tiers: tiersOf(item.text) });
    }
  }

  addVariables({ id, range }: Item | CommandBlock, title: string, variables: readonly ExpectedVariable[]): void {
    const index = this.#variables.findLastIndex(({ owner }) => owner === id);
    const section = this.#variables[index];
    if (section !== undefined) {
      this.#variables[index] = { ...section, variables: [...section.variables, ...variables] };
    } else this.#variables.push({ owner: id, title, range, variables });
  }

  tiersOf({ id }: Item): readonly Tier[] | undefined {
    return this.#items.get(id)?.tiers;
  }

  /** The item around this one. */
  #parentOf(item: Item): OpenItem | undefined {
    while ((this.#around.at(-1)?.item.range.end ?? Infinity) <= item.range.start) this.#around.pop();
    return this.#around.at(-1);
  }

  finish(criteria: readonly Criterion[]): ReadonlyMap<string, ItemMeaning> {
    this.#fillManual();
    const byOwner = Map.groupBy(criteria, ({ owner }) => owner);
    const entries = [...this.#items.values()].flatMap(({ item: { id }, commands, manual, tiers }) => {
      const own = byOwner.get(id) ?? [];
      const saysNothing = commands.length + own.length + manual.length === 0 && tiers === undefined;
      return saysNothing ? [] : [[id, { id, commands, criteria: own, manual, tiers }] as const];
    });
    return new Map(entries);
  }

  /** ".env file updated with:" and below it the variables: they are what is to be set. */
  #fillManual(): void {
    for (const { owner, variables } of this.#variables) {
      const manual = this.#items.get(owner)?.manual;
      const first = manual?.[0];
      if (manual === undefined || first === undefined || first.settings.length > 0) continue;
      manual[0] = { ...first, settings: variables.map(({ name, value }) => ({ name, value })) };
    }
  }
}

function manualOf({ text, range }: TextPiece): ManualStep[] {
  const manual = readItemManual(text);
  return manual === undefined ? [] : [{ kind: 'manual', ...manual, range, choice: undefined }];
}
