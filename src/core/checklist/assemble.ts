import type { DraftBlock, DraftItem, Placed } from './draft.ts';
import type { KeptNames, NamedDrafts } from './draftNames.ts';
import { Names } from './draftNames.ts';
import { LineCounter } from './lineCounter.ts';
import type { Checklist, ChecklistNode, CommandBlock, Item, Progress, Range, Stage, StageRole } from './model.ts';
import { titleOf } from './outline.ts';
import type { StageDraft } from './outline.ts';
import { countsInto, sumOf } from './progress.ts';
import { roleOf } from './role.ts';

/** Builds the checklist from its stages' drafts: absolute offsets, lines, ids, roles and progress. */
export function* assemble(text: string, drafts: NamedDrafts): Generator<undefined, Checklist> {
  const assembler = new Assembler(text, drafts.names);
  const ids = new Ids(undefined, drafts.names.get('document'));
  const stages: Stage[] = [];
  for (const draft of drafts.stages) stages.push(yield* assembler.stage(draft, ids, 'work'));
  return {
    title: titleOf(drafts.stages),
    stages,
    counts: assembler.counts,
    progress: sumOf(stages.filter((stage) => countsInto(stage, 'work'))),
  };
}

type NodeIds = Pick<Stage, 'id' | 'rowId'>;

/** Hands out ids below a parent: its own and a name, for the row the one the child is called by. */
class Ids {
  readonly #prefix: string;
  readonly #rowPrefix: string;
  readonly #names = new Names();
  readonly #kept: readonly string[] | undefined;
  #index = 0;

  constructor(parent: NodeIds | undefined, kept: readonly string[] | undefined) {
    this.#prefix = parent === undefined ? '' : `${parent.id}/`;
    this.#rowPrefix = parent?.rowId === undefined ? this.#prefix : `${parent.rowId}/`;
    this.#kept = kept;
  }

  next(slug: string): NodeIds {
    const name = this.#names.next(slug);
    const id = this.#prefix + name;
    const kept = this.#kept?.[this.#index++] ?? name;
    const isSame = kept === name && this.#rowPrefix === this.#prefix;
    return { id, rowId: isSame ? undefined : this.#rowPrefix + kept };
  }
}

class Assembler {
  readonly counts = { boxes: 0, ticked: 0, commented: 0, blocks: 0 };
  readonly #lines: LineCounter;
  readonly #names: KeptNames;

  constructor(text: string, names: KeptNames) {
    this.#lines = new LineCounter(text);
    this.#names = names;
  }

  *stage(draft: StageDraft, ids: Ids, inherited: StageRole): Generator<undefined, Stage> {
    const { title, level } = draft;
    const { id, rowId } = ids.next(draft.slug);
    const range = this.#range(draft.start, draft.end);
    const role = roleOf(title, inherited);
    const below = new Ids({ id, rowId }, this.#names.get(draft));
    const children: ChecklistNode[] = [];
    for (const { start, placed } of draft.groups)
      for (const one of placed) {
        this.#placed([one], start, below, children);
        yield;
      }
    for (const stage of draft.stages) children.push(yield* this.stage(stage, below, role));
    const progress = sumOf(children.filter((child) => countsInto(child, role)));
    return { kind: 'stage', id, rowId, title, level, role, range, children, progress };
  }

  #placed(placed: readonly Placed[], origin: number, ids: Ids, into: ChecklistNode[]): void {
    for (const { at, draft } of placed) {
      into.push(draft.kind === 'item' ? this.#item(draft, origin + at, ids) : this.#block(draft, origin + at, ids));
    }
  }

  #item(draft: DraftItem, start: number, ids: Ids): Item {
    const { text, form, notes } = draft;
    const { id, rowId } = ids.next(draft.slug);
    const range = this.#range(start, start + draft.length);
    const box = draft.box === undefined ? undefined : { offset: start + draft.box.at, checked: draft.box.checked };
    const own = box === undefined ? NO_BOX : box.checked ? TICKED : OPEN;
    if (form === 'task') {
      this.counts.boxes++;
      this.counts.ticked += own.done;
    } else if (form === 'commented') {
      this.counts.commented++;
    }
    if (draft.children.length === 0) {
      return { kind: 'item', id, rowId, text, form, box, range, children: [], notes, progress: own };
    }
    const children: ChecklistNode[] = [];
    this.#placed(draft.children, start, new Ids({ id, rowId }, this.#names.get(draft)), children);
    return { kind: 'item', id, rowId, text, form, box, range, children, notes, progress: sumOf(children, own) };
  }

  #block(draft: DraftBlock, start: number, ids: Ids): CommandBlock {
    const { form, language, summary } = draft;
    const { id, rowId } = ids.next(draft.slug);
    const range = this.#range(start, start + draft.length);
    const code = this.#range(start + draft.codeAt, start + draft.codeAt + draft.codeLength);
    if (form === 'fenced') this.counts.blocks++;
    if (draft.children.length === 0) {
      return { kind: 'block', id, rowId, form, language, summary, range, code, children: [], progress: NO_BOX };
    }
    const below = new Ids({ id, rowId }, this.#names.get(draft));
    const children = draft.children.map(({ at, draft: item }) => this.#item(item, start + at, below));
    return { kind: 'block', id, rowId, form, language, summary, range, code, children, progress: sumOf(children) };
  }

  #range(start: number, end: number): Range {
    return { start, end, line: this.#lines.lineAt(start) };
  }
}

const NO_BOX: Progress = { done: 0, total: 0 };
const OPEN: Progress = { done: 0, total: 1 };
const TICKED: Progress = { done: 1, total: 1 };
