import type { Tier } from '../../environment/environment.ts';
import { prepareCode } from '../../shell/prepare.ts';
import type { PreparedCode } from '../../shell/prepare.ts';
import type { CommandBlock, Range, Stage } from '../model.ts';
import { nodesOf } from '../walk.ts';
import { alertRules, isSymptom, senseOf, warns } from './alarms.ts';
import { finishPart } from './blockDraft.ts';
import type { BlockDraft, ChoiceDraft, CommandDraft, OptionDraft } from './blockDraft.ts';
import { ChoiceBook } from './choiceBook.ts';
import { readCriteria } from './criteria/read.ts';
import type { CriterionDraft } from './criteria/draft.ts';
import { Forms } from './forms.ts';
import { readExpectation, readExpectedBlock } from './expectations/read.ts';
import { isCommand } from './commandLike.ts';
import { codeSpans } from './inline.ts';
import { ItemBook } from './itemBook.ts';
import { readOptionLabel } from './labels.ts';
import { readComparison, readExpectedLabel } from './loose.ts';
import { readManual } from './manual.ts';
import type { BlockPiece, Piece, RowPiece, StagePiece, TextPiece } from './pieces.ts';
import { isShellCode } from './shellLanguage.ts';
import { readShellBlock } from './shellBlock.ts';
import { targetOf } from './targetRow.ts';
import { bothTiers, tiersOf } from './tiers.ts';
import type { Criterion } from './criteria/types.ts';
import type { BlockMeaning, ManualStep, Meaning } from './types.ts';
import { variablesInCode } from './variables.ts';

interface OpenBlock {
  readonly block: CommandBlock;
  readonly isShell: boolean;
  use: BlockMeaning['use'];
  readonly tiers: readonly Tier[] | undefined;
  readonly option: OptionDraft | undefined;
  readonly draft: BlockDraft | undefined;
  /** Of code that is not run: where it goes. */
  manual: ManualStep | undefined;
}

/** Takes the pieces of a document one after the other, and remembers what the next ones are to be read with. */
export class Understanding {
  readonly #text: string;
  readonly #blocks: OpenBlock[] = [];
  readonly #items: ItemBook;
  readonly #criteria: Criterion[] = [];
  readonly #forms: Forms;
  readonly #labelChoices: { readonly choice: ChoiceDraft; readonly owner: string }[] = [];
  readonly #book = new ChoiceBook();
  readonly #stageTiers: { readonly stage: Stage; readonly tiers: readonly Tier[] | undefined }[] = [];
  /** The last line of text that ended in a colon or was a label: what follows is about it. */
  #label: string | undefined;
  #labelTiers: readonly Tier[] | undefined;
  /** "File: app/settings.py" */
  #file: string | undefined;
  #last: CommandDraft | undefined;
  #expectsBlock = false;
  #option: { readonly draft: OptionDraft; readonly stage: Stage } | undefined;

  constructor(text: string) {
    this.#text = text;
    this.#items = new ItemBook(text);
    this.#forms = new Forms(text);
  }

  add(piece: Piece): void {
    if (piece.kind === 'stage') this.#addStage(piece);
    else if (piece.kind === 'block') this.#addBlock(piece);
    else if (piece.kind === 'row') this.#addRow(piece);
    else this.#addText(piece);
  }

  #addStage({ stage }: StagePiece): void {
    while ((this.#stageTiers.at(-1)?.stage.range.end ?? Infinity) <= stage.range.start) this.#stageTiers.pop();
    this.#stageTiers.push({ stage, tiers: bothTiers(this.#stageTiers.at(-1)?.tiers, tiersOf(stage.title)) });
    this.#label = undefined;
    this.#labelTiers = undefined;
    this.#file = undefined;
    this.#last = undefined;
    this.#expectsBlock = false;
    if (this.#option !== undefined && stage.range.start >= this.#option.stage.range.end) this.#option = undefined;
    const around = this.#stageTiers.at(-2)?.stage;
    const label = readOptionLabel(stage.title);
    if (label !== undefined && around !== undefined) this.#open(label.key, label.label, stage.range, around, stage);
    else if (this.#option?.stage !== around) this.#option = undefined;
    if (stage.role === 'troubleshooting')
      this.#addCriteria(readCriteria(stage.title), stage.id, stage.range, stage.title, true);
  }

  /** An option of the choice that `owner` offers; it lasts as long as `stage`, or until the next option. */
  #open(key: string, label: string, range: Range, owner: Stage, stage: Stage): void {
    let entry = this.#labelChoices.findLast((one) => one.owner === owner.id);
    // A first option again: another choice.
    if (entry === undefined || entry.choice.options.some((option) => option.key === key)) {
      entry = { choice: { options: [] }, owner: owner.id };
      this.#labelChoices.push(entry);
    }
    const draft = { choice: entry.choice, key, label, range, commented: undefined };
    entry.choice.options.push(draft);
    this.#option = { draft, stage };
  }

  #addText(piece: TextPiece): void {
    const { text, raw, range, stage, form } = piece;
    if (text === '') return;
    this.#forms.addText(piece);
    const label = form === 'paragraph' ? readOptionLabel(text) : undefined;
    if (label !== undefined) this.#open(label.key, label.label, range, stage, stage);
    const expected = form === 'item' ? undefined : readExpectedLabel(text);
    if (expected !== undefined) return this.#addExpected(expected, piece);
    if (form === 'item') this.#items.add(piece, this.#tiersAround());
    else if (form === 'bullet' && this.#addComparison(piece)) return;
    const isAlarm = warns(text, this.#label) || isSymptom(stage, this.#label, form);
    if (form !== 'paragraph' || warns(text, undefined) || /^(?:\*\*)?(?:good|target|goal)\b/i.test(raw)) {
      const drafts = readCriteria(withoutCommands(raw, text), isAlarm);
      this.#addCriteria(drafts, piece.item?.id ?? stage.id, range, text, isAlarm);
    }
    if (form === 'paragraph') this.#addParagraph(piece, label !== undefined);
  }

  #addParagraph({ text, raw }: TextPiece, isOption: boolean): void {
    if (!isOption && !/:(?:\*\*)?$|^\*\*/.test(raw.trim())) return;
    this.#label = text;
    this.#labelTiers = tiersOf(text);
    this.#file = /^file:\s*(\S+)$/i.exec(text)?.[1] ?? this.#file;
  }

  #addExpected(
    { rest, isResult }: { readonly rest: string; readonly isResult: boolean },
    { range, text }: TextPiece,
  ): void {
    this.#label = text;
    this.#expectsBlock = rest === '' && !isResult && this.#last !== undefined;
    const expectation = rest === '' ? undefined : readExpectation(rest, { command: this.#last?.code ?? '' });
    if (expectation !== undefined) this.#last?.expectations.push({ expectation, range });
  }

  /** Bullets below a command that say what changed since the run before. */
  #addComparison({ raw, range }: TextPiece): boolean {
    if (this.#last === undefined || !/^(?:success criteria|expected|verify|result)/i.test(this.#label ?? ''))
      return false;
    const expectation = readComparison(raw, this.#last.code);
    if (expectation === undefined) return false;
    this.#last.expectations.push({ expectation, range });
    return true;
  }

  #tiersAround(): readonly Tier[] | undefined {
    return this.#stageTiers.at(-1)?.tiers;
  }

  #addRow(row: RowPiece): void {
    this.#forms.addRow(row);
    const target = targetOf(row);
    if (target === undefined) return;
    this.#addCriteria(target.drafts, row.item?.id ?? row.stage.id, row.range, target.text, false);
  }

  #addBlock({ block, stage, item }: BlockPiece): void {
    let prepared: PreparedCode | undefined;
    const prepare = () => (prepared ??= prepareCode(this.#text, block));
    const isShell = isShellCode(block.language, prepare);
    const inItem = item && this.#items.tiersOf(item);
    const tiers = bothTiers(bothTiers(this.#tiersAround(), this.#labelTiers), inItem);
    const option = this.#option?.draft;
    const isExpected = this.#expectsBlock && !isShell;
    const draft = isShell ? readShellBlock(prepare()) : undefined;
    const open: OpenBlock = { block, isShell, use: 'sample', tiers, option, draft, manual: undefined };
    this.#blocks.push(open);
    if (option !== undefined) option.range = { ...option.range, end: block.range.end };
    if (draft !== undefined) this.#addShell(open, draft, prepare());
    else if (isExpected) this.#addExpectedBlock(open, prepare());
    else this.#addSample(open, prepare);
    this.#expectsBlock = false;
    this.#labelTiers = undefined;
    this.#addItemsIn(block, stage);
  }

  #addShell(open: OpenBlock, draft: BlockDraft, prepared: PreparedCode): void {
    const { block } = open;
    const variables = draft.script === undefined ? variablesInCode(prepared) : [];
    open.use = variables.length > 0 ? 'variables' : 'run';
    if (variables.length > 0) this.#items.addVariables(block, this.#titleOf(), variables);
    const last = draft.parts.findLast((part) => part.kind === 'command');
    this.#last = last?.kind === 'command' && draft.handOver === undefined ? last : undefined;
    for (const { text, range } of draft.remarks) {
      if (/[<>≥≤]|\btarget\b/i.test(text)) this.#addCriteria(readCriteria(text), block.id, range, text, false);
    }
  }

  #titleOf(): string {
    return this.#label ?? this.#stageTiers.at(-1)?.stage.title ?? '';
  }

  #addExpectedBlock(open: OpenBlock, { code, rangeOf }: PreparedCode): void {
    open.use = 'expected';
    const expectation = readExpectedBlock(code);
    if (expectation !== undefined)
      this.#last?.expectations.push({ expectation, range: rangeOf({ start: 0, end: code.length }) });
  }

  /** A form with blanks, a list of alert rules, or something to look at. */
  #addSample(open: OpenBlock, prepare: () => PreparedCode): void {
    const { block } = open;
    const { language } = block;
    open.manual = this.#manualAround(block);
    if (this.#forms.addBlock(block)) open.use = 'blanks';
    if (language !== 'yaml' && language !== 'yml') return;
    const { code: yaml, rangeOf } = prepare();
    for (const { condition, windowMs, severity, start, end } of alertRules(yaml)) {
      const drafts = readCriteria(condition).map((draft) => ({
        ...draft,
        ...(windowMs === undefined ? {} : { windowMs }),
        ...(severity === undefined ? {} : { severity }),
      }));
      this.#addCriteria(drafts, block.id, rangeOf({ start, end }), condition, true);
    }
  }

  /** "Add to the list:" above code that is not run. */
  #manualAround({ range }: CommandBlock): ManualStep | undefined {
    const said = readOptionLabel(this.#label ?? '')?.label ?? this.#label;
    const manual = said === undefined ? undefined : readManual(said.replace(/:$/, ''));
    if (manual === undefined || (manual.action !== 'edit' && manual.action !== 'disable')) return undefined;
    return { kind: 'manual', ...manual, file: manual.file ?? this.#file, range, choice: undefined };
  }

  /** Commented boxes and drawn lines inside a block. */
  #addItemsIn(block: CommandBlock, stage: Stage): void {
    for (const item of nodesOf(block.children)) {
      if (item.kind !== 'item') continue;
      const isAlarm = item.form === 'drawn' && (warns(item.text, undefined) || stage.role === 'troubleshooting');
      this.#addCriteria(readCriteria(item.text, isAlarm), item.id, item.range, item.text, isAlarm);
      this.#items.addFromBlock(item);
    }
  }

  #addCriteria(drafts: readonly CriterionDraft[], owner: string, range: Range, text: string, isAlarm: boolean): void {
    for (const draft of drafts) this.#criteria.push({ ...draft, owner, range, text, sense: senseOf(isAlarm, draft) });
  }

  finish(): Meaning {
    for (const { choice, owner } of this.#labelChoices) this.#book.add(choice, owner);
    for (const { block, draft } of this.#blocks)
      for (const choice of draft?.choices ?? []) this.#book.add(choice, block.id);
    return {
      items: this.#items.finish(this.#criteria),
      blocks: new Map(this.#blocks.map((open) => [open.block.id, this.#finishBlock(open)])),
      criteria: this.#criteria,
      choices: this.#book.finish(),
      variables: this.#items.variables,
      ...this.#forms.finish(),
    };
  }

  #finishBlock({ block: { id }, isShell, use, tiers, option, draft, manual }: OpenBlock): BlockMeaning {
    const choice = this.#book.refOf(option);
    const own = (draft?.parts ?? []).map((part) => finishPart(part, (one) => this.#book.refOf(one)));
    const parts = manual === undefined ? own : [{ ...manual, choice }];
    return { id, isShell, use, tiers, choice, script: draft?.script, parts, handOver: draft?.handOver };
  }
}

/** Commands are no criteria: what stands between `<` and `>` in them is something else. */
function withoutCommands(raw: string, text: string): string {
  const spans = codeSpans(raw).filter(({ code }) => isCommand(code));
  if (spans.length === 0) return text;
  return spans.reduce((result, { code }) => result.replace(code, ''), text);
}
