import { setImmediate as nextTurn } from 'node:timers/promises';
import * as vscode from 'vscode';
import { groupsOf } from '../../core/checklist/groups.ts';
import type { ChecklistNode, Stage } from '../../core/checklist/model.ts';
import { childrenOf } from '../../core/checklist/present.ts';
import type { AnchoredCommand } from '../../core/evidence/anchors.ts';
import type { EnvironmentStore } from '../environments/store.ts';
import type { EvidenceStore } from '../evidence/store.ts';
import type { ChecklistReader } from '../run/reader.ts';
import { ChecklistDocument } from './document.ts';
import { ChecklistRows } from './rows.ts';
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
      /** Some of many rows side by side. */
      readonly kind: 'group';
      readonly document: ChecklistDocument;
      readonly text: string;
      readonly node: Stage;
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

/** After so long, the host's other work gets its turn: the editor asks for all rows that are unfolded in one go. */
const turnMs = 5;

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
  readonly #rows: ChecklistRows;
  #turnedMs = 0;
  /** The same object for the same document, by which the editor knows what to refresh. */
  readonly #roots = new WeakMap<ChecklistDocument, ChecklistTreeNode>();

  constructor(options: ChecklistTreeOptions) {
    this.#options = options;
    this.#rows = new ChecklistRows(options);
    this.#subscription = vscode.Disposable.from(
      options.store.onDidChange((document) => this.refresh(document)),
      options.evidence.onDidChange((document) => this.refresh(document)),
      options.environments.onDidChange(() => this.refresh()),
      options.reader.onDidUnderstand((document) => {
        if (this.#rows.hasChanged(document)) this.refresh(document);
      }),
    );
  }

  refresh(document?: ChecklistDocument): void {
    this.#changed.fire(document && this.#root(document));
  }

  async getChildren(parent?: ChecklistTreeNode): Promise<ChecklistTreeNode[]> {
    if (!parent) {
      const { store, reader } = this.#options;
      await Promise.all([store.load(), reader.load()]);
      return store.documents.map((document) => this.#root(document));
    }
    const children = this.#below(parent);
    if (performance.now() - this.#turnedMs > turnMs) {
      await nextTurn();
      this.#turnedMs = performance.now();
    }
    return [...children];
  }

  getTreeItem(element: ChecklistTreeNode): vscode.TreeItem {
    return this.#rows.itemOf(element);
  }

  resolveTreeItem(item: vscode.TreeItem, element: ChecklistTreeNode): vscode.TreeItem {
    return this.#rows.resolve(item, element);
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

  #below(parent: ChecklistTreeNode): readonly ChecklistTreeNode[] {
    const { document } = parent;
    if (parent.kind === 'command') return [];
    if (parent.kind === 'document') {
      const { text } = document;
      return text === undefined ? [] : nodesBelow({ document, text }, childrenOf(document.checklist));
    }
    const { text, node } = parent;
    if (parent.kind === 'group') return rowsOf({ document, text }, node.children);
    const commands = this.#rows
      .commandsOf(parent)
      .map((command): ChecklistTreeNode => ({ kind: 'command', document, text, node, command }));
    return [...commands, ...nodesBelow({ document, text }, node.children, node)];
  }
}

type Source = Pick<ChecklistTreeNode & { kind: 'node' }, 'document' | 'text'>;

function rowsOf(source: Source, nodes: readonly ChecklistNode[]): readonly ChecklistTreeNode[] {
  return nodes.map((node) => ({ kind: 'node', ...source, node }));
}

/** Many rows are shown by the hundred: the editor asks for all that stand side by side at once. */
function nodesBelow(
  source: Source,
  nodes: readonly ChecklistNode[],
  parent?: ChecklistNode,
): readonly ChecklistTreeNode[] {
  const groups = groupsOf(nodes, parent);
  return groups?.map((node) => ({ kind: 'group', ...source, node })) ?? rowsOf(source, nodes);
}
