import type * as vscode from 'vscode';

/** A memento that lasts as long as the test. */
export class TestMemento implements vscode.Memento {
  readonly #values = new Map<string, unknown>();

  keys(): readonly string[] {
    return [...this.#values.keys()];
  }

  // The type is the caller's claim, as it is in the editor's own memento.
  // oxlint-disable-next-line typescript/no-explicit-any
  get = (key: string, defaultValue?: unknown): any => this.#values.get(key) ?? defaultValue;

  update(key: string, value: unknown): Promise<void> {
    this.#values.set(key, value);
    return Promise.resolve();
  }
}
