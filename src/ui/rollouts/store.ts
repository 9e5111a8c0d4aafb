import * as vscode from 'vscode';
import { readTextFile } from '../../clients/files.ts';
import type { RolloutProgress } from '../../core/rollout/presentRollouts.ts';
import { readRollout } from '../../core/rollout/rollout.ts';
import { largestChecklistBytes, openDocumentOf } from '../checklists/document.ts';
import type { ChecklistStore } from '../checklists/store.ts';
import { settings } from '../ids.ts';

const mostRollouts = 500;
/** Copies change with every tick; what is shown above them may be a moment late. */
const settleMs = 200;

/** The rollouts of the window: copies of checklists in the rollouts folder, by the template they were made from. */
export class RolloutStore implements vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.#changed.event;
  readonly #checklists: ChecklistStore;
  readonly #subscription: vscode.Disposable;
  #watchers: vscode.Disposable[] = [];
  #byTemplate: ReadonlyMap<string, readonly RolloutProgress[]> = new Map();
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

  get all(): readonly RolloutProgress[] {
    return [...this.#byTemplate.values()].flat();
  }

  /** Reads the rollouts, once. */
  load(): Promise<void> {
    if (!this.#reading) this.#watch();
    return (this.#reading ??= this.#read());
  }

  async refresh(): Promise<void> {
    this.#reading = this.#read();
    await this.#reading;
    this.#changed.fire();
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
      const watcher = vscode.workspace.createFileSystemWatcher(
        new vscode.RelativePattern(rolloutsFolderOf(folder), '**/*.md'),
      );
      for (const event of [watcher.onDidCreate, watcher.onDidChange, watcher.onDidDelete]) event(() => this.#settle());
      return watcher;
    });
    this.#settle();
  }

  async #read(): Promise<void> {
    const folders = vscode.workspace.workspaceFolders ?? [];
    const found = await Promise.all(folders.map((folder) => this.#readFolder(folder)));
    this.#byTemplate = Map.groupBy(found.flat(), ({ template }) => template);
  }

  async #readFolder(
    folder: vscode.WorkspaceFolder,
  ): Promise<readonly (RolloutProgress & { readonly template: string })[]> {
    const pattern = new vscode.RelativePattern(rolloutsFolderOf(folder), '**/*.md');
    const uris = await vscode.workspace.findFiles(pattern, undefined, mostRollouts);
    const { openDocument } = await import('../../core/checklist/parse.ts');
    const read = await Promise.all(
      uris.map(async (uri) => {
        const text = await this.#textOf(uri);
        const rollout = text === undefined ? undefined : readRollout(text);
        if (text === undefined || !rollout) return [];
        const known = this.#checklists.documents.find((one) => one.uri.toString() === uri.toString());
        const { progress } = known?.text === text && known.checklist ? known.checklist : openDocument(text).checklist;
        const template = vscode.Uri.joinPath(folder.uri, rollout.checklist).toString();
        return [{ template, id: uri.toString(), path: vscode.workspace.asRelativePath(uri), rollout, progress }];
      }),
    );
    return read.flat();
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

function isBelow(uri: vscode.Uri, of: (folder: vscode.WorkspaceFolder) => vscode.Uri): boolean {
  const folder = vscode.workspace.getWorkspaceFolder(uri);
  return folder !== undefined && uri.path.startsWith(`${of(folder).path}/`);
}
