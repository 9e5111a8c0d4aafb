import * as vscode from 'vscode';
import { pageOwnerSchema } from '../../core/dashboard/protocol.ts';
import type { Environment } from '../../core/environment/environment.ts';
import { panels } from '../ids.ts';
import { webviewOptions } from './html.ts';
import { DashboardPanel, titleOf } from './panel.ts';
import type { PanelContext } from './panel.ts';

/** The open dashboards: one for each environment at most. */
export class Dashboards {
  readonly #context: PanelContext;
  readonly #open = new Map<string, DashboardPanel>();
  readonly #subscription: vscode.Disposable;

  constructor(context: PanelContext) {
    this.#context = context;
    this.#subscription = context.environments.onDidChange(() => this.#follow());
  }

  /** Shows the dashboard of an environment; the one that is open already, where there is one. */
  show(environment: Environment): void {
    const open = this.#open.get(environment.id);
    if (open) {
      open.panel.reveal();
      return;
    }
    const panel = vscode.window.createWebviewPanel(
      panels.dashboard,
      titleOf(environment, this.#context),
      vscode.ViewColumn.Active,
      webviewOptions,
    );
    this.#keep(new DashboardPanel(panel, environment, this.#context));
  }

  /** After the window was loaded anew: the page's own state says whose it was. */
  restore(panel: vscode.WebviewPanel, raw: unknown): void {
    const owner = pageOwnerSchema.safeParse(raw);
    const environment = owner.success
      ? this.#context.environments.all.find(({ id }) => id === owner.data.environmentId)
      : undefined;
    if (!environment) {
      // Renamed or removed meanwhile; there is nothing it could truthfully show.
      panel.dispose();
      return;
    }
    panel.webview.options = webviewOptions;
    this.#keep(new DashboardPanel(panel, environment, this.#context));
  }

  /** Settings changed: the page of an environment reads by its new ones, or says that it is gone. */
  #follow(): void {
    for (const [id, dashboard] of this.#open)
      dashboard.follow(this.#context.environments.all.find((one) => one.id === id));
  }

  dispose(): void {
    this.#subscription.dispose();
    for (const dashboard of this.#open.values()) dashboard.dispose();
  }

  #keep(dashboard: DashboardPanel): void {
    const id = dashboard.environmentId;
    this.#open.set(id, dashboard);
    dashboard.panel.onDidDispose(() => {
      if (this.#open.get(id) === dashboard) this.#open.delete(id);
    });
  }
}
