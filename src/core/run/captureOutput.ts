import { HeadTail } from './headTail.ts';
import type { CapturedOutput } from './model.ts';
import { OutputRedactor } from './redactOutput.ts';

/** Bytes of one stream of one statement, to text without secrets: handed on piece by piece, and kept within a limit. */
export class OutputCapture {
  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  readonly #redactor: OutputRedactor;
  readonly #kept: HeadTail;
  readonly #onText: (text: string) => void;
  #bytes = 0;
  #binary = false;

  constructor(options: {
    readonly secrets: readonly string[];
    readonly keepCharacters: number;
    readonly onText: (text: string) => void;
  }) {
    this.#redactor = new OutputRedactor(options.secrets);
    const head = Math.ceil(options.keepCharacters / 2);
    this.#kept = new HeadTail({ head, tail: Math.max(1, options.keepCharacters - head) });
    this.#onText = options.onText;
  }

  push(bytes: Uint8Array): void {
    this.#bytes += bytes.length;
    this.#pass(this.#decoder.decode(bytes, { stream: true }));
  }

  /** Nothing more can come: what a half character or a half secret held back is handed on. */
  end(): void {
    this.#pass(this.#decoder.decode());
    this.#keep(this.#redactor.end());
  }

  read(): CapturedOutput {
    return { ...this.#kept.read(), bytes: this.#bytes, binary: this.#binary };
  }

  #pass(text: string): void {
    if (text === '') return;
    this.#binary ||= text.includes('\uFFFD') || text.includes('\0');
    this.#keep(this.#redactor.push(text));
  }

  #keep(text: string): void {
    if (text === '') return;
    this.#kept.push(text);
    this.#onText(text);
  }
}

export const noOutput: CapturedOutput = { head: '', tail: '', omittedCharacters: 0, bytes: 0, binary: false };

/** The output as one text, with a line that says how much is left out where something is. */
export function outputText({ head, tail, omittedCharacters }: CapturedOutput): string {
  if (omittedCharacters === 0) return head;
  const amount = omittedCharacters.toLocaleString('en-US');
  return `${head}${head === '' || head.endsWith('\n') ? '' : '\n'}… ${amount} characters left out …\n${tail}`;
}
