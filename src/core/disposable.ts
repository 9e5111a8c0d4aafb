/** Structurally vscode.Disposable, so that core needs no vscode. */
export interface Disposable {
  dispose(): void;
}
