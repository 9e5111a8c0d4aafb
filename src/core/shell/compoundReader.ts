import { Unreadable } from './scanner.ts';
import type { Scanner } from './scanner.ts';
import type { CompoundCommand, ShellNode, Span, Word } from './types.ts';

/** What compound commands consist of, read by whoever reads the rest of the code. */
export interface CommandParts {
  /** Statements up to `closing` or a reserved word that ends a list; neither is taken. */
  list(closing: string): readonly ShellNode[];
  command(): ShellNode;
  /** Fails where there is none. */
  word(): Word;
  skipLines(): void;
  skipSeparators(): void;
}

export const ENDS_LIST = new Set(['then', 'do', 'done', 'fi', 'elif', 'else', 'esac', '}']);
export const RESERVED =
  /(?:if|then|elif|else|fi|while|until|for|select|do|done|case|esac|function|time|!|\{|\}|\[\[)(?=[\s;&|()<>]|$)/y;
const FUNCTION = /[A-Za-z_][\w.:-]*[ \t]*\([ \t]*\)/y;

/** Reads `if`, `for`, `while`, `case`, functions, groups, subshells, `[[ … ]]` and `(( … ))`. */
export class CompoundReader {
  readonly #scanner: Scanner;
  readonly #parts: CommandParts;

  constructor(scanner: Scanner, parts: CommandParts) {
    this.#scanner = scanner;
    this.#parts = parts;
  }

  /** The compound command that begins here, without its redirections; undefined where there is none. */
  read(start: number): CompoundCommand | undefined {
    const scanner = this.#scanner;
    if (scanner.match(FUNCTION) !== undefined) return this.#function(start);
    if (scanner.looking('((')) return this.#arithmetic(start);
    if (scanner.take('(')) return this.#until('subshell', start, ')');
    const word = scanner.match(RESERVED);
    if (word === undefined) return undefined;
    if (ENDS_LIST.has(word)) throw new Unreadable(`\`${word}\` stands where a command should begin.`, start);
    scanner.at += word.length;
    if (word === '{') return this.#until('group', start, '}');
    if (word === '[[') return this.#test(start);
    if (word === 'if') return this.#if(start);
    if (word === 'while' || word === 'until') return this.#while(start);
    if (word === 'for' || word === 'select') return this.#for(start);
    if (word === 'case') return this.#case(start);
    if (word === 'function') return this.#function(start);
    throw new Unreadable(`\`${word}\` stands where a command should begin.`, start);
  }

  #until(form: CompoundCommand['form'], start: number, closing: string): CompoundCommand {
    const commands = this.#parts.list(closing);
    this.#scanner.expect(closing);
    return compound(form, { start, end: this.#scanner.at }, commands);
  }

  #function(start: number): CompoundCommand {
    const scanner = this.#scanner;
    scanner.skipBlanks();
    const name = scanner.match(/[^\s()]+/y) ?? '';
    scanner.at += name.length;
    scanner.skipBlanks();
    if (scanner.take('(')) {
      scanner.skipBlanks();
      scanner.expect(')');
    }
    this.#parts.skipLines();
    const body = this.#parts.command();
    return { ...compound('function', { start, end: scanner.at }, [body]), name };
  }

  #arithmetic(start: number): CompoundCommand {
    const end = this.#scanner.code.indexOf('))', start);
    if (end < 0) throw new Unreadable('`((` is not closed.', start);
    this.#scanner.at = end + 2;
    return compound('test', { start, end: end + 2 }, []);
  }

  #test(start: number): CompoundCommand {
    const scanner = this.#scanner;
    const words: Word[] = [];
    for (this.#parts.skipLines(); !scanner.take(']]'); this.#parts.skipLines()) {
      if (scanner.done) throw new Unreadable('`[[` is not closed.', start);
      if (scanner.atWordEnd()) scanner.at++;
      else words.push(this.#parts.word());
    }
    return { ...compound('test', { start, end: scanner.at }, []), words };
  }

  #if(start: number): CompoundCommand {
    const commands = [...this.#parts.list('then')];
    this.#scanner.expect('then');
    commands.push(...this.#parts.list('fi'));
    for (;;) {
      if (this.#scanner.take('elif')) {
        commands.push(...this.#parts.list('then'));
        this.#scanner.expect('then');
      } else if (!this.#scanner.take('else')) break;
      commands.push(...this.#parts.list('fi'));
    }
    this.#scanner.expect('fi');
    return compound('if', { start, end: this.#scanner.at }, commands);
  }

  #while(start: number): CompoundCommand {
    const commands = [...this.#parts.list('do')];
    commands.push(...this.#body());
    return compound('loop', { start, end: this.#scanner.at }, commands);
  }

  #body(): readonly ShellNode[] {
    this.#scanner.expect('do');
    const commands = this.#parts.list('done');
    this.#scanner.expect('done');
    return commands;
  }

  #for(start: number): CompoundCommand {
    const scanner = this.#scanner;
    scanner.skipBlanks();
    if (scanner.looking('((')) this.#arithmetic(scanner.at);
    const name = scanner.match(/[A-Za-z_]\w*/y);
    scanner.at += name?.length ?? 0;
    this.#parts.skipLines();
    const words: Word[] = [];
    if (name !== undefined && scanner.take('in')) {
      for (scanner.skipBlanks(); !scanner.atWordEnd(); scanner.skipBlanks()) words.push(this.#parts.word());
    }
    this.#parts.skipSeparators();
    const commands = this.#body();
    return { ...compound('loop', { start, end: scanner.at }, commands), words, name };
  }

  #case(start: number): CompoundCommand {
    const scanner = this.#scanner;
    scanner.skipBlanks();
    const words = [this.#parts.word()];
    this.#parts.skipLines();
    scanner.expect('in');
    const commands: ShellNode[] = [];
    for (this.#parts.skipSeparators(); !scanner.take('esac'); this.#parts.skipSeparators()) {
      scanner.take('(');
      for (scanner.skipBlanks(); !scanner.take(')'); scanner.skipBlanks()) {
        if (!scanner.take('|')) words.push(this.#parts.word());
      }
      commands.push(...this.#parts.list('esac'));
      if (!scanner.take(';;&') && !scanner.take(';;')) scanner.take(';&');
    }
    return { ...compound('case', { start, end: scanner.at }, commands), words };
  }
}

export function compound(form: CompoundCommand['form'], span: Span, commands: readonly ShellNode[]): CompoundCommand {
  return { kind: 'compound', form, span, commands, words: [], redirections: [], name: undefined };
}
