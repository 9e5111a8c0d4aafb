import * as vscode from 'vscode';

const scheme = 'cache-ops';
/** Older ones show as gone, should anybody still have them open. */
const mostKept = 20;

/** Read-only documents made from what is known: plans, reports. They are nowhere on disk. */
export class VirtualDocuments implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #texts = new Map<string, string>();
  readonly #registration: vscode.Disposable;
  #count = 0;

  constructor() {
    this.#registration = vscode.workspace.registerTextDocumentContentProvider(scheme, this);
  }

  /** Opens a Markdown text beside what is open, under its title; focus stays where it is. */
  async show(title: string, markdown: string): Promise<vscode.TextDocument> {
    const document = await vscode.workspace.openTextDocument(this.add(title, markdown));
    await vscode.window.showTextDocument(document, { preview: true, preserveFocus: true });
    return document;
  }

  /**
   * Shows a Markdown text as a page, under its title; as its text where there is no preview. Without taking the focus:
   * Escape and what is typed belong to the question that follows.
   */
  async showPage(title: string, markdown: string): Promise<void> {
    const uri = this.add(title, markdown);
    const options = { preview: true, preserveFocus: true };
    try {
      await vscode.commands.executeCommand('vscode.openWith', uri, 'vscode.markdown.preview.editor', options);
    } catch {
      await vscode.window.showTextDocument(uri, options);
    }
  }

  /** Keeps a text, Markdown unless said, under its title, for the caller to show. */
  add(title: string, text: string, extension = 'md'): vscode.Uri {
    this.#count++;
    const uri = vscode.Uri.from({
      scheme,
      path: `/${title.replaceAll(/[\\/:]/g, ' ')}.${extension}`,
      query: String(this.#count),
    });
    this.#texts.set(uri.toString(), text);
    const [oldest] = this.#texts.keys();
    if (this.#texts.size > mostKept && oldest !== undefined) this.#texts.delete(oldest);
    return uri;
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.#texts.get(uri.toString()) ?? 'This document is no longer kept.\n';
  }

  dispose(): void {
    this.#registration.dispose();
  }
}
