import type * as understanding from '../../core/checklist/meaning/understand.ts';
import type { Choice, Meaning, Step } from '../../core/checklist/meaning/types.ts';
import { OpsError } from '../../core/errors.ts';
import type { Anchor } from '../../core/evidence/evidence.ts';
import { anchorsOf } from '../../core/evidence/anchors.ts';
import type { Unit } from '../../core/run/units.ts';
import { choicesOf, unitsOf } from '../../core/run/units.ts';
import type { ShellParser } from '../../core/shell/types.ts';
import type { ChecklistDocument } from '../checklists/document.ts';
import type { RunTarget } from './target.ts';

/**
 * What checklists mean, kept as long as they stay as they are. Understanding is loaded with the first checklist that is
 * run or shown with its commands; a block is parsed when it is run, not when it is listed.
 */
export class ChecklistReader {
  readonly #parser: () => Promise<ShellParser>;
  readonly #meanings = new WeakMap<object, Meaning>();
  readonly #anchors = new WeakMap<object, readonly Anchor[]>();
  #understanding: typeof understanding | undefined;

  constructor(parser: () => Promise<ShellParser>) {
    this.#parser = parser;
  }

  async load(): Promise<void> {
    this.#understanding ??= await import('../../core/checklist/meaning/understand.ts');
  }

  /** Undefined before `load` has ended, and for a document that cannot be shown. */
  meaningOf({ checklist, text }: ChecklistDocument): Meaning | undefined {
    if (!checklist || text === undefined || !this.#understanding) return undefined;
    const known = this.#meanings.get(checklist);
    if (known) return known;
    const meaning = this.#understanding.understand(checklist, text);
    this.#meanings.set(checklist, meaning);
    return meaning;
  }

  anchorsOf(document: ChecklistDocument): readonly Anchor[] {
    const { checklist, text } = document;
    const meaning = this.meaningOf(document);
    if (!checklist || text === undefined || !meaning) return [];
    const known = this.#anchors.get(checklist);
    if (known) return known;
    const anchors = anchorsOf(checklist, meaning, text);
    this.#anchors.set(checklist, anchors);
    return anchors;
  }

  /** What of a target can be run or checked, and the choices that takes. Throws OpsError for what cannot be shown. */
  async unitsOf({
    document,
    node,
    commandAt,
  }: RunTarget): Promise<{ readonly units: readonly Unit[]; readonly choices: readonly Choice[] }> {
    await this.load();
    const meaning = this.meaningOf(document);
    const { checklist } = document;
    if (!checklist || !meaning) throw new OpsError('file', document.problem ?? 'The document cannot be shown.');
    const units = unitsOf(checklist, meaning, node).filter(
      (unit) =>
        commandAt === undefined ||
        unit.kind === 'block' ||
        (unit.kind === 'inline' && unit.command.range.start === commandAt),
    );
    return { units, choices: commandAt === undefined ? choicesOf(units, meaning) : [] };
  }

  /** The steps of a block, or of a command in an item's text. */
  async stepsOf(unit: Extract<Unit, { readonly kind: 'block' | 'inline' }>, text: string): Promise<readonly Step[]> {
    const [{ parseBlock }, { inlineSteps }, { stepsOf }, parser] = await Promise.all([
      import('../../core/shell/parseBlock.ts'),
      import('../../core/run/inlineSteps.ts'),
      import('../../core/checklist/meaning/steps.ts'),
      this.#parser(),
    ]);
    if (unit.kind === 'inline') return inlineSteps(unit.command, parser);
    return stepsOf(unit.meaning, await parseBlock(text, unit.block, parser));
  }
}
