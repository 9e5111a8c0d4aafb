import { repairText } from '../encoding.ts';
import type { PreparedCode } from '../../shell/prepare.ts';
import type { ShellNode, Span } from '../../shell/types.ts';
import { readComment } from './blockComments.ts';
import type { CommentMeaning } from './blockComments.ts';
import { BlockChoices } from './blockChoices.ts';
import type { BlockDraft, CommandDraft, ManualStepDraft, PartDraft } from './blockDraft.ts';
import { isCommand, waitsFor } from './commandLike.ts';
import { readExpectation, readExpectedBlock } from './expectations/read.ts';
import { readOptionLabel, readOr } from './labels.ts';
import { announcesEdit, fileIn, readManual, settingsIn, withoutNumber } from './manual.ts';
import type { ManualDraft } from './manual.ts';
import { scriptPathOf } from './script.ts';
import { eventsOf } from './shellEvents.ts';
import type { Comment, Event, Statement } from './shellEvents.ts';
import { tiersOf } from './tiers.ts';
import type { Expectation } from './expectations/types.ts';

/** Reads the commands of a shell block with what the comments between them say. At once, without the shell parser. */
export function readShellBlock(prepared: PreparedCode): BlockDraft {
  const reader = new ShellBlockReader(prepared);
  return reader.read();
}

class ShellBlockReader {
  readonly #code: string;
  readonly #prepared: PreparedCode;
  readonly #draft: BlockDraft;
  readonly #choices: BlockChoices;
  #last: CommandDraft | undefined;
  #editor: ManualStepDraft | undefined;
  /** Comments above what comes next. */
  #above: { text: string; span: Span }[] = [];
  /** Nothing but comments since the last command. */
  #isAttached = false;
  #hasCommand = false;
  #expected: { lines: string[]; span: Span } | undefined;
  #forAll: { expectation: Expectation; span: Span } | undefined;
  #forNext: { expectation: Expectation; span: Span } | undefined;
  #end = -1;

  constructor(prepared: PreparedCode) {
    this.#prepared = prepared;
    this.#code = prepared.code;
    this.#draft = { parts: [], choices: [], remarks: [], script: scriptPathOf(prepared.code), handOver: undefined };
    this.#choices = new BlockChoices(prepared, this.#draft.choices);
  }

  read(): BlockDraft {
    const events = eventsOf(this.#prepared);
    for (const [index, event] of events.entries()) {
      if (this.#draft.handOver !== undefined) break;
      if (/\n[ \t]*\n/.test(this.#code.slice(Math.max(this.#end, 0), event.span.start))) this.#endParagraph();
      if (event.kind === 'comment') this.#comment(event, events[index + 1]);
      else this.#statement(event);
      this.#end = Math.max(this.#end, event.span.end);
    }
    this.#endParagraph();
    this.#readOutputs();
    return this.#draft;
  }

  /** A blank line: what was said above is about what stood there, or is something to do by itself. */
  #endParagraph(): void {
    this.#endExpected();
    // Below a command in the same paragraph, only what is plainly something to do.
    this.#manualFrom(this.#hasCommand ? this.#above.filter(({ text }) => announcesEdit(text)) : this.#above);
    this.#above = [];
    this.#isAttached = false;
    this.#hasCommand = false;
    this.#editor = undefined;
    this.#forAll = undefined;
  }

  #manualFrom(comments: readonly { text: string; span: Span }[]): void {
    const drafts = comments.flatMap(({ text, span }) => {
      const manual = readManual(text);
      return manual === undefined ? [] : [{ manual, span }];
    });
    for (const { manual, span } of drafts) {
      const last = this.#draft.parts.at(-1);
      // "Update … in docker-compose.yml" and below it "Ensure X=1" are one thing to do.
      const isMore =
        last?.kind === 'manual' && last.action === 'edit' && manual.settings.length > 0 && manual.action === 'check';
      if (isMore && drafts[0] !== undefined && last.range.start >= this.#prepared.rangeOf(drafts[0].span).start) {
        this.#extend(last, manual, span);
      } else this.#addManual(manual, span);
    }
  }

  #extend(step: ManualStepDraft, { text, settings }: Pick<ManualDraft, 'text' | 'settings'>, span: Span): void {
    step.text = `${step.text}. ${text}`;
    step.settings = [...step.settings, ...settings];
    step.range = { ...step.range, end: this.#prepared.rangeOf(span).end };
  }

  #addManual(manual: ManualDraft, span: Span, option = this.#choices.labelled): ManualStepDraft {
    const step: ManualStepDraft = { kind: 'manual', ...manual, range: this.#prepared.rangeOf(span), option };
    this.#addPart(step);
    return step;
  }

  #addPart(part: PartDraft): void {
    this.#draft.parts.push(part);
    if (part.option !== undefined)
      part.option.range = { ...part.option.range, end: Math.max(part.option.range.end, part.range.end) };
  }

  #comment({ text, span, trailing }: Comment, next: Event | undefined): void {
    if (this.#expected !== undefined && !trailing) {
      this.#expected.lines.push(text);
      this.#expected.span = { ...this.#expected.span, end: span.end };
      if (this.#isClosed()) this.#endExpected();
      return;
    }
    if (/^\[[ xX]\]/.test(text)) return; // an item of its own
    if (trailing) return this.#trailing(text, span);
    if (this.#asEditorText(text, span) || this.#asOr(text, span) || this.#asLabel(text, span)) return;
    if (this.#asExpectation(text, span, next)) return;
    if (isCommand(text)) return this.#choices.offerCommented(text, span); // no more than a remark otherwise
    this.#remark(text, span);
    this.#above.push({ text, span });
  }

  #remark(text: string, span: Span): void {
    this.#draft.remarks.push({ text, range: this.#prepared.rangeOf(span) });
  }

  #trailing(text: string, span: Span): void {
    const meaning = this.#last && readComment(text, this.#last.code);
    if (meaning?.kind === 'expectation') this.#expect(this.#last, meaning.expectation, span);
    else this.#remark(text, span);
  }

  /** Behind `vi file`: "Add: NAME=value". */
  #asEditorText(text: string, span: Span): boolean {
    if (this.#editor === undefined || !this.#isAttached) return false;
    const settings = settingsIn(text);
    if (settings.length === 0) return false;
    this.#extend(this.#editor, { text, settings }, span);
    return true;
  }

  /** "Or: git reset --hard v1", "Or with production settings:" */
  #asOr(text: string, span: Span): boolean {
    const rest = readOr(text);
    if (rest === undefined || this.#choices.labelled !== undefined || this.#last === undefined) return false;
    const manual = isCommand(rest) ? undefined : manualBehindOr(rest);
    const option = this.#choices.offer(this.#last, rest, span, manual !== undefined);
    if (manual !== undefined) this.#addManual(manual, span, option);
    return true;
  }

  #asLabel(text: string, span: Span): boolean {
    const label = readOptionLabel(text);
    if (label === undefined) return false;
    this.#choices.begin(label, span);
    this.#above = [];
    return true;
  }

  #asExpectation(text: string, span: Span, next: Event | undefined): boolean {
    const meaning = readComment(text, this.#last?.code ?? '');
    if (meaning === undefined) return false;
    if (meaning.kind === 'all') this.#forAll = { expectation: meaning.expectation, span };
    else if (meaning.kind === 'begins') this.#expected = { lines: meaning.text === '' ? [] : [meaning.text], span };
    else if (!this.#isAbout(meaning)) {
      // Above a command in the same paragraph, or with no command to be about.
      if (next?.kind !== 'statement' || /^(?:check|ensure|make sure|compare|confirm)\b/i.test(text)) return false;
      this.#forNext = { expectation: meaning.expectation, span };
    } else this.#expect(this.#last, meaning.expectation, span);
    return true;
  }

  #isAbout({ far }: CommentMeaning & { kind: 'expectation' }): boolean {
    return this.#last !== undefined && (this.#isAttached || (far && !this.#hasCommandBelow()));
  }

  /** Whether the paragraph that is being read has a command further down. */
  #hasCommandBelow(): boolean {
    const rest = this.#code.slice(this.#end + 1).split('\n');
    const from = rest.findIndex((line) => line.trim() !== '');
    for (const line of rest.slice(Math.max(from, 0))) {
      if (line.trim() === '') return false;
      if (!line.trimStart().startsWith('#')) return true;
    }
    return false;
  }

  #isClosed(): boolean {
    const text = this.#expected?.lines.join('\n') ?? '';
    if (!/^[[{]/.test(text)) return false;
    return (text.match(/[[{]/g)?.length ?? 0) <= (text.match(/[\]}]/g)?.length ?? 0);
  }

  #endExpected(): void {
    const expected = this.#expected;
    this.#expected = undefined;
    if (expected === undefined || expected.lines.length === 0) return;
    const text = expected.lines.join('\n');
    const command = this.#last?.code ?? '';
    const expectation =
      expected.lines.length === 1 || /^[[{]/.test(text) ? readExpectation(text, { command }) : readExpectedBlock(text);
    if (expectation !== undefined) this.#expect(this.#last, expectation, expected.span);
  }

  #expect(command: CommandDraft | undefined, expectation: Expectation, span: Span): void {
    if (command === undefined) return;
    // What is said of the command itself counts more than what is said of all of them.
    const general = command.expectations.findIndex((one) => one.expectation === this.#forAll?.expectation);
    if (general >= 0) command.expectations.splice(general, 1);
    command.expectations.push({ expectation, range: this.#prepared.rangeOf(span) });
  }

  #statement({ tree, span }: Statement): void {
    this.#endExpected();
    if (this.#asSetting(tree, span)) return;
    const waits = waitsFor(tree);
    if (waits?.kind === 'elsewhere') return this.#handOver(waits.why, span);
    if (waits?.kind === 'editor') return this.#edit(tree, span);
    const command = this.#command(span);
    this.#addPart(command);
    this.#last = command;
    this.#isAttached = true;
    this.#hasCommand = true;
    this.#above = [];
  }

  #command(span: Span): CommandDraft {
    const above = this.#above.map(({ text }) => text).join(' ');
    const code = this.#code.slice(span.start, span.end);
    const title = withoutNumber(above).replace(/[:.]$/, '');
    const command: CommandDraft = {
      kind: 'command',
      code,
      range: this.#prepared.rangeOf(span),
      title: title === '' ? undefined : title,
      expectations: [],
      tiers: tiersOf(above),
      option: this.#choices.optionFor(code, span),
    };
    if (this.#forAll !== undefined) this.#expect(command, this.#forAll.expectation, this.#forAll.span);
    if (this.#forNext !== undefined) this.#expect(command, this.#forNext.expectation, this.#forNext.span);
    this.#forNext = undefined;
    return command;
  }

  /** "Edit .env" and below it `CACHE_ENABLED=false`: to be written there, not to be run. */
  #asSetting(tree: ShellNode, span: Span): boolean {
    if (tree.kind !== 'simple' || tree.words.length > 0 || tree.assignments.length === 0) return false;
    const said = this.#above.at(-1)?.text;
    const settings = settingsIn(this.#code.slice(span.start, span.end));
    if (this.#editor !== undefined && this.#isAttached) this.#extend(this.#editor, { text: '', settings }, span);
    else if (said !== undefined && announcesEdit(said)) {
      const first = this.#above.at(-1)?.span ?? span;
      const text = withoutNumber(said);
      const manual: ManualDraft = { text, action: 'edit', file: fileIn(text), settings };
      this.#editor = this.#addManual(manual, { start: first.start, end: span.end });
    } else return false;
    this.#above = [];
    this.#isAttached = true;
    this.#hasCommand = true;
    return true;
  }

  #edit(tree: ShellNode, span: Span): void {
    const words = tree.kind === 'simple' ? tree.words : [];
    const said = this.#above.map(({ text }) => text).join(' ');
    const code = this.#code.slice(span.start, span.end);
    const file = words.map(({ literal }) => literal ?? '').findLast((word) => /[./]/.test(word));
    const text = said === '' ? code : withoutNumber(said);
    this.#editor = this.#addManual({ text, action: 'edit', file, settings: settingsIn(said) }, span);
    this.#above = [];
    this.#isAttached = true;
    this.#hasCommand = true;
  }

  #handOver(to: string, span: Span): void {
    const end = this.#code.length;
    this.#draft.handOver = {
      command: this.#code.slice(span.start, span.end),
      to,
      range: this.#prepared.rangeOf({ start: span.start, end }),
      rest: this.#code
        .slice(span.end, end)
        .replace(/^[ \t]*\n/, '')
        .trim(),
    };
  }

  /** What was recorded below a prompt is what is expected. */
  #readOutputs(): void {
    for (const span of this.#prepared.outputs) {
      const range = this.#prepared.rangeOf(span);
      const command = this.#draft.parts.findLast((part) => part.kind === 'command' && part.range.end <= range.start);
      const expectation = readExpectedBlock(repairText(this.#prepared.recorded.slice(span.start, span.end)));
      if (command?.kind === 'command' && expectation !== undefined) command.expectations.push({ expectation, range });
    }
  }
}

/** "Or for Docker: update docker-compose.yml, then restart" */
function manualBehindOr(rest: string): ManualDraft | undefined {
  return /[:,]/.test(rest.replace(/:$/, '')) ? readManual(rest.replace(/^for [\w ]+:\s*/i, '')) : undefined;
}
