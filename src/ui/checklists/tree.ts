import * as vscode from 'vscode';
import type { ChecklistNode } from '../../core/checklist/model.ts';
import { childrenOf, presentDocument, presentNode } from '../../core/checklist/present.ts';
import { commands } from '../ids.ts';
import { toTreeItem } from '../treeItem.ts';
import { ChecklistDocument } from './document.ts';
import type { ChecklistStore } from './store.ts';

/** A row of the view: a document, or a part of it. Carries what it was shown with, so that a tick can tell a change. */
export type ChecklistTreeNode =
  | { readonly kind: 'document'; readonly document: ChecklistDocument }
  | {
      readonly kind: 'node';
      readonly document: ChecklistDocument;
      readonly text: string;
      readonly node: ChecklistNode;
    };

/** Commands are called with rows, but anybody can call them with anything. */
export function isChecklistTreeNode(argument: unknown): argument is ChecklistTreeNode {
  return (
    typeof argument === 'object' &&
    argument !== null &&
    'document' in argument &&
    argument.document instanceof ChecklistDocument
  );
}

export class ChecklistTree implements vscode.TreeDataProvider<ChecklistTreeNode>, vscode.Disposable {
  readonly #store: ChecklistStore;
  readonly #changed = new vscode.EventEmitter<ChecklistTreeNode | undefined>();
  readonly onDidChangeTreeData = this.#changed.event;
  readonly #subscription: vscode.Disposable;
  /** The same object for the same document, by which the editor knows what to refresh. */
  readonly #roots = new WeakMap<ChecklistDocument, ChecklistTreeNode>();

  constructor(store: ChecklistStore) {
    this.#store = store;
    this.#subscription = store.onDidChange((document) => this.refresh(document));
  }

  refresh(document?: ChecklistDocument): void {
    this.#changed.fire(document && this.#root(document));
  }

  async getChildren(parent?: ChecklistTreeNode): Promise<ChecklistTreeNode[]> {
    if (!parent) {
      await this.#store.load();
      return this.#store.documents.map((document) => this.#root(document));
    }
    const { document } = parent;
    const text = parent.kind === 'node' ? parent.text : document.text;
    if (text === undefined) return [];
    const children = parent.kind === 'node' ? parent.node.children : childrenOf(document.checklist);
    return children.map((node) => ({ kind: 'node', document, text, node }));
  }

  getTreeItem(element: ChecklistTreeNode): vscode.TreeItem {
    return element.kind === 'document' ? this.#documentItem(element.document) : nodeItem(element);
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#changed.dispose();
  }

  #root(document: ChecklistDocument): ChecklistTreeNode {
    const known = this.#roots.get(document);
    if (known) return known;
    const created: ChecklistTreeNode = { kind: 'document', document };
    this.#roots.set(document, created);
    return created;
  }

  #documentItem(document: ChecklistDocument): vscode.TreeItem {
    const { checklist, problem, uri, added } = document;
    const row = presentDocument({
      id: uri.toString(),
      path: vscode.workspace.asRelativePath(uri),
      checklist,
      problem,
      added,
    });
    const item = toTreeItem(row);
    item.resourceUri = uri;
    item.iconPath = new vscode.ThemeIcon(row.icon?.name ?? 'checklist');
    if (this.#store.documents.length === 1 && checklist)
      item.collapsibleState = vscode.TreeItemCollapsibleState.Expanded;
    return item;
  }
}

function nodeItem(element: ChecklistTreeNode & { kind: 'node' }): vscode.TreeItem {
  const { document, node } = element;
  const row = presentNode(node);
  const item = toTreeItem({ ...row, id: `${document.uri.toString()}#${row.id}` });
  if (row.checkbox) {
    item.checkboxState = {
      state: row.checkbox.checked ? vscode.TreeItemCheckboxState.Checked : vscode.TreeItemCheckboxState.Unchecked,
      tooltip: row.checkbox.tooltip,
      accessibilityInformation: { label: row.checkbox.spoken },
    };
  }
  item.command = { command: commands.openChecklistNode, title: 'Go to Line', arguments: [element] };
  return item;
}
