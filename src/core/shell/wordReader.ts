import { Unreadable } from './scanner.ts';
import type { Scanner } from './scanner.ts';
import type { Quote, ShellNode, Span, Word, WordPart } from './types.ts';

/** Reads the commands inside of words. */
export interface CommandsReader {
  /** Up to a closing mark, which it leaves unread: the inside of `$(…)`. */
  upTo(closing: string): readonly ShellNode[];
  /** All of a stretch, without moving. */
  between(start: number, end: number): readonly ShellNode[];
}

const DEPTH_LIMIT = 100;
const NAME = /[A-Za-z_]\w*/y;
const SPECIAL = /[@*#?$!\d-]/;

/** Reads words: quotes, escapes, variables and substitutions. */
export class WordReader {
  readonly #scanner: Scanner;
  readonly #commands: CommandsReader;
  #depth = 0;

  constructor(scanner: Scanner, commands: CommandsReader) {
    this.#scanner = scanner;
    this.#commands = commands;
  }

  /** The word that starts here; it has at least one character. */
  word(): Word {
    const start = this.#scanner.at;
    const parts: WordPart[] = [];
    while (!this.#scanner.atWordEnd() || (parts.length === 0 && this.#atProcess())) this.#part(parts, 'none');
    return wordOf({ start, end: this.#scanner.at }, parts);
  }

  /** The text from here to `end`, in which variables and commands are replaced: a here-document's body. */
  expanded(end: number): Word {
    const start = this.#scanner.at;
    const parts: WordPart[] = [];
    while (this.#scanner.at < end) this.#quoted(parts, 'hereDocument');
    return wordOf({ start, end }, parts);
  }

  #atProcess(): boolean {
    return this.#scanner.looking('<(') || this.#scanner.looking('>(');
  }

  #part(parts: WordPart[], quote: Quote): void {
    const scanner = this.#scanner;
    const start = scanner.at;
    if (this.#atProcess()) {
      scanner.at += 2;
      parts.push({ kind: 'command', commands: this.#inside(')'), span: { start, end: scanner.at }, quote });
    } else if (scanner.take("'")) this.#single(parts, start);
    else if (scanner.take("$'")) this.#ansi(parts, start);
    else if (scanner.take('"') || scanner.take('$"')) this.#double(parts);
    else if (scanner.take('\\')) this.#escaped(parts, start);
    else if (scanner.looking('$') || scanner.looking('`')) this.#expansion(parts, quote);
    else addText(parts, scanner.code.charAt(scanner.at++), { start, end: scanner.at }, quote);
  }

  #single(parts: WordPart[], start: number): void {
    const end = this.#scanner.code.indexOf("'", this.#scanner.at);
    if (end < 0) throw new Unreadable('A single quote is not closed.', start);
    const text = this.#scanner.code.slice(this.#scanner.at, end);
    parts.push({ kind: 'text', text, span: { start: this.#scanner.at, end }, quote: 'single' });
    this.#scanner.at = end + 1;
  }

  /** `$'…'`: what its escapes stand for is not worked out, so it counts as a value that is not known. */
  #ansi(parts: WordPart[], start: number): void {
    const scanner = this.#scanner;
    while (!scanner.looking("'")) {
      if (scanner.done) throw new Unreadable('A single quote is not closed.', start);
      scanner.at += scanner.looking('\\') ? 2 : 1;
    }
    scanner.at++;
    parts.push({ kind: 'arithmetic', span: { start, end: scanner.at }, quote: 'single' });
  }

  #double(parts: WordPart[]): void {
    const start = this.#scanner.at;
    addText(parts, '', { start, end: start }, 'double');
    while (!this.#scanner.take('"')) {
      if (this.#scanner.done) throw new Unreadable('A double quote is not closed.', start - 1);
      this.#quoted(parts, 'double');
    }
  }

  #quoted(parts: WordPart[], quote: Quote): void {
    const scanner = this.#scanner;
    const start = scanner.at;
    if (scanner.looking('$') || scanner.looking('`')) return this.#expansion(parts, quote);
    const escapes = quote === 'double' ? /\\[$`"\\\n]/y : /\\[$`\\\n]/y;
    const escaped = scanner.match(escapes);
    if (escaped !== undefined) {
      scanner.at += 2;
      return addText(parts, escaped === '\\\n' ? '' : escaped.charAt(1), { start, end: scanner.at }, quote);
    }
    const plain = scanner.match(quote === 'double' ? /[^$`"\\]+|\\/y : /[^$`\\]+|\\/y) ?? '';
    scanner.at += Math.max(1, plain.length);
    addText(parts, plain, { start, end: scanner.at }, quote);
  }

  #escaped(parts: WordPart[], start: number): void {
    const next = this.#scanner.peek();
    this.#scanner.at = Math.min(this.#scanner.at + 1, this.#scanner.code.length);
    addText(parts, next === '\n' ? '' : next, { start, end: this.#scanner.at }, 'none');
  }

  #expansion(parts: WordPart[], quote: Quote): void {
    if (++this.#depth > DEPTH_LIMIT) throw new Unreadable('It is nested too deeply.', this.#scanner.at);
    this.#readExpansion(parts, quote);
    this.#depth--;
  }

  #readExpansion(parts: WordPart[], quote: Quote): void {
    const scanner = this.#scanner;
    const start = scanner.at;
    if (scanner.take('`')) return this.#backticks(parts, start, quote);
    if (scanner.looking('$((') && this.#arithmetic(parts, quote)) return;
    if (scanner.take('$(')) {
      parts.push({ kind: 'command', commands: this.#inside(')'), span: { start, end: scanner.at }, quote });
    } else if (scanner.take('${')) this.#braces(parts, start, quote);
    else {
      scanner.at++;
      const name = scanner.match(NAME) ?? (SPECIAL.test(scanner.peek()) ? scanner.peek() : undefined);
      if (name === undefined) return addText(parts, '$', { start, end: scanner.at }, quote);
      scanner.at += name.length;
      parts.push({ kind: 'variable', name, span: { start, end: scanner.at }, quote });
    }
  }

  #inside(closing: string): readonly ShellNode[] {
    const commands = this.#commands.upTo(closing);
    this.#scanner.expect(closing);
    return commands;
  }

  /** Old substitutions are not taken apart: what is in them may be escaped once more. */
  #backticks(parts: WordPart[], start: number, quote: Quote): void {
    const scanner = this.#scanner;
    const from = scanner.at;
    while (!scanner.looking('`')) {
      if (scanner.done) throw new Unreadable('A backtick is not closed.', start);
      if (scanner.looking('\\')) throw new Unreadable('An escape between backticks is not understood.', scanner.at);
      scanner.at++;
    }
    const end = scanner.at;
    const commands = this.#commands.between(from, end);
    scanner.at = end + 1;
    parts.push({ kind: 'command', commands, span: { start, end: scanner.at }, quote });
  }

  /** `$((…))`; false when it turns out to be a subshell in a substitution. */
  #arithmetic(parts: WordPart[], quote: Quote): boolean {
    const scanner = this.#scanner;
    const start = scanner.at;
    const end = arithmeticEnd(scanner.code, start + 3);
    if (end === undefined) return false;
    const inner: WordPart[] = [];
    scanner.at += 3;
    while (scanner.at < end) {
      if (scanner.looking('$') || scanner.looking('`')) this.#expansion(inner, quote);
      else scanner.at++;
    }
    scanner.at += 2;
    parts.push({ kind: 'arithmetic', span: { start, end: scanner.at }, quote }, ...inner.filter(isActive));
    return true;
  }

  /** `${NAME:-operand}`: the name, and what the operand itself refers to. */
  #braces(parts: WordPart[], start: number, quote: Quote): void {
    const scanner = this.#scanner;
    scanner.take('#');
    scanner.take('!');
    const name = scanner.match(NAME) ?? scanner.peek();
    scanner.at += name.length;
    const inner: WordPart[] = [];
    while (!scanner.take('}')) {
      if (scanner.done) throw new Unreadable('`${` is not closed.', start);
      if (quote === 'none') this.#part(inner, 'none');
      else if (scanner.take('"')) this.#double(inner);
      else this.#quotedOperand(inner, quote);
    }
    parts.push({ kind: 'variable', name, span: { start, end: scanner.at }, quote }, ...inner.filter(isActive));
  }

  #quotedOperand(parts: WordPart[], quote: Quote): void {
    const scanner = this.#scanner;
    if (scanner.looking('$') || scanner.looking('`')) this.#expansion(parts, quote);
    else scanner.at += scanner.looking('\\') ? 2 : 1;
  }
}

/** Where `))` closes what begins at `from`; undefined where it is a subshell in a substitution. */
function arithmeticEnd(code: string, from: number): number | undefined {
  let depth = 0;
  for (let at = from; at < code.length; at++) {
    const character = code.charAt(at);
    if (character === '(') depth++;
    if (character !== ')') continue;
    if (depth === 0) return code.startsWith('))', at) ? at : undefined;
    depth--;
  }
  return undefined;
}

function isActive(part: WordPart): boolean {
  return part.kind === 'variable' || part.kind === 'command';
}

function addText(parts: WordPart[], text: string, span: Span, quote: Quote): void {
  const last = parts.at(-1);
  if (last?.kind === 'text' && last.quote === quote && last.span.end === span.start) {
    parts[parts.length - 1] = { kind: 'text', text: last.text + text, span: { ...last.span, end: span.end }, quote };
  } else parts.push({ kind: 'text', text, span, quote });
}

function wordOf(span: Span, parts: readonly WordPart[]): Word {
  let literal: string | undefined = '';
  for (const part of parts) literal = part.kind === 'text' && literal !== undefined ? literal + part.text : undefined;
  return { span, literal, parts };
}
