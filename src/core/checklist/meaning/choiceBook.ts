import type { ChoiceDraft, OptionDraft } from './blockDraft.ts';
import type { Choice, ChoiceRef } from './types.ts';

/** Gives choices their ids, in the order of the document, and leaves out those with nothing to choose. */
export class ChoiceBook {
  readonly #ids = new Map<ChoiceDraft, string>();
  readonly #seen = new Map<string, number>();

  /** `owner` is the id of the block or stage that offers the choice. */
  add(choice: ChoiceDraft, owner: string): void {
    if (choice.options.length < 2 || this.#ids.has(choice)) return;
    const ordinal = (this.#seen.get(owner) ?? 0) + 1;
    this.#seen.set(owner, ordinal);
    this.#ids.set(choice, ordinal === 1 ? `${owner}/choice` : `${owner}/choice~${ordinal}`);
  }

  refOf(option: OptionDraft | undefined): ChoiceRef | undefined {
    const id = option && this.#ids.get(option.choice);
    return option === undefined || id === undefined ? undefined : { choice: id, option: `${id}/${option.key}` };
  }

  finish(): readonly Choice[] {
    const choices = Array.from(this.#ids, ([{ options }, id]) => ({
      id,
      options: options.map(({ key, label, range, commented }) => ({ id: `${id}/${key}`, label, range, commented })),
    }));
    return choices.toSorted((a, b) => (a.options[0]?.range.start ?? 0) - (b.options[0]?.range.start ?? 0));
  }
}
