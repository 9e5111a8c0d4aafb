import * as vscode from 'vscode';
import { OpsError } from '../../core/errors.ts';
import { views } from '../ids.ts';
import type { Report } from '../report.ts';
import type { RolloutStore } from '../rollouts/store.ts';
import type { RolloutTreeNode } from '../rollouts/tree.ts';
import { RolloutTree } from '../rollouts/tree.ts';
import type { ChecklistStore } from './store.ts';
import type { ChecklistTreeNode, ChecklistTreeOptions } from './tree.ts';
import { ChecklistTree } from './tree.ts';

/** The Checklists view: its boxes are the document's, set one by one. */
export class ChecklistView implements vscode.Disposable {
  readonly #tree: ChecklistTree;
  readonly #withRollouts: RolloutTree;
  readonly #view: vscode.TreeView<ChecklistTreeNode | RolloutTreeNode>;
  readonly #store: ChecklistStore;
  readonly #report: Report;
  readonly #subscription: vscode.Disposable;

  constructor(options: ChecklistTreeOptions, rollouts: RolloutStore, report: Report) {
    this.#store = options.store;
    this.#report = report;
    this.#tree = new ChecklistTree(options);
    this.#withRollouts = new RolloutTree(this.#tree, rollouts);
    this.#view = vscode.window.createTreeView(views.checklists, {
      treeDataProvider: this.#withRollouts,
      showCollapseAll: true,
      // Or the editor would tick the children of a ticked parent by itself.
      manageCheckboxStateManually: true,
    });
    this.#subscription = this.#view.onDidChangeCheckboxState(({ items }) => void this.#tickAll(items));
  }

  /** The row that is selected. */
  get selection(): ChecklistTreeNode | undefined {
    const [selected] = this.#view.selection;
    return selected?.kind === 'rollouts' || selected?.kind === 'rollout' ? undefined : selected;
  }

  dispose(): void {
    vscode.Disposable.from(this.#subscription, this.#view, this.#withRollouts, this.#tree).dispose();
  }

  async #tickAll(
    items: readonly (readonly [ChecklistTreeNode | RolloutTreeNode, vscode.TreeItemCheckboxState])[],
  ): Promise<void> {
    const { tick } = await import('./tick.ts');
    for (const [node, state] of items) {
      if (node.kind === 'rollouts' || node.kind === 'rollout') continue;
      try {
        await tick(node, state === vscode.TreeItemCheckboxState.Checked);
      } catch (error) {
        this.#report('Not ticked', error);
        // The editor shows the box as clicked; show it as it is.
        this.#tree.refresh(node.document);
        if (error instanceof OpsError && error.code === 'file') await this.#store.refresh();
      }
    }
  }
}
