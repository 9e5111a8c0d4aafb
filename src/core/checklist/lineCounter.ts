/** Zero-based lines of offsets that are asked for in ascending order, in one pass. Lines end in `\n`. */
export class LineCounter {
  readonly #text: string;
  #line = 0;
  #nextStart: number;

  constructor(text: string) {
    this.#text = text;
    this.#nextStart = this.#startAfter(0);
  }

  lineAt(offset: number): number {
    while (this.#nextStart <= offset) {
      this.#line++;
      this.#nextStart = this.#startAfter(this.#nextStart);
    }
    return this.#line;
  }

  #startAfter(offset: number): number {
    const end = this.#text.indexOf('\n', offset);
    return end < 0 ? Infinity : end + 1;
  }
}
