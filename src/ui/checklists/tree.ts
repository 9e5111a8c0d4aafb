import * as vscode from 'vscode';
import type { ChecklistNode } from '../../core/checklist/model.ts';
import { childrenOf, presentDocument, presentNode } from '../../core/checklist/present.ts';
import type { AnchoredCommand } from '../../core/evidence/anchors.ts';
import { commandsOfBlock } from '../../core/evidence/anchors.ts';
import { presentCommand, withEvidence } from '../../core/evidence/rows.ts';
import { rollUp } from '../../core/evidence/rollUp.ts';
import type { Row } from '../../core/row.ts';
import type { EnvironmentStore } from '../environments/store.ts';
import type { EvidenceStore } from '../evidence/store.ts';
import { commands } from '../ids.ts';
import { environmentFor } from '../rollouts/bound.ts';
import type { ChecklistReader } from '../run/reader.ts';
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
    }
  | {
      readonly kind: 'command';
      readonly document: ChecklistDocument;
      readonly text: string;
      readonly node: ChecklistNode;
      readonly command: AnchoredCommand;
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

export interface ChecklistTreeOptions {
  readonly store: ChecklistStore;
  readonly environments: EnvironmentStore;
  readonly reader: ChecklistReader;
  readonly evidence: EvidenceStore;
}

export class ChecklistTree implements vscode.TreeDataProvider<ChecklistTreeNode>, vscode.Disposable {
  readonly #options: ChecklistTreeOptions;
  readonly #changed = new vscode.EventEmitter<ChecklistTreeNode | undefined>();
  readonly onDidChangeTreeData = this.#changed.event;
  readonly #subscription: vscode.Disposable;
  /** The same object for the same document, by which the editor knows what to refresh. */
  readonly #roots = new WeakMap<ChecklistDocument, ChecklistTreeNode>();

  constructor(options: ChecklistTreeOptions) {
    this.#options = options;
    this.#subscription = vscode.Disposable.from(
      options.store.onDidChange((document) => this.refresh(document)),
      options.evidence.onDidChange((document) => this.refresh(document)),
      options.environments.onDidChange(() => this.refresh()),
    );
  }

  refresh(document?: ChecklistDocument): void {
    this.#changed.fire(document && this.#root(document));
  }

  async getChildren(parent?: ChecklistTreeNode): Promise<ChecklistTreeNode[]> {
    const { store, reader } = this.#options;
    if (!parent) {
      await Promise.all([store.load(), reader.load()]);
      return store.documents.map((document) => this.#root(document));
    }
    const { document } = parent;
    if (parent.kind === 'document') {
      const { text } = document;
      if (text === undefined) return [];
      return childrenOf(document.checklist).map((node) => ({ kind: 'node', document, text, node }));
    }
    if (parent.kind === 'command') return [];
    const { node, text } = parent;
    const children: ChecklistTreeNode[] = node.children.map((child) => ({ kind: 'node', document, text, node: child }));
    return [...this.#commandsOf(parent), ...children];
  }

  getTreeItem(element: ChecklistTreeNode): vscode.TreeItem {
    if (element.kind === 'document') return this.#documentItem(element.document);
    const item = element.kind === 'command' ? this.#commandItem(element) : this.#nodeItem(element);
    item.command = { command: commands.openChecklistNode, title: 'Go to Line', arguments: [element] };
    return item;
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

  #commandsOf({ document, text, node }: ChecklistTreeNode & { kind: 'node' }): ChecklistTreeNode[] {
    const meaning = this.#options.reader.meaningOf(document)?.blocks.get(node.id);
    if (!meaning?.isShell) return [];
    return commandsOfBlock(meaning, text).map((command) => ({ kind: 'command', document, text, node, command }));
  }

  #documentItem(document: ChecklistDocument): vscode.TreeItem {
    const { checklist, problem, uri, added } = document;
    const path = vscode.workspace.asRelativePath(uri);
    const row = presentDocument({ id: uri.toString(), path, checklist, problem, added });
    const item = toTreeItem(row);
    item.resourceUri = uri;
    item.iconPath = new vscode.ThemeIcon(row.icon?.name ?? 'checklist');
    if (this.#options.store.documents.length === 1 && checklist)
      item.collapsibleState = vscode.TreeItemCollapsibleState.Expanded;
    return item;
  }

  #nodeItem({ document, node, text }: ChecklistTreeNode & { kind: 'node' }): vscode.TreeItem {
    const row = presentNode(node);
    const meaning = this.#options.reader.meaningOf(document);
    const known = meaning && this.#evidenceOf(document, (evidence) => rollUp(node, meaning, text, evidence)?.evidence);
    const runs = node.kind === 'block' && meaning?.blocks.get(node.id)?.isShell === true;
    const shown = this.#withEvidence(document, { ...row, id: `${document.uri.toString()}#${row.id}` }, known);
    const item = toTreeItem(runs && shown.expandable === 'no' ? { ...shown, expandable: 'collapsed' } : shown);
    if (row.checkbox) {
      item.checkboxState = {
        state: row.checkbox.checked ? vscode.TreeItemCheckboxState.Checked : vscode.TreeItemCheckboxState.Unchecked,
        tooltip: row.checkbox.tooltip,
        accessibilityInformation: { label: row.checkbox.spoken },
      };
    }
    return item;
  }

  #commandItem({ document, command }: ChecklistTreeNode & { kind: 'command' }): vscode.TreeItem {
    const { id, content } = command.anchor;
    const row = presentCommand(`${document.uri.toString()}#${id}`, content, command.part.title);
    return toTreeItem(
      this.#withEvidence(
        document,
        row,
        this.#evidenceOf(document, (evidence) => evidence.get(id)),
      ),
    );
  }

  /** What is known in the environment the document is about. */
  #evidenceOf<T>(document: ChecklistDocument, find: (evidence: ReturnType<EvidenceStore['of']>) => T): T | undefined {
    const environment = environmentFor(this.#options.environments, document);
    return environment && find(this.#options.evidence.of(environment, document));
  }

  #withEvidence(document: ChecklistDocument, row: Row, evidence: Parameters<typeof withEvidence>[1] | undefined): Row {
    const environment = environmentFor(this.#options.environments, document);
    if (!evidence || !environment) return row;
    return withEvidence(row, evidence, this.#options.evidence.changedAt(environment), Date.now());
  }
}
