import type * as vscode from 'vscode';
import type { HostMessage } from '../../core/dashboard/protocol.ts';
import { pageHtml } from './html.ts';

/** The editor takes about as long to make room for a page. What is known by then stands in it, and need not be told. */
const openAfterMs = 60;
/** A page that nobody sees may say nothing for long. */
const mostOpeningMs = 1_000;

/** The page of a dashboard, as the extension has it. */
export class Page {
  readonly #webview: vscode.Webview;
  readonly #extensionUri: vscode.Uri;
  readonly #known: () => readonly HostMessage[];
  readonly #isThere = Promise.withResolvers<void>();
  readonly #timers: readonly NodeJS.Timeout[];
  #isOpen = false;

  /** `known`: all that is to be told to a page that has heard nothing yet. */
  constructor(webview: vscode.Webview, extensionUri: vscode.Uri, known: () => readonly HostMessage[]) {
    this.#webview = webview;
    this.#extensionUri = extensionUri;
    this.#known = known;
    this.#timers = [
      setTimeout(() => this.#open(), openAfterMs),
      setTimeout(() => this.#isThere.resolve(), mostOpeningMs),
    ];
  }

  /** Resolves when the page was heard of, or should have been. */
  get isThere(): Promise<void> {
    return this.#isThere.promise;
  }

  /**
   * The page said that it is there, and when what it shows was read: perhaps another page than before, which the editor
   * threw away.
   */
  heard(shownMs: number | undefined): void {
    this.#isThere.resolve();
    const known = this.#known();
    const isShown = known.some((one) => one.type === 'view' && one.view.readAtMs === shownMs);
    if (!isShown) for (const message of known) this.say(message);
  }

  /** Opens the page where it is not open yet: what is said is known by then. */
  say(message: HostMessage): void {
    // The editor keeps it until the page can hear it.
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- the editor's, which has none
    if (this.#isOpen) void this.#webview.postMessage(message);
    else if (message.type !== 'reading') this.#open();
  }

  #open(): void {
    if (this.#isOpen) return;
    this.#isOpen = true;
    this.#webview.html = pageHtml(this.#extensionUri, 'dashboard', this.#known());
  }

  dispose(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#isThere.resolve();
  }
}
