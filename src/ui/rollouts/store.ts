import * as vscode from 'vscode';
import { readTextFile } from '../../clients/files.ts';
import type { openDocument } from '../../core/checklist/parse.ts';
import type { RolloutProgress } from '../../core/rollout/presentRollouts.ts';
import { readRollout } from '../../core/rollout/rollout.ts';
import { largestChecklistBytes, openDocumentOf } from '../checklists/document.ts';
import type { ChecklistStore } from '../checklists/store.ts';
import { settings } from '../ids.ts';

type OpenDocument = typeof openDocument;

const mostRollouts = 500;
/** Copies change with every tick; what is shown above them may be a moment late. */
const settleMs = 200;

type Bound = RolloutProgress & { readonly template: string };

/** The rollouts of the window: copies of checklists in the rollouts folder, by the template they were made from. */
export class RolloutStore implements vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<ReadonlySet<string>>();
  /** The templates (URIs) whose rollouts are not what they were. */
  readonly onDidChange = this.#changed.event;
  readonly #checklists: ChecklistStore;
  readonly #subscription: vscode.Disposable;
  #watchers: vscode.Disposable[] = [];
  #byTemplate: ReadonlyMap<string, readonly Bound[]> = new Map();
  /** What was read from each copy last, and its text then. */
  readonly #read = new Map<string, { readonly text: string; readonly bound: Bound }>();
  #reading: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(checklists: ChecklistStore) {
    this.#checklists = checklists;
    this.#subscription = vscode.Disposable.from(
      this.#changed,
      checklists.onDidChange((document) => {
        if (!document || isBelow(document.uri, rolloutsFolderOf)) this.#settle();
      }),
      vscode.workspace.onDidChangeWorkspaceFolders(() => this.#watch()),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration(`${settings.section}.${settings.rolloutsFolder}`)) this.#watch();
      }),
    );
  }

  /** Of one template, in no order; empty before `load`. */
  of(template: vscode.Uri): readonly RolloutProgress[] {
    return this.#byTemplate.get(template.toString()) ?? [];
  }

  /** Reads the rollouts, once. */
  load(): Promise<void> {
    if (!this.#reading) this.#watch();
    return (this.#reading ??= this.#readAll());
  }

  /** One reading after another: the last word is the newest. */
  refresh(): Promise<void> {
    const before = this.#reading ?? Promise.resolve();
    return (this.#reading = before.then(() => this.#readAll()));
  }

  dispose(): void {
    clearTimeout(this.#timer);
    vscode.Disposable.from(...this.#watchers, this.#subscription).dispose();
  }

  #settle(): void {
    if (!this.#reading) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.refresh(), settleMs);
  }

  #watch(): void {
    vscode.Disposable.from(...this.#watchers).dispose();
    this.#watchers = (vscode.workspace.workspaceFolders ?? []).map((folder) => {
      const watcher = vscode.workspace.createFileSystemWatcher(copiesIn(folder));
      for (const event of [watcher.onDidCreate, watcher.onDidChange, watcher.onDidDelete]) event(() => this.#settle());
      return watcher;
    });
    this.#settle();
  }

  async #readAll(): Promise<void> {
    const folders = vscode.workspace.workspaceFolders ?? [];
    const found = await Promise.all(folders.map((folder) => this.#readFolder(folder)));
    const before = this.#byTemplate;
    this.#byTemplate = Map.groupBy(found.flat(), ({ template }) => template);
    const templates = [...before.keys(), ...this.#byTemplate.keys()];
    const ids = new Set(found.flat().map(({ id }) => id));
    for (const id of [...this.#read.keys()].filter((one) => !ids.has(one))) this.#read.delete(id);
    const changed = templates.filter((one) => !isSame(before.get(one), this.#byTemplate.get(one)));
    if (changed.length > 0) this.#changed.fire(new Set(changed));
  }

  async #readFolder(folder: vscode.WorkspaceFolder): Promise<readonly Bound[]> {
    const uris = await vscode.workspace.findFiles(copiesIn(folder), undefined, mostRollouts);
    const parser = await import('../../core/checklist/parse.ts');
    const read = await Promise.all(
      uris.map(async (uri) => {
        const text = await this.#textOf(uri);
        if (text === undefined) return undefined;
        const known = this.#read.get(uri.toString());
        const bound = known?.text === text ? known.bound : this.#bind(folder, uri, text, parser.openDocument);
        if (bound) this.#read.set(uri.toString(), { text, bound });
        return bound;
      }),
    );
    return read.filter((one) => one !== undefined);
  }

  #bind(folder: vscode.WorkspaceFolder, uri: vscode.Uri, text: string, open: OpenDocument): Bound | undefined {
    const rollout = readRollout(text);
    if (!rollout) return undefined;
    const known = this.#checklists.documentAt(uri);
    const { progress } = known?.text === text && known.checklist ? known.checklist : open(text).checklist;
    const template = vscode.Uri.joinPath(folder.uri, rollout.checklist).toString();
    return { template, id: uri.toString(), path: vscode.workspace.asRelativePath(uri), rollout, progress };
  }

  /** Undefined for what cannot be read: the tree names such a document where it is shown itself. */
  async #textOf(uri: vscode.Uri): Promise<string | undefined> {
    const open = openDocumentOf(uri);
    if (open) return open.getText();
    const file = await readTextFile(uri.fsPath, largestChecklistBytes).catch(() => undefined);
    return file?.text;
  }
}

/** The folder that rollouts of a workspace folder are kept in: below it, whatever the setting says. */
export function rolloutsFolderOf(folder: vscode.WorkspaceFolder): vscode.Uri {
  const configured = vscode.workspace
    .getConfiguration(settings.section, folder.uri)
    .get<unknown>(settings.rolloutsFolder);
  const parts =
    typeof configured === 'string' ? configured.split(/[\\/]+/).filter((part) => !/^\.{0,2}$/.test(part)) : [];
  return vscode.Uri.joinPath(folder.uri, ...(parts.length === 0 ? ['rollouts'] : parts));
}

/** From the workspace folder on: a search in a folder that is not there would fail. */
function copiesIn(folder: vscode.WorkspaceFolder): vscode.RelativePattern {
  const below = rolloutsFolderOf(folder).path.slice(folder.uri.path.replace(/\/$/, '').length + 1);
  return new vscode.RelativePattern(folder, `${below.replace(/[[\]{}*?]/g, '[$&]')}/**/*.md`);
}

function isBelow(uri: vscode.Uri, of: (folder: vscode.WorkspaceFolder) => vscode.Uri): boolean {
  const folder = vscode.workspace.getWorkspaceFolder(uri);
  return folder !== undefined && uri.path.startsWith(`${of(folder).path}/`);
}

/** What did not change stays the same object from one reading to the next. */
function isSame(before: readonly Bound[] = [], now: readonly Bound[] = []): boolean {
  return before.length === now.length && now.every((one) => before.includes(one));
}
