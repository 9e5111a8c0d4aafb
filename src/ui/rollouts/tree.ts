import * as vscode from 'vscode';
import {
  byEnvironment,
  copyWords,
  presentRollout,
  presentRollouts,
  rolloutsLine,
} from '../../core/rollout/presentRollouts.ts';
import type { RolloutProgress } from '../../core/rollout/presentRollouts.ts';
import { readRollout } from '../../core/rollout/rollout.ts';
import type { ChecklistDocument } from '../checklists/document.ts';
import type { ChecklistTreeNode } from '../checklists/tree.ts';
import { toTreeItem } from '../treeItem.ts';
import type { RolloutStore } from './store.ts';

/** Rows below a template: "Rollouts", below it an environment each, and below that the rollouts before its newest. */
export type RolloutTreeNode =
  | { readonly kind: 'rollouts'; readonly document: ChecklistDocument }
  | {
      readonly kind: 'rollout';
      readonly document: ChecklistDocument;
      readonly rollout: RolloutProgress;
      readonly place: 'newest' | 'older';
    };

type TreeNode = ChecklistTreeNode | RolloutTreeNode;

/** The checklists' tree with their rollouts in it. */
export class RolloutTree implements vscode.TreeDataProvider<TreeNode>, vscode.Disposable {
  readonly #checklists: vscode.TreeDataProvider<ChecklistTreeNode>;
  readonly #rollouts: RolloutStore;
  readonly #changed = new vscode.EventEmitter<TreeNode | undefined>();
  readonly onDidChangeTreeData = this.#changed.event;
  readonly #subscription: vscode.Disposable;
  /** The documents' rows as they were shown last: the editor knows by the object what to refresh. */
  #roots: readonly TreeNode[] = [];

  constructor(checklists: vscode.TreeDataProvider<ChecklistTreeNode>, rollouts: RolloutStore) {
    this.#checklists = checklists;
    this.#rollouts = rollouts;
    this.#subscription = vscode.Disposable.from(
      this.#changed,
      rollouts.onDidChange((templates) => {
        for (const root of this.#roots) if (templates.has(root.document.uri.toString())) this.#changed.fire(root);
      }),
      ...(checklists.onDidChangeTreeData
        ? [
            checklists.onDidChangeTreeData((node) =>
              this.#changed.fire(Array.isArray(node) ? undefined : (node ?? undefined)),
            ),
          ]
        : []),
    );
  }

  async getChildren(parent?: TreeNode): Promise<TreeNode[]> {
    if (parent?.kind === 'rollouts' || parent?.kind === 'rollout') return this.#below(parent);
    const [children] = await Promise.all([
      this.#checklists.getChildren(parent),
      parent ? undefined : this.#rollouts.load(),
    ]);
    if (!parent) this.#roots = children ?? [];
    const own = parent?.kind === 'document' && this.#of(parent.document).length > 0;
    return [...(own ? [{ kind: 'rollouts' as const, document: parent.document }] : []), ...(children ?? [])];
  }

  async getTreeItem(node: TreeNode): Promise<vscode.TreeItem> {
    if (node.kind === 'rollouts')
      return toTreeItem(presentRollouts(node.document.uri.toString(), this.#of(node.document)));
    if (node.kind === 'rollout') {
      const item = toTreeItem(presentRollout(node.rollout, this.#below(node).length, node.place));
      item.command = { command: 'vscode.open', title: 'Open', arguments: [vscode.Uri.parse(node.rollout.id)] };
      return item;
    }
    const item = await this.#checklists.getTreeItem(node);
    if (node.kind === 'document') this.#describe(item, node.document);
    return item;
  }

  async resolveTreeItem(
    item: vscode.TreeItem,
    node: TreeNode,
    token: vscode.CancellationToken,
  ): Promise<vscode.TreeItem> {
    if (node.kind === 'rollouts' || node.kind === 'rollout') return item;
    return (await this.#checklists.resolveTreeItem?.(item, node, token)) ?? item;
  }

  dispose(): void {
    this.#subscription.dispose();
  }

  #of({ uri }: ChecklistDocument): readonly RolloutProgress[] {
    return this.#rollouts.of(uri);
  }

  #below(parent: RolloutTreeNode): RolloutTreeNode[] {
    const { document } = parent;
    const groups = byEnvironment(this.#of(document));
    if (parent.kind === 'rollouts')
      return groups.flatMap(([rollout]) => (rollout ? [{ kind: 'rollout', document, rollout, place: 'newest' }] : []));
    const [, ...older] = groups.find(([newest]) => newest?.id === parent.rollout.id) ?? [];
    return parent.place === 'older'
      ? []
      : older.map((rollout) => ({ kind: 'rollout', document, rollout, place: 'older' }));
  }

  /** Adds to a document's row what it is a rollout of, or how its rollouts stand. */
  #describe(item: vscode.TreeItem, document: ChecklistDocument): void {
    const rollout = document.text === undefined ? undefined : readRollout(document.text);
    const line = rollout ? copyWords(rollout) : rolloutsLine(this.#of(document));
    if (line === undefined) return;
    if (typeof item.tooltip === 'string') item.tooltip += `\n${rollout ? line : `Rollouts: ${line}`}`;
    if (!rollout) return;
    item.contextValue = `${item.contextValue ?? 'document'}.rollout.${rollout.finished === undefined ? 'open' : 'finished'}`;
    // In front, since it has the title of its template.
    if (typeof item.label === 'string') item.label = `${rollout.environment} · ${item.label}`;
    item.description = typeof item.description === 'string' ? `${line}, ${item.description}` : line;
    item.accessibilityInformation = { label: `${item.accessibilityInformation?.label ?? ''}, ${line}` };
  }
}
