import * as vscode from 'vscode';
import type { Environment } from '../../core/environment/environment.ts';
import type { FlagBoard } from '../../core/flags/board.ts';
import type { Fleet } from '../../core/health/fleet.ts';
import type { Alerts } from '../alerts/alerts.ts';
import type { EnvironmentStore } from '../environments/store.ts';
import { views } from '../ids.ts';
import { HealthTree } from './tree.ts';
import type { HealthTreeNode } from './tree.ts';

/** The Health view: polls every environment while it can be seen, and nothing while it cannot. */
export class HealthView implements vscode.Disposable {
  readonly #environments: EnvironmentStore;
  readonly #fleet: Fleet;
  readonly #tree: HealthTree;
  readonly #view: vscode.TreeView<HealthTreeNode>;
  readonly #subscription: vscode.Disposable;
  #uses: { dispose(): void }[] = [];

  constructor(environments: EnvironmentStore, fleet: Fleet, alerts: Alerts, flags: FlagBoard) {
    this.#environments = environments;
    this.#fleet = fleet;
    this.#tree = new HealthTree(environments, fleet, alerts, flags);
    this.#view = vscode.window.createTreeView(views.health, { treeDataProvider: this.#tree, showCollapseAll: true });
    this.#subscription = this.#view.onDidChangeVisibility(({ visible }) => {
      this.#usePollers();
      // What was read before it was hidden may be old by now.
      if (visible) this.#tree.refresh();
    });
  }

  /** To be called when the environments, or which of them is active, changed. */
  update(): void {
    this.#usePollers();
    this.#tree.refresh();
  }

  refresh(environment: Environment): void {
    this.#tree.refresh(environment);
  }

  /** Opens the view at the alerts of the environment. */
  async revealAlerts(environment: Environment): Promise<void> {
    await this.#view.reveal(this.#tree.alertsNode(environment), { expand: true, focus: true });
  }

  dispose(): void {
    for (const use of this.#uses) use.dispose();
    vscode.Disposable.from(this.#subscription, this.#view, this.#tree).dispose();
  }

  #usePollers(): void {
    const before = this.#uses;
    const shown = this.#view.visible ? this.#environments.all : [];
    this.#uses = shown.flatMap((environment) =>
      [...this.#fleet.monitorsOf(environment).values()].map((monitor) => monitor.use()),
    );
    // After the new uses, so that a monitor used before and after does not pause in between.
    for (const use of before) use.dispose();
  }
}
