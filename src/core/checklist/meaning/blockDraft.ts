import type { Range } from '../model.ts';
import type { Tier } from '../../environment/environment.ts';
import type { ChoiceRef, CommandPart, HandOver, LocatedExpectation, ManualStep } from './types.ts';

/** A command while its block, and what follows it, is still being read. */
export interface CommandDraft {
  readonly kind: 'command';
  readonly code: string;
  readonly range: Range;
  readonly title: string | undefined;
  readonly expectations: LocatedExpectation[];
  readonly tiers: readonly Tier[] | undefined;
  option: OptionDraft | undefined;
}

export interface ManualStepDraft extends Omit<ManualStep, 'choice' | 'settings' | 'text' | 'range'> {
  text: string;
  range: Range;
  settings: ManualStep['settings'];
  option: OptionDraft | undefined;
}

export type PartDraft = CommandDraft | ManualStepDraft;

/** Options that were found to belong together. With fewer than two there is nothing to choose. */
export interface ChoiceDraft {
  readonly options: OptionDraft[];
}

export interface OptionDraft {
  readonly choice: ChoiceDraft;
  readonly key: string;
  readonly label: string;
  range: Range;
  readonly commented: { readonly code: string; readonly range: Range } | undefined;
}

export interface BlockDraft {
  readonly parts: PartDraft[];
  readonly choices: ChoiceDraft[];
  /** Comments that may state a criterion. */
  readonly remarks: { readonly text: string; readonly range: Range }[];
  readonly script: string | undefined;
  handOver: HandOver | undefined;
}

/** A part as it is handed out; `refOf` knows the ids of choices. */
export function finishPart(
  part: PartDraft,
  refOf: (option: OptionDraft | undefined) => ChoiceRef | undefined,
): CommandPart | ManualStep {
  const choice = refOf(part.option);
  if (part.kind === 'command') {
    const { kind, range, title, expectations, tiers } = part;
    return { kind, range, title, expectations, choice, tiers };
  }
  const { kind, text, range, action, file, settings } = part;
  return { kind, text, range, action, file, settings, choice };
}
