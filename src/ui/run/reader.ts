import { setImmediate as nextTurn } from 'node:timers/promises';
import * as vscode from 'vscode';
import type * as understanding from '../../core/checklist/meaning/understand.ts';
import type { Choice, Meaning, Step } from '../../core/checklist/meaning/types.ts';
import type { Checklist } from '../../core/checklist/model.ts';
import { OpsError } from '../../core/errors.ts';
import type { EvidencePlan } from '../../core/evidence/anchors.ts';
import { planInSteps } from '../../core/evidence/anchors.ts';
import type { Unit } from '../../core/run/units.ts';
import { choicesOf, unitsOf } from '../../core/run/units.ts';
import type { ShellParser } from '../../core/shell/types.ts';
import { Background, runFor } from '../background.ts';
import type { ChecklistDocument } from '../checklists/document.ts';
import type { RunTarget } from './target.ts';

/** What takes no longer is done at once, so that rows of a small document do not change after they were shown. */
const atOnceMs = 5;

/** One version of a document, and what it means. */
export interface Understood {
  readonly checklist: Checklist;
  readonly text: string;
  readonly meaning: Meaning;
  readonly plan: EvidencePlan;
}

/**
 * What checklists mean, kept as long as they stay as they are. Understanding is loaded with the first checklist that is
 * run or shown with its commands; a large one is understood in the background, the newest first. A block is parsed when
 * it is run, not when it is listed.
 */
export class ChecklistReader {
  readonly #parser: () => Promise<ShellParser>;
  readonly #understood = new WeakMap<Checklist, Understood>();
  readonly #pending = new WeakMap<Checklist, Promise<unknown>>();
  readonly #last = new WeakMap<ChecklistDocument, Understood>();
  readonly #background = new Background();
  readonly #ready = new vscode.EventEmitter<ChecklistDocument>();
  /** A document that was understood in the background. */
  readonly onDidUnderstand = this.#ready.event;
  #understanding: typeof understanding | undefined;

  constructor(parser: () => Promise<ShellParser>) {
    this.#parser = parser;
  }

  async load(): Promise<void> {
    this.#understanding ??= await import('../../core/checklist/meaning/understand.ts');
  }

  /** Undefined while that is being found out, which `onDidUnderstand` ends, and for a document that cannot be shown. */
  meaningOf(document: ChecklistDocument): Meaning | undefined {
    return this.understoodOf(document)?.meaning;
  }

  /** The same with the plan of what can have evidence. */
  understoodOf(document: ChecklistDocument): Understood | undefined {
    const { checklist } = document;
    if (!checklist) return undefined;
    if (!this.#understood.has(checklist) && !this.#pending.has(checklist)) this.#begin(document, checklist);
    return this.#understood.get(checklist);
  }

  /** The version of a document that was understood last: the present one, or one before it. */
  lastOf(document: ChecklistDocument): Understood | undefined {
    return this.understoodOf(document) ?? this.#last.get(document);
  }

  /** What the document means as it is when that is known; undefined for one that cannot be shown. */
  async prepare(document: ChecklistDocument): Promise<Meaning | undefined> {
    for (;;) {
      const { checklist } = document;
      if (!checklist) return undefined;
      const understood = this.understoodOf(document);
      if (understood) return understood.meaning;
      await this.#pending.get(checklist);
    }
  }

  /** What of a target can be run or checked, and the choices that takes. Throws OpsError for what cannot be shown. */
  async unitsOf({
    document,
    node,
    commandAt,
  }: RunTarget): Promise<{ readonly units: readonly Unit[]; readonly choices: readonly Choice[] }> {
    const meaning = await this.prepare(document);
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
    const [{ parseBlock }, { parseInline, stepsOf }, parser] = await Promise.all([
      import('../../core/shell/parseBlock.ts'),
      import('../../core/checklist/meaning/steps.ts'),
      this.#parser(),
    ]);
    // Each takes some milliseconds, and many are asked for one after the other.
    await nextTurn();
    if (unit.kind === 'inline') return parseInline(unit.command, parser);
    return stepsOf(unit.meaning, await parseBlock(text, unit.block, parser));
  }

  #begin(document: ChecklistDocument, checklist: Checklist): void {
    const { text } = document;
    if (text === undefined) return;
    const steps = this.#understanding && understandAndPlan(this.#understanding, checklist, text);
    const soon = steps && runFor(atOnceMs, steps);
    if (soon) this.#keep(document, soon.value);
    else this.#wait(checklist, this.#finish(document, checklist, text, steps));
  }

  #wait(checklist: Checklist, pending: Promise<void>): void {
    this.#pending.set(checklist, pending);
    // Told to whoever awaits it in `prepare`; the next who asks begins anew.
    pending.catch(() => undefined);
  }

  async #finish(
    document: ChecklistDocument,
    checklist: Checklist,
    text: string,
    begun: Generator<undefined, Understood> | undefined,
  ): Promise<void> {
    try {
      await this.load();
      const steps = begun ?? (this.#understanding && understandAndPlan(this.#understanding, checklist, text));
      const found = steps && (await this.#background.run(steps, () => document.checklist !== checklist));
      if (!found) return;
      this.#keep(document, found);
      this.#ready.fire(document);
    } finally {
      this.#pending.delete(checklist);
    }
  }

  #keep(document: ChecklistDocument, found: Understood): void {
    this.#understood.set(found.checklist, found);
    this.#last.set(document, found);
  }
}

function* understandAndPlan(
  { understandInSteps }: typeof understanding,
  checklist: Checklist,
  text: string,
): Generator<undefined, Understood> {
  const meaning = yield* understandInSteps(checklist, text);
  return { checklist, text, meaning, plan: yield* planInSteps(checklist, meaning, text) };
}
