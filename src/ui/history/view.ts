import * as vscode from 'vscode';
import { noFilter, passes } from '../../core/journal/filter.ts';
import type { HistoryFilter } from '../../core/journal/filter.ts';
import { commands, views } from '../ids.ts';
import type { Report } from '../report.ts';
import { toTreeItem } from '../treeItem.ts';
import type { HistoryRow, HistoryStore } from './store.ts';

export type HistoryNode =
  | { readonly kind: 'entry'; readonly row: HistoryRow }
  | { readonly kind: 'problem'; readonly file: string; readonly line: number; readonly message: string };

/** Interrupted entries that were seen need no badge any more. */
const seenKey = 'history.seenInterrupted';

export interface HistoryViewOptions {
  /** Loaded when the view is first shown. */
  readonly store: () => Promise<HistoryStore>;
  readonly memory: vscode.Memento;
  readonly report: Report;
}

/** The History view: what was carried out, newest first. Reads nothing while it cannot be seen. */
export class HistoryView implements vscode.TreeDataProvider<HistoryNode>, vscode.Disposable {
  readonly #options: HistoryViewOptions;
  readonly #changed = new vscode.EventEmitter<HistoryNode | undefined>();
  readonly onDidChangeTreeData = this.#changed.event;
  readonly #view: vscode.TreeView<HistoryNode>;
  readonly #subscriptions: vscode.Disposable;
  #filter = noFilter;

  constructor(options: HistoryViewOptions) {
    this.#options = options;
    this.#view = vscode.window.createTreeView(views.history, { treeDataProvider: this });
    this.#subscriptions = this.#view.onDidChangeVisibility(({ visible }) => visible && this.refresh());
  }

  get filter(): HistoryFilter {
    return this.#filter;
  }

  /** `words`: the filter in words, '' for none. */
  narrow(filter: HistoryFilter, words: string): void {
    this.#filter = filter;
    this.#view.description = words;
    this.refresh();
  }

  refresh(): void {
    this.#changed.fire(undefined);
  }

  async getChildren(parent?: HistoryNode): Promise<HistoryNode[]> {
    if (parent) return [];
    try {
      const { rows, problems } = await (await this.#options.store()).read();
      const shown = rows.filter(({ entry, state }) => passes(entry, state, this.#filter));
      this.#announce(rows, shown.length);
      return [
        ...problems.map((problem) => ({ kind: 'problem' as const, ...problem })),
        ...shown.map((row) => ({ kind: 'entry' as const, row })),
      ];
    } catch (error) {
      this.#options.report('The journal could not be read', error);
      return [];
    }
  }

  getTreeItem(node: HistoryNode): vscode.TreeItem {
    if (node.kind === 'problem') {
      const text = `${node.file}: ${node.message}`;
      const icon = { name: 'warning', color: 'problemsWarningIcon.foreground' };
      return toTreeItem({ id: `problem ${text}`, label: text, icon, tooltip: text, expandable: 'no' });
    }
    const item = toTreeItem(node.row.shown);
    item.command = { command: commands.showEntry, title: 'Show Record', arguments: [node] };
    return item;
  }

  /**
   * Counts what was interrupted and nobody has looked at since, on the view's icon; no notification, since nobody
   * asked. To be called once after the start, when there is a sign of it.
   */
  async reportInterrupted(): Promise<void> {
    const { rows } = await (await this.#options.store()).read();
    const count = this.#unseen(rows).length;
    if (count > 0) this.#view.badge = { value: count, tooltip: interruptedWords(count) };
  }

  dispose(): void {
    vscode.Disposable.from(this.#subscriptions, this.#view, this.#changed).dispose();
  }

  /** Above the rows, where whoever opened the view reads it. */
  #announce(rows: readonly HistoryRow[], shown: number): void {
    const unseen = this.#unseen(rows);
    const hidden = rows.length > 0 && shown === 0 ? 'Nothing passes the filter.' : undefined;
    this.#view.message =
      unseen.length > 0 ? `${interruptedWords(unseen.length)} Open its row to go on.` : (hidden ?? '');
    this.#view.badge = undefined;
  }

  /** To be called when an entry was shown. */
  async see(id: string): Promise<void> {
    const seen = this.#options.memory.get<readonly string[]>(seenKey, []);
    if (!seen.includes(id)) await this.#options.memory.update(seenKey, [...seen, id].slice(-200));
  }

  #unseen(rows: readonly HistoryRow[]): readonly HistoryRow[] {
    const seen = new Set(this.#options.memory.get<readonly string[]>(seenKey, []));
    return rows.filter(({ entry, state }) => state === 'interrupted' && !seen.has(entry.id));
  }
}

function interruptedWords(count: number): string {
  return count === 1 ? 'One operation was interrupted.' : `${count} operations were interrupted.`;
}
