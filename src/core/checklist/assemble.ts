import type { DraftBlock, DraftItem, Placed } from './draft.ts';
import { LineCounter } from './lineCounter.ts';
import type { Checklist, ChecklistNode, CommandBlock, Item, Progress, Range, Stage, StageRole } from './model.ts';
import type { StageDraft } from './outline.ts';
import { countsInto, sumOf } from './progress.ts';
import { roleOf } from './role.ts';

/** Builds the checklist from its stages' drafts: absolute offsets, lines, ids, roles and progress. */
export function* assemble(text: string, title: string, drafts: readonly StageDraft[]): Generator<undefined, Checklist> {
  const assembler = new Assembler(text);
  const ids = new Ids('');
  const stages: Stage[] = [];
  for (const draft of drafts) stages.push(yield* assembler.stage(draft, ids, 'work'));
  return {
    title,
    stages,
    counts: assembler.counts,
    progress: sumOf(stages.filter((stage) => countsInto(stage, 'work'))),
  };
}

/** Hands out ids below a parent: its own, the slug, and an ordinal where the slug was there before. */
class Ids {
  readonly #prefix: string;
  readonly #seen = new Map<string, number>();

  constructor(parentId: string) {
    this.#prefix = parentId === '' ? '' : `${parentId}/`;
  }

  next(slug: string): string {
    const ordinal = (this.#seen.get(slug) ?? 0) + 1;
    this.#seen.set(slug, ordinal);
    return ordinal === 1 ? this.#prefix + slug : `${this.#prefix}${slug}~${ordinal}`;
  }
}

class Assembler {
  readonly counts = { boxes: 0, ticked: 0, commented: 0, blocks: 0 };
  readonly #lines: LineCounter;

  constructor(text: string) {
    this.#lines = new LineCounter(text);
  }

  *stage(draft: StageDraft, ids: Ids, inherited: StageRole): Generator<undefined, Stage> {
    const { title, level } = draft;
    const id = ids.next(draft.slug);
    const range = this.#range(draft.start, draft.end);
    const role = roleOf(title, inherited);
    const below = new Ids(id);
    const children: ChecklistNode[] = [];
    for (const { start, placed } of draft.groups)
      for (const one of placed) {
        this.#placed([one], start, below, children);
        yield;
      }
    for (const stage of draft.stages) children.push(yield* this.stage(stage, below, role));
    const progress = sumOf(children.filter((child) => countsInto(child, role)));
    return { kind: 'stage', id, title, level, role, range, children, progress };
  }

  #placed(placed: readonly Placed[], origin: number, ids: Ids, into: ChecklistNode[]): void {
    for (const { at, draft } of placed) {
      into.push(draft.kind === 'item' ? this.#item(draft, origin + at, ids) : this.#block(draft, origin + at, ids));
    }
  }

  #item(draft: DraftItem, start: number, ids: Ids): Item {
    const { text, form, notes } = draft;
    const id = ids.next(draft.slug);
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
      return { kind: 'item', id, text, form, box, range, children: [], notes, progress: own };
    }
    const children: ChecklistNode[] = [];
    this.#placed(draft.children, start, new Ids(id), children);
    return { kind: 'item', id, text, form, box, range, children, notes, progress: sumOf(children, own) };
  }

  #block(draft: DraftBlock, start: number, ids: Ids): CommandBlock {
    const { form, language, summary } = draft;
    const id = ids.next(draft.slug);
    const range = this.#range(start, start + draft.length);
    const code = this.#range(start + draft.codeAt, start + draft.codeAt + draft.codeLength);
    if (form === 'fenced') this.counts.blocks++;
    if (draft.children.length === 0) {
      return { kind: 'block', id, form, language, summary, range, code, children: [], progress: NO_BOX };
    }
    const below = new Ids(id);
    const children = draft.children.map(({ at, draft: item }) => this.#item(item, start + at, below));
    return { kind: 'block', id, form, language, summary, range, code, children, progress: sumOf(children) };
  }

  #range(start: number, end: number): Range {
    return { start, end, line: this.#lines.lineAt(start) };
  }
}

const NO_BOX: Progress = { done: 0, total: 0 };
const OPEN: Progress = { done: 0, total: 1 };
const TICKED: Progress = { done: 1, total: 1 };
