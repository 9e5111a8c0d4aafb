import * as vscode from 'vscode';

const dim = '\u001B[2m';
const bold = '\u001B[1m';
const red = '\u001B[31m';
const reset = '\u001B[0m';

/** A terminal tab that shows a run. Nothing is typed into it but Ctrl-C, which cancels, as closing the tab does. */
export class RunTerminal implements vscode.Pseudoterminal, vscode.Disposable {
  readonly #write = new vscode.EventEmitter<string>();
  readonly #abort = new AbortController();
  readonly #terminal: vscode.Terminal;
  readonly onDidWrite = this.#write.event;
  /** What was written before the terminal was drawn. */
  #early: string[] | undefined = [];
  #ended = false;
  #atLineStart = true;

  readonly #cancellable: boolean;

  /** Without `cancellable` it only shows: cancelling is somewhere else. */
  constructor(name: string, { cancellable = true } = {}) {
    this.#cancellable = cancellable;
    this.#terminal = vscode.window.createTerminal({ name, pty: this, iconPath: new vscode.ThemeIcon('checklist') });
    this.#terminal.show(true);
  }

  /** Aborts when the user cancels. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  open(): void {
    const early = this.#early ?? [];
    this.#early = undefined;
    for (const text of early) this.#write.fire(text);
  }

  close(): void {
    this.#abort.abort();
  }

  handleInput(data: string): void {
    if (!data.includes('\u0003') || this.#ended || !this.#cancellable) return;
    this.heading('Cancelling …');
    this.#abort.abort();
  }

  command(code: string): void {
    this.#freshLine();
    this.#put(`${bold}$ ${code.replaceAll('\n', '\n> ')}${reset}\n`);
  }

  output(text: string, stream: 'stdout' | 'stderr'): void {
    this.#put(stream === 'stderr' ? `${red}${text}${reset}` : text);
  }

  heading(text: string): void {
    this.#freshLine();
    this.#put(`${dim}── ${text}${reset}\n`);
  }

  /** The run is over: what was shown stays until the user closes the tab. */
  end(text: string): void {
    this.#ended = true;
    this.heading(text);
  }

  dispose(): void {
    this.#write.dispose();
  }

  /** Output need not end with a line end; what follows begins on a line of its own all the same. */
  #freshLine(): void {
    if (!this.#atLineStart) this.#put('\n');
  }

  #put(text: string): void {
    this.#atLineStart = text.replace(reset, '').endsWith('\n');
    const lines = text.replaceAll(/\r?\n/g, '\r\n');
    if (this.#early) this.#early.push(lines);
    else this.#write.fire(lines);
  }
}
