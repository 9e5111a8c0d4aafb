import type { Tier } from '../../environment/environment.ts';
import { prepareCode } from '../../shell/prepare.ts';
import type { PreparedCode } from '../../shell/prepare.ts';
import type { CommandBlock, Item, Range, Stage } from '../model.ts';
import { nodesOf } from '../walk.ts';
import { alertRules, isSymptom, senseOf, warns } from './alarms.ts';
import { blanksInForm, blanksInRow, blanksInText, hasBlank } from './blanks.ts';
import { finishPart } from './blockDraft.ts';
import type { BlockDraft, ChoiceDraft, CommandDraft, OptionDraft } from './blockDraft.ts';
import { ChoiceBook } from './choiceBook.ts';
import { readCriteria } from './criteria/read.ts';
import type { CriterionDraft } from './criteria/draft.ts';
import { readExpectation, readExpectedBlock } from './expectations/read.ts';
import { codeSpans, readInlineCommands } from './inline.ts';
import { readOptionLabel } from './labels.ts';
import { readComparison, readExpectedLabel } from './loose.ts';
import { readItemManual, readManual } from './manual.ts';
import type { BlockPiece, Piece, RowPiece, StagePiece, TextPiece } from './pieces.ts';
import { isShellCode } from './shellLanguage.ts';
import { readShellBlock } from './shellBlock.ts';
import { signOffInRow, signOffInText, statusIn } from './signOff.ts';
import { bothTiers, tiersOf } from './tiers.ts';
import type {
  BlockMeaning,
  Blank,
  Criterion,
  InlineCommand,
  ItemMeaning,
  ManualStep,
  Meaning,
  SignOffCell,
  StatusLine,
  VariableSection,
} from './types.ts';
import { variableInList, variableInText, variablesInCode } from './variables.ts';

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

interface OpenItem {
  readonly item: Item;
  readonly commands: readonly InlineCommand[];
  readonly manual: ManualStep[];
  readonly tiers: readonly Tier[] | undefined;
}

/** Takes the pieces of a document one after the other, and remembers what the next ones are to be read with. */
export class Understanding {
  readonly #text: string;
  readonly #blocks: OpenBlock[] = [];
  readonly #items = new Map<string, OpenItem>();
  readonly #around: OpenItem[] = [];
  readonly #criteria: Criterion[] = [];
  readonly #variables: VariableSection[] = [];
  readonly #blanks: Blank[] = [];
  readonly #signOff: SignOffCell[] = [];
  readonly #status: StatusLine[] = [];
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
    this.#signs(piece);
    const label = form === 'paragraph' ? readOptionLabel(text) : undefined;
    if (label !== undefined) this.#open(label.key, label.label, range, stage, stage);
    const expected = form === 'item' ? undefined : readExpectedLabel(text);
    if (expected !== undefined) return this.#addExpected(expected, piece);
    if (form === 'item') this.#addItem(piece);
    else if (form === 'bullet' && this.#addComparison(piece)) return;
    const isAlarm = warns(text, this.#label) || isSymptom(stage, this.#label, form);
    if (form !== 'paragraph' || warns(text, undefined) || /^(?:\*\*)?(?:good|target|goal)\b/i.test(raw)) {
      const drafts = readCriteria(withoutCommands(raw, text), isAlarm);
      this.#addCriteria(drafts, piece.item?.id ?? stage.id, range, text, isAlarm);
    }
    if (form === 'paragraph') this.#addParagraph(piece, label !== undefined);
  }

  #signs(piece: TextPiece): void {
    const { range } = piece;
    if (hasBlank(piece.raw)) this.#blanks.push(...blanksInText(this.#text, range));
    const status = statusIn(piece, this.#text);
    if (status !== undefined) this.#status.push(status);
    const signed = signOffInText(piece, this.#text);
    if (signed !== undefined) this.#signOff.push(signed);
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

  #addItem(piece: TextPiece): void {
    const { item, range, stage } = piece;
    if (item === undefined) return;
    const source = this.#text.slice(piece.start, range.end);
    const at = { start: piece.start, end: range.end, line: range.line };
    const commands = readInlineCommands(source, at);
    const parent = this.#parentOf(item);
    const variable = variableInText(piece.text, range);
    if (variable !== undefined)
      this.#addVariable(parent ?? item, variable, parent === undefined ? stage.title : parent.item.text);
    const own = bothTiers(tiersOf(piece.text), parent?.tiers);
    const tiers = bothTiers(this.#tiersAround(), own);
    const open = { item, commands, manual: this.#manualOf(piece, commands), tiers };
    this.#items.set(item.id, open);
    this.#around.push(open);
  }

  #manualOf({ text, range }: TextPiece, commands: readonly InlineCommand[]): ManualStep[] {
    if (commands.length > 0) return [];
    const manual = readItemManual(text);
    return manual === undefined ? [] : [{ kind: 'manual', ...manual, range, choice: undefined }];
  }

  /** The item around this one. */
  #parentOf(item: Item): OpenItem | undefined {
    while ((this.#around.at(-1)?.item.range.end ?? Infinity) <= item.range.start) this.#around.pop();
    return this.#around.at(-1);
  }

  #addVariable(owner: OpenItem | Item, variable: VariableSection['variables'][number], title: string): void {
    const item = 'item' in owner ? owner.item : owner;
    const index = this.#variables.findIndex((section) => section.owner === item.id);
    const section = this.#variables[index];
    if (section !== undefined) this.#variables[index] = { ...section, variables: [...section.variables, variable] };
    else this.#variables.push({ owner: item.id, title, range: item.range, variables: [variable] });
  }

  #tiersAround(): readonly Tier[] | undefined {
    return this.#stageTiers.at(-1)?.tiers;
  }

  #addRow(row: RowPiece): void {
    const { header, cells, stage, range } = row;
    this.#blanks.push(...blanksInRow(row, this.#text));
    this.#signOff.push(...signOffInRow(row));
    const target = header.findIndex((title) =>
      /^(?:target|goal|threshold|limit|expected|criterion value|acceptable)\b/i.test(title),
    );
    const [metric] = cells;
    const aim = cells[target];
    if (metric === undefined || aim === undefined || target < 1 || !/\d/.test(aim.text)) return;
    const wanted = /^[<>=≥≤]/.test(aim.text) ? aim.text : `target ${aim.text}`;
    const drafts = readCriteria(`${metric.text}: ${wanted}`).map((draft) => withBaseline(draft, header, cells));
    this.#addCriteria(drafts, row.item?.id ?? stage.id, range, `${metric.text} ${aim.text}`, false);
  }

  #addBlock({ block, stage, item }: BlockPiece): void {
    let prepared: PreparedCode | undefined;
    const prepare = () => (prepared ??= prepareCode(this.#text, block));
    const isShell = isShellCode(block.language, prepare);
    const inItem = item && this.#items.get(item.id);
    const tiers = bothTiers(bothTiers(this.#tiersAround(), this.#labelTiers), inItem?.tiers);
    const option = this.#option?.draft;
    const isExpected = this.#expectsBlock && !isShell;
    const draft = isShell ? readShellBlock(prepare()) : undefined;
    const open: OpenBlock = { block, isShell, use: 'sample', tiers, option, draft, manual: undefined };
    this.#blocks.push(open);
    if (option !== undefined) option.range = { ...option.range, end: block.range.end };
    if (draft !== undefined) this.#addShell(open, draft, prepare());
    else if (isExpected) this.#addExpectedBlock(open, prepare());
    else this.#addSample(open, stage, prepare);
    this.#expectsBlock = false;
    this.#labelTiers = undefined;
    this.#addItemsIn(block, stage);
  }

  #addShell(open: OpenBlock, draft: BlockDraft, prepared: PreparedCode): void {
    const { block } = open;
    const variables = draft.script === undefined ? variablesInCode(prepared) : [];
    open.use = variables.length > 0 ? 'variables' : 'run';
    if (variables.length > 0)
      this.#variables.push({ owner: block.id, title: this.#titleOf(), range: block.range, variables });
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
  #addSample(open: OpenBlock, stage: Stage, prepare: () => PreparedCode): void {
    const { block } = open;
    const { language, code } = block;
    open.manual = this.#manualAround(block);
    const raw = this.#text.slice(code.start, code.end);
    if (/^(?:|text|txt|markdown|md|plain|plaintext)$/.test(language) && hasBlank(raw)) {
      open.use = 'blanks';
      this.#blanks.push(...blanksInForm(raw, code.start, block.range.line + 1));
    }
    if (language !== 'yaml' && language !== 'yml') return;
    const { code: yaml, rangeOf } = prepare();
    for (const { condition, windowMs, start, end } of alertRules(yaml)) {
      const drafts = readCriteria(condition).map((draft) => ({
        ...draft,
        ...(windowMs === undefined ? {} : { windowMs }),
      }));
      this.#addCriteria(
        drafts,
        block.id,
        rangeOf({ start, end }),
        condition,
        stage.role === 'work' || stage.role === 'rollback',
      );
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
      if (item.form === 'drawn' && /environment variables?/i.test(item.text)) this.#addDrawnVariables(item);
      if (!this.#items.has(item.id))
        this.#items.set(item.id, { item, commands: [], manual: [], tiers: tiersOf(item.text) });
    }
  }

  #addDrawnVariables(item: Item): void {
    const variables = item.children.flatMap((child) => {
      const variable = child.kind === 'item' ? variableInList(child.text, child.range) : undefined;
      return variable === undefined ? [] : [variable];
    });
    if (variables.length > 0) this.#variables.push({ owner: item.id, title: item.text, range: item.range, variables });
  }

  #addCriteria(drafts: readonly CriterionDraft[], owner: string, range: Range, text: string, isAlarm: boolean): void {
    for (const draft of drafts) this.#criteria.push({ ...draft, owner, range, text, sense: senseOf(isAlarm, draft) });
  }

  finish(): Meaning {
    for (const { choice, owner } of this.#labelChoices) this.#book.add(choice, owner);
    for (const { block, draft } of this.#blocks)
      for (const choice of draft?.choices ?? []) this.#book.add(choice, block.id);
    this.#fillManual();
    return {
      items: new Map(this.#finishItems()),
      blocks: new Map(this.#blocks.map((open) => [open.block.id, this.#finishBlock(open)])),
      criteria: this.#criteria,
      choices: this.#book.finish(),
      variables: this.#variables,
      blanks: this.#blanks,
      signOff: this.#signOff,
      status: this.#status,
    };
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

  #finishItems(): readonly (readonly [string, ItemMeaning])[] {
    const byOwner = Map.groupBy(this.#criteria, ({ owner }) => owner);
    return [...this.#items.values()].flatMap(({ item: { id }, commands, manual, tiers }) => {
      const criteria = byOwner.get(id) ?? [];
      const saysNothing = commands.length + criteria.length + manual.length === 0 && tiers === undefined;
      return saysNothing ? [] : [[id, { id, commands, criteria, manual, tiers }] as const];
    });
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
  const spans = codeSpans(raw).filter(({ code }) => /\s/.test(code));
  if (spans.length === 0) return text;
  return spans.reduce((result, { code }) => result.replace(code, ''), text);
}

function withBaseline(draft: CriterionDraft, header: readonly string[], cells: RowPiece['cells']): CriterionDraft {
  const column = header.findIndex((title) => /^(?:baseline|before|current)\b/i.test(title));
  const cell = cells[column];
  if (cell === undefined || !/\d/.test(cell.text)) return draft;
  const [read] = readCriteria(`x: = ${cell.text}`);
  const isSame = read !== undefined && (read.unit === draft.unit || read.unit === 'count');
  return isSame ? { ...draft, baseline: read.value } : draft;
}
