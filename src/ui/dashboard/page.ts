import type * as vscode from 'vscode';
import type { HostMessage } from '../../core/dashboard/protocol.ts';
import { pageHtml } from './html.ts';

/** A page that nobody sees may say nothing for long. */
const mostOpeningMs = 1_000;

/** The page of a dashboard, as the extension has it. */
export class Page {
  readonly #webview: vscode.Webview;
  readonly #isThere = Promise.withResolvers<void>();
  readonly #timer: NodeJS.Timeout;

  constructor(webview: vscode.Webview, extensionUri: vscode.Uri) {
    this.#webview = webview;
    webview.html = pageHtml(extensionUri, 'dashboard');
    this.#timer = setTimeout(() => this.#isThere.resolve(), mostOpeningMs);
  }

  /** Resolves when the page was heard of, or should have been. */
  get isThere(): Promise<void> {
    return this.#isThere.promise;
  }

  heard(): void {
    this.#isThere.resolve();
  }

  /** The editor keeps it until the page can hear it. */
  say(message: HostMessage): void {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- the editor's, which has none
    void this.#webview.postMessage(message);
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#isThere.resolve();
  }
}
