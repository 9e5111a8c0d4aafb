import { readHereDocuments } from './hereDocuments.ts';
import type { PendingHereDocument } from './hereDocuments.ts';
import { compound, CompoundReader, ENDS_LIST, RESERVED } from './compoundReader.ts';
import { Scanner, Unreadable } from './scanner.ts';
import type { Assignment, Redirection, ShellNode, SimpleCommand, Span, Word } from './types.ts';
import { WordReader } from './wordReader.ts';

/** What code holds, as far as it could be taken apart. Offsets are into the code. */
export interface ShellReading {
  readonly statements: readonly ReadStatement[];
  readonly comments: readonly Span[];
  /** Why and where reading stopped. */
  readonly error: { readonly message: string; readonly at: number } | undefined;
}

export interface ReadStatement {
  readonly span: Span;
  readonly tree: ShellNode;
}

/** Takes shell code apart down to its words. Never throws; at once, and good enough to be checked by a real parser. */
export function readShell(code: string): ShellReading {
  const reader = new ShellReader(new Scanner(code));
  const statements: ReadStatement[] = [];
  try {
    reader.program(statements);
  } catch (error) {
    // A stack that overflows on a thousand open parentheses is bad input too.
    const at = error instanceof Unreadable ? error.at : 0;
    const message = error instanceof Unreadable ? error.message : 'It is nested too deeply.';
    return { statements, comments: reader.comments, error: { message, at } };
  }
  return { statements, comments: reader.comments, error: undefined };
}

const ASSIGNMENT = /[A-Za-z_]\w*(?:\[[^\]\s]*\])?\+?=/y;
const REDIRECTION = /(?:\d+|\{\w+\})?(?:&>>|&>|>>|>\||>&|<&|<>|<<<|<<-|<<|>|<)/y;
const DEPTH_LIMIT = 100;

/** The commands of a stretch of code that ends where something around it says so: between backticks. */
function readBetween(code: string, start: number, end: number): readonly ShellNode[] {
  const scanner = new Scanner(code.slice(0, end));
  scanner.at = start;
  const statements: ReadStatement[] = [];
  new ShellReader(scanner).program(statements);
  return statements.map(({ tree }) => tree);
}

class ShellReader {
  readonly comments: Span[] = [];
  readonly #scanner: Scanner;
  readonly #words: WordReader;
  readonly #compounds: CompoundReader;
  #pending: PendingHereDocument[] = [];
  #depth = 0;

  constructor(scanner: Scanner) {
    this.#scanner = scanner;
    this.#words = new WordReader(scanner, {
      upTo: (closing) => this.#list(closing),
      between: (start, end) => readBetween(scanner.code, start, end),
    });
    this.#compounds = new CompoundReader(scanner, {
      list: (closing) => this.#list(closing),
      command: () => this.#command(),
      word: () => this.#nonEmptyWord(),
      skipLines: () => this.#skipLines(),
      skipSeparators: () => this.#skipSeparators(),
    });
  }

  program(into: ReadStatement[]): void {
    this.#skipSeparators();
    while (!this.#scanner.done) {
      const tree = this.#statement();
      into.push({ span: tree.span, tree });
      const before = this.#scanner.at;
      this.#skipSeparators();
      if (this.#scanner.at === before && !this.#scanner.done) throw this.#unexpected();
      // A here-document's body follows its line, but belongs to the statement.
      const end = this.#hereDocumentEnd(tree);
      if (end > tree.span.end) into[into.length - 1] = { span: { start: tree.span.start, end }, tree };
    }
  }

  #hereDocumentEnd(tree: ShellNode): number {
    return this.#ended.findLast(({ start }) => start >= tree.span.start && start < tree.span.end)?.end ?? 0;
  }

  #ended: Span[] = [];

  #unexpected(): Unreadable {
    return new Unreadable(`\`${this.#scanner.peek()}\` stands where a command should begin or end.`, this.#scanner.at);
  }

  /** Statements up to `closing` or a reserved word that ends a list; neither is taken. */
  #list(closing: string): readonly ShellNode[] {
    if (++this.#depth > DEPTH_LIMIT) throw new Unreadable('It is nested too deeply.', this.#scanner.at);
    const commands: ShellNode[] = [];
    for (this.#skipSeparators(); !this.#atListEnd(closing); this.#skipSeparators()) {
      if (this.#scanner.done) throw new Unreadable(`\`${closing}\` is missing.`, this.#scanner.at);
      const before = this.#scanner.at;
      commands.push(this.#statement());
      if (this.#scanner.at === before) throw this.#unexpected();
    }
    this.#depth--;
    return commands;
  }

  #atListEnd(closing: string): boolean {
    if (this.#scanner.looking(closing) || this.#scanner.looking(';;') || this.#scanner.looking(';&')) return true;
    const word = this.#scanner.match(RESERVED);
    return word !== undefined && ENDS_LIST.has(word);
  }

  /** Blank space, comments, single `;` and line ends with the here-documents that begin behind them. */
  #skipSeparators(): void {
    const scanner = this.#scanner;
    for (;;) {
      scanner.skipBlanks();
      if (scanner.looking('#')) this.#comment();
      else if (scanner.take('\n')) this.#readPending();
      else if (scanner.looking(';') && !scanner.looking(';;') && !scanner.looking(';&')) scanner.at++;
      else if (scanner.take('\r')) continue;
      else return;
    }
  }

  #skipLines(): void {
    const scanner = this.#scanner;
    for (;;) {
      scanner.skipBlanks();
      if (scanner.looking('#')) this.#comment();
      else if (scanner.take('\n')) this.#readPending();
      else return;
    }
  }

  #comment(): void {
    const start = this.#scanner.at;
    const end = this.#scanner.code.indexOf('\n', start);
    this.#scanner.at = end < 0 ? this.#scanner.code.length : end;
    this.comments.push({ start, end: this.#scanner.at });
  }

  #readPending(): void {
    if (this.#pending.length === 0) return;
    const pending = this.#pending;
    this.#pending = [];
    this.#ended.push(...readHereDocuments(this.#scanner, this.#words, pending));
  }

  #statement(): ShellNode {
    const start = this.#scanner.at;
    const first = this.#pipeline();
    const commands = [first];
    for (this.#scanner.skipBlanks(); this.#scanner.take('&&') || this.#scanner.take('||'); this.#scanner.skipBlanks()) {
      this.#skipLines();
      commands.push(this.#pipeline());
    }
    const end = commands.at(-1)?.span.end ?? start;
    const node = commands.length === 1 ? first : compound('list', { start, end }, commands);
    if (!this.#scanner.looking('&') || this.#scanner.looking('&>') || this.#scanner.looking('&&')) return node;
    this.#scanner.at++;
    return compound('background', { start, end: this.#scanner.at }, [node]);
  }

  #pipeline(): ShellNode {
    const start = this.#scanner.at;
    for (let word = this.#scanner.match(RESERVED); word === '!' || word === 'time';) {
      this.#scanner.at += word.length;
      this.#scanner.skipBlanks();
      if (word === 'time' && this.#scanner.match(/-p(?=\s)/y) !== undefined) {
        this.#scanner.at += 2;
        this.#scanner.skipBlanks();
      }
      word = this.#scanner.match(RESERVED);
    }
    const first = this.#command();
    const commands = [first];
    for (this.#scanner.skipBlanks(); this.#atPipe(); this.#scanner.skipBlanks()) {
      this.#scanner.at += this.#scanner.looking('|&') ? 2 : 1;
      this.#skipLines();
      commands.push(this.#command());
    }
    const end = commands.at(-1)?.span.end ?? start;
    return commands.length === 1 && first.span.start === start
      ? first
      : compound(commands.length === 1 ? 'list' : 'pipeline', { start, end }, commands);
  }

  #atPipe(): boolean {
    return this.#scanner.looking('|') && !this.#scanner.looking('||');
  }

  #command(): ShellNode {
    const scanner = this.#scanner;
    const start = scanner.at;
    const node = this.#compounds.read(start);
    if (node === undefined) return this.#simple();
    const redirections: Redirection[] = [];
    for (scanner.skipBlanks(); this.#redirection(redirections); scanner.skipBlanks());
    return { ...node, span: { start, end: redirections.at(-1)?.span.end ?? node.span.end }, redirections };
  }

  #nonEmptyWord(): Word {
    const word = this.#words.word();
    if (word.span.end === word.span.start) throw this.#unexpected();
    return word;
  }

  #simple(): SimpleCommand {
    const scanner = this.#scanner;
    const start = scanner.at;
    const assignments: Assignment[] = [];
    const words: Word[] = [];
    const redirections: Redirection[] = [];
    let end = start;
    for (scanner.skipBlanks(); ; scanner.skipBlanks()) {
      const before = scanner.at;
      if (!this.#redirection(redirections)) {
        if (scanner.atWordEnd() && !scanner.looking('<(') && !scanner.looking('>(')) break;
        if (scanner.looking('#')) break;
        if (words.length > 0 || !this.#assignment(assignments)) words.push(this.#words.word());
      }
      if (scanner.at === before) throw this.#unexpected();
      end = scanner.at;
    }
    if (end === start) throw this.#unexpected();
    return { kind: 'simple', span: { start, end }, assignments, words, redirections };
  }

  #assignment(into: Assignment[]): boolean {
    const scanner = this.#scanner;
    const start = scanner.at;
    const head = scanner.match(ASSIGNMENT);
    if (head === undefined) return false;
    scanner.at += head.length;
    const name = head.replace(/[[+=].*$/s, '');
    const value = scanner.looking('(') ? this.#array() : this.#words.word();
    into.push({ name, value, span: { start, end: scanner.at } });
    return true;
  }

  #array(): Word {
    const scanner = this.#scanner;
    const start = scanner.at++;
    const parts = [];
    for (this.#skipLines(); !scanner.take(')'); this.#skipLines()) {
      if (scanner.done) throw new Unreadable('A list of values is not closed.', start);
      parts.push(...this.#nonEmptyWord().parts);
    }
    return { span: { start, end: scanner.at }, literal: undefined, parts };
  }

  #redirection(into: Redirection[]): boolean {
    const scanner = this.#scanner;
    const start = scanner.at;
    const head = scanner.match(REDIRECTION);
    if (head === undefined || /^[<>]\($/.test(head + scanner.peek(head.length))) return false;
    scanner.at += head.length;
    scanner.skipBlanks();
    const [, descriptor = '', operator = ''] = /^(\d*|\{\w+\})(.*)$/.exec(head) ?? [];
    const target = this.#nonEmptyWord();
    const redirection = { operator, descriptor, target, body: undefined, span: { start, end: scanner.at } };
    if (operator === '<<' || operator === '<<-') this.#pending.push({ redirection, into, index: into.length });
    into.push(redirection);
    return true;
  }
}
