import * as vscode from 'vscode';
import { configuration } from '../configuration.ts';
import { contextKeys, settings } from '../ids.ts';
import { Background } from '../background.ts';
import { ChecklistDocument } from './document.ts';
import type { Reading } from './document.ts';

const addedKey = 'checklists.added';
const excluded = '**/{node_modules,.git,dist,out,build,target,.venv,vendor}/**';
const mostDocuments = 500;
/** Typing comes in bursts; a change shows well within 100 ms all the same. */
const settleMs = 30;

/**
 * The checklists of the window: found by the globs of the settings, plus those added by hand. Nothing is searched or
 * read before `load` is first called, which the tree does when it becomes visible.
 */
export class ChecklistStore implements vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<ChecklistDocument | undefined>();
  /** One document, or (undefined) the list of them. */
  readonly onDidChange = this.#changed.event;
  readonly #memory: vscode.Memento;
  readonly #disposables: vscode.Disposable[] = [this.#changed];
  readonly #settling = new Map<string, NodeJS.Timeout>();
  #watchers: vscode.Disposable[] = [];
  #documents = new Map<string, ChecklistDocument>();
  #loaded = false;
  #stale = true;
  #searching: Promise<void> | undefined;
  #reading: Promise<Reading> | undefined;

  constructor(memory: vscode.Memento) {
    this.#memory = memory;
  }

  /** Finds and reads the checklists, once. */
  async load(): Promise<void> {
    if (this.#loaded) return;
    if (!this.#searching) this.#follow();
    await this.#searchUntilFresh();
  }

  /** Searches again, whatever is known. */
  async refresh(): Promise<void> {
    this.#stale = true;
    if (!this.#loaded) return this.load();
    await this.#searchUntilFresh();
    this.#changed.fire(undefined);
  }

  get documents(): readonly ChecklistDocument[] {
    return [...this.#documents.values()];
  }

  documentAt(uri: vscode.Uri): ChecklistDocument | undefined {
    return this.#documents.get(uri.toString());
  }

  async add(uri: vscode.Uri): Promise<ChecklistDocument> {
    await this.#memory.update(addedKey, [...new Set([...this.#added(), uri.toString()])]);
    await this.refresh();
    return this.#documents.get(uri.toString()) ?? new ChecklistDocument(uri, true);
  }

  async remove(document: ChecklistDocument): Promise<void> {
    await this.#memory.update(
      addedKey,
      this.#added().filter((one) => one !== document.uri.toString()),
    );
    await this.refresh();
  }

  dispose(): void {
    for (const timer of this.#settling.values()) clearTimeout(timer);
    vscode.Disposable.from(...this.#watchers, ...this.#disposables).dispose();
  }

  #added(): readonly string[] {
    return this.#memory.get<readonly string[]>(addedKey, []);
  }

  #read(): Promise<Reading> {
    return (this.#reading ??= import('../../core/checklist/parse.ts').then((parser) => ({
      parser,
      background: new Background(),
    })));
  }

  /** One search at a time; what became known during one starts the next, so that the last word is the newest. */
  #searchUntilFresh(): Promise<void> {
    const search = async (): Promise<void> => {
      const isFirst = !this.#loaded;
      try {
        while (this.#stale) {
          this.#stale = false;
          await this.#search();
        }
        this.#loaded = true;
      } finally {
        this.#searching = undefined;
      }
      if (isFirst) this.#changed.fire(undefined);
    };
    return (this.#searching ??= search());
  }

  async #search(): Promise<void> {
    const added = new Set(this.#added());
    const found = await findChecklists();
    const uris = [
      ...new Map(
        [...found, ...[...added].map((one) => vscode.Uri.parse(one))].map((uri) => [uri.toString(), uri]),
      ).values(),
    ];
    uris.sort((a, b) => (a.path < b.path ? -1 : 1));
    const [{ looksLikeChecklist }, reading] = await Promise.all([
      import('../../core/checklist/looksLikeChecklist.ts'),
      this.#read(),
    ]);
    const documents = uris.map((uri) => this.#documentAt(uri, added.has(uri.toString())));
    await Promise.all(documents.map((document) => document.load(reading)));
    const shown = documents.filter(
      ({ added: byHand, checklist }) => byHand || !checklist || looksLikeChecklist(checklist),
    );
    this.#documents = new Map(shown.map((document) => [document.uri.toString(), document]));
    await vscode.commands.executeCommand('setContext', contextKeys.checklistsLoaded, true);
  }

  #documentAt(uri: vscode.Uri, added: boolean): ChecklistDocument {
    const known = this.#documents.get(uri.toString());
    return known?.added === added ? known : new ChecklistDocument(uri, added);
  }

  #follow(): void {
    this.#watch();
    this.#disposables.push(
      vscode.workspace.onDidChangeTextDocument(({ document }) => this.#settle(document.uri)),
      vscode.workspace.onDidOpenTextDocument((document) => this.#settle(document.uri)),
      vscode.workspace.onDidCloseTextDocument((document) => this.#settle(document.uri)),
      vscode.window.tabGroups.onDidChangeTabs(({ closed }) => {
        for (const { input } of closed) if (input instanceof vscode.TabInputText) this.#settle(input.uri);
      }),
      vscode.workspace.onDidChangeWorkspaceFolders(() => this.#searchAgain()),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (
          event.affectsConfiguration(`${settings.section}.${settings.checklists}`) ||
          event.affectsConfiguration('files.exclude')
        )
          this.#searchAgain();
      }),
    );
  }

  #searchAgain(): void {
    this.#watch();
    void this.refresh();
  }

  /** Every Markdown file is watched, so that one that is renamed into or out of the globs is noticed too. */
  #watch(): void {
    vscode.Disposable.from(...this.#watchers).dispose();
    this.#watchers = (vscode.workspace.workspaceFolders ?? []).map((folder) => {
      const watcher = vscode.workspace.createFileSystemWatcher(
        new vscode.RelativePattern(folder, '**/*.{md,markdown,MD}'),
      );
      watcher.onDidCreate(() => void this.refresh());
      watcher.onDidDelete((uri) => this.#documents.has(uri.toString()) && void this.refresh());
      // Also a file that was away for a moment comes back as changed.
      watcher.onDidChange((uri) => (this.#documents.has(uri.toString()) ? this.#settle(uri) : void this.refresh()));
      return watcher;
    });
  }

  /** Shows a document's new text once its changes have paused for a moment, but does not wait for them to end. */
  #settle(uri: vscode.Uri): void {
    const key = uri.toString();
    const document = this.#documents.get(key);
    if (!document || this.#settling.has(key)) return;
    this.#settling.set(
      key,
      setTimeout(() => {
        this.#settling.delete(key);
        void this.#show(document);
      }, settleMs),
    );
  }

  async #show(document: ChecklistDocument): Promise<void> {
    const before = document.checklist;
    await document.load(await this.#read());
    if (document.checklist !== before || document.problem !== undefined) this.#changed.fire(document);
  }
}

async function findChecklists(): Promise<readonly vscode.Uri[]> {
  const folders = vscode.workspace.workspaceFolders ?? [];
  const searches = folders.flatMap((folder) => {
    return configuration
      .checklists(folder.uri)
      .map((glob) => vscode.workspace.findFiles(new vscode.RelativePattern(folder, glob), excluded, mostDocuments));
  });
  return (await Promise.all(searches)).flat();
}
