import type { CommandBlock } from '../model.ts';
import { blanksInForm, blanksInRow, blanksInText, hasBlank } from './blanks.ts';
import type { RowPiece, TextPiece } from './pieces.ts';
import { signOffInRow, signOffInText, statusIn } from './signOff.ts';
import type { Blank, Meaning, SignOffCell, StatusLine } from './types.ts';

/** Languages of blocks that people fill in. */
const TEXTS = new Set(['', 'text', 'txt', 'plain', 'plaintext', 'markdown', 'md']);

/** Collects what a document leaves to be filled in. */
export class Forms {
  readonly #text: string;
  readonly #blanks: Blank[] = [];
  readonly #signOff: SignOffCell[] = [];
  readonly #status: StatusLine[] = [];

  constructor(text: string) {
    this.#text = text;
  }

  addText(piece: TextPiece): void {
    if (hasBlank(piece.raw)) this.#blanks.push(...blanksInText(this.#text, piece.range));
    const status = statusIn(piece, this.#text);
    if (status !== undefined) this.#status.push(status);
    const signed = signOffInText(piece, this.#text);
    if (signed !== undefined) this.#signOff.push(signed);
  }

  addRow(row: RowPiece): void {
    this.#blanks.push(...blanksInRow(row, this.#text));
    this.#signOff.push(...signOffInRow(row));
  }

  /** Whether the block is a form. */
  addBlock({ language, code, range }: CommandBlock): boolean {
    const raw = this.#text.slice(code.start, code.end);
    if (!TEXTS.has(language) || !hasBlank(raw)) return false;
    this.#blanks.push(...blanksInForm(raw, code.start, range.line + 1));
    return true;
  }

  finish(): Pick<Meaning, 'blanks' | 'signOff' | 'status'> {
    return { blanks: this.#blanks, signOff: this.#signOff, status: this.#status };
  }
}
