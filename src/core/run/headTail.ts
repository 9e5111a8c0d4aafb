/** Keeps the beginning and the end of a text of any length, in memory bounded by the limits. */
export class HeadTail {
  readonly #headLimit: number;
  readonly #tailLimit: number;
  #head = '';
  #headFull = false;
  #tail: string[] = [];
  #tailLength = 0;
  #omitted = 0;

  /** Limits in characters (UTF-16 units). */
  constructor(limits: { readonly head: number; readonly tail: number }) {
    this.#headLimit = limits.head;
    this.#tailLimit = limits.tail;
  }

  push(text: string): void {
    const room = this.#headFull ? 0 : this.#headLimit - this.#head.length;
    if (!this.#headFull && text.length <= room) {
      this.#head += text;
      return;
    }
    const cut = wholeBefore(text, room);
    this.#head += text.slice(0, cut);
    this.#headFull = true;
    this.#pushTail(text.slice(cut));
  }

  #pushTail(text: string): void {
    this.#tail.push(text);
    this.#tailLength += text.length;
    while (this.#tailLength - (this.#tail[0]?.length ?? Infinity) >= this.#tailLimit) {
      const dropped = this.#tail.shift()?.length ?? 0;
      this.#tailLength -= dropped;
      this.#omitted += dropped;
    }
  }

  /** Head and tail meet where nothing is omitted: then all is in `head`. */
  read(): { readonly head: string; readonly tail: string; readonly omittedCharacters: number } {
    const rest = this.#tail.join('');
    const start = wholeAfter(rest, Math.max(0, rest.length - this.#tailLimit));
    const omittedCharacters = this.#omitted + start;
    if (omittedCharacters === 0) return { head: this.#head + rest, tail: '', omittedCharacters: 0 };
    return { head: this.#head, tail: rest.slice(start), omittedCharacters };
  }
}

/** The index, or the one before it where it would split a surrogate pair. */
function wholeBefore(text: string, index: number): number {
  return index > 0 && isHighSurrogate(text.charCodeAt(index - 1)) ? index - 1 : index;
}

function wholeAfter(text: string, index: number): number {
  return index > 0 && isHighSurrogate(text.charCodeAt(index - 1)) ? index + 1 : index;
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd8_00 && unit <= 0xdb_ff;
}
