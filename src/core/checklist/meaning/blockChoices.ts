import type { PreparedCode } from '../../shell/prepare.ts';
import type { Span } from '../../shell/types.ts';
import type { Range } from '../model.ts';
import type { ChoiceDraft, CommandDraft, OptionDraft } from './blockDraft.ts';
import { isCommand } from './commandLike.ts';
import type { OptionLabel } from './labels.ts';

/** The alternatives inside a block: labelled ones, and those that an "or" adds to the command before it. */
export class BlockChoices {
  readonly #prepared: PreparedCode;
  readonly #choices: ChoiceDraft[];
  #labels: ChoiceDraft | undefined;
  #labelled: OptionDraft | undefined;
  /** An "or" whose command is still to come. */
  #open: { readonly choice: ChoiceDraft; readonly label: string } | undefined;

  /** What is found is added to `choices`. */
  constructor(prepared: PreparedCode, choices: ChoiceDraft[]) {
    this.#prepared = prepared;
    this.#choices = choices;
  }

  /** The labelled option that everything belongs to from its label on. */
  get labelled(): OptionDraft | undefined {
    return this.#labelled;
  }

  /** "Option 1: Git reset" */
  begin({ key, label }: OptionLabel, span: Span): void {
    if (this.#labels === undefined) this.#choices.push((this.#labels = { options: [] }));
    const range = this.#prepared.rangeOf(span);
    this.#labelled = { choice: this.#labels, key, label, range, commented: undefined };
    this.#labels.options.push(this.#labelled);
  }

  /** What is said behind "or": an option by itself where it is a command or for a person, else one is to come. */
  offer(last: CommandDraft, rest: string, span: Span, isManual: boolean): OptionDraft | undefined {
    const choice = this.#chain(last);
    this.#open = undefined;
    if (isCommand(rest)) return this.#add(choice, rest, span, rest);
    if (isManual) return this.#add(choice, rest, span, undefined);
    this.#open = { choice, label: rest.replace(/^(?:with|use)\s+/i, '').replace(/:$/, '') };
    return undefined;
  }

  /** A command in a comment below an "or"; nothing where there was none. */
  offerCommented(code: string, span: Span): void {
    if (this.#open === undefined) return;
    const { choice, label } = this.#open;
    this.#open = undefined;
    this.#add(choice, label === '' ? code : label, span, code);
  }

  /** The option that a command is. */
  optionFor(code: string, span: Span): OptionDraft | undefined {
    if (this.#open === undefined) return this.#labelled;
    const { choice, label } = this.#open;
    this.#open = undefined;
    return this.#add(choice, label === '' ? firstLine(code) : label, span, undefined);
  }

  /** The choice that a command is an option of; it becomes the first one where there is none. */
  #chain(last: CommandDraft): ChoiceDraft {
    if (last.option !== undefined) return last.option.choice;
    const choice: ChoiceDraft = { options: [] };
    this.#choices.push(choice);
    const label = last.title ?? firstLine(last.code);
    last.option = { choice, key: '1', label, range: last.range, commented: undefined };
    choice.options.push(last.option);
    return choice;
  }

  #add(choice: ChoiceDraft, label: string, span: Span, code: string | undefined): OptionDraft {
    const key = String(choice.options.length + 1);
    const commented = code === undefined ? undefined : { code, range: this.#inside(span, code) };
    const option = { choice, key, label, range: this.#prepared.rangeOf(span), commented };
    choice.options.push(option);
    return option;
  }

  #inside(span: Span, code: string): Range {
    const at = this.#prepared.code.indexOf(code, span.start);
    return this.#prepared.rangeOf(at < 0 ? span : { start: at, end: at + code.length });
  }
}

function firstLine(code: string): string {
  return code.split('\n')[0] ?? code;
}
