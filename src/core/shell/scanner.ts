/** What ends a word that is not quoted. */
const META = /[\s;&|<>()]/;

/** Thrown where code cannot be taken apart; `readShell` turns it into data. */
export class Unreadable extends Error {
  readonly at: number;

  constructor(message: string, at: number) {
    super(message);
    this.at = at;
  }
}

/** A position in shell code, and how to move it. */
export class Scanner {
  readonly code: string;
  at = 0;

  constructor(code: string) {
    this.code = code;
  }

  get done(): boolean {
    return this.at >= this.code.length;
  }

  peek(offset = 0): string {
    return this.code.charAt(this.at + offset);
  }

  looking(text: string): boolean {
    return this.code.startsWith(text, this.at);
  }

  /** Moves behind `text` where it comes next. */
  take(text: string): boolean {
    if (!this.looking(text)) return false;
    this.at += text.length;
    return true;
  }

  /** What `pattern` (sticky) matches here, without moving. */
  match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    return pattern.exec(this.code)?.[0];
  }

  /** Spaces, tabs and continued lines. */
  skipBlanks(): void {
    for (;;) {
      const next = this.peek();
      if (next === ' ' || next === '\t') this.at++;
      else if (next === '\\' && this.peek(1) === '\n') this.at += 2;
      else return;
    }
  }

  atWordEnd(): boolean {
    return this.done || META.test(this.peek());
  }

  /** Fails unless `text` comes next. */
  expect(text: string): void {
    if (!this.take(text)) throw new Unreadable(`Expected \`${text}\`.`, this.at);
  }
}
