import * as vscode from 'vscode';
import type { Fleet } from '../core/health/fleet.ts';
import { presentStatusBar } from '../core/health/statusBar.ts';
import type { EnvironmentStore } from './environments/store.ts';
import { configuration } from './configuration.ts';
import { commands, settings } from './ids.ts';

const backgrounds = {
  ok: undefined,
  unjudged: undefined,
  warning: new vscode.ThemeColor('statusBarItem.warningBackground'),
  critical: new vscode.ThemeColor('statusBarItem.errorBackground'),
} as const;

/** The active environment, its tier and its hit rate. While it shows, the active environment is polled. */
export class StatusBar implements vscode.Disposable {
  readonly #environments: EnvironmentStore;
  readonly #fleet: Fleet;
  readonly #subscription: vscode.Disposable;
  #item: vscode.StatusBarItem | undefined;
  #using: { readonly id: string; readonly monitor: object; readonly end: { dispose(): void } } | undefined;

  constructor(environments: EnvironmentStore, fleet: Fleet) {
    this.#environments = environments;
    this.#fleet = fleet;
    this.#subscription = vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration(`${settings.section}.${settings.statusBar}`)) this.update();
    });
  }

  /** To be called when environments, their readings or the choice of the active one changed. */
  update(): void {
    const environment = configuration.showStatusBar() ? this.#environments.active : undefined;
    const monitor = environment && this.#fleet.redisOf(environment);
    if (this.#using?.monitor !== monitor) {
      this.#using?.end.dispose();
      this.#using = environment && monitor ? { id: environment.id, monitor, end: monitor.use() } : undefined;
    }
    if (!environment) {
      this.#item?.dispose();
      this.#item = undefined;
      return;
    }
    const rate = monitor?.recentHitRate() ?? ({ kind: 'noData', why: 'the environment names no Redis' } as const);
    const view = presentStatusBar(
      environment,
      this.#environments.folderNameOf(environment),
      monitor?.report,
      rate,
      Date.now(),
    );
    const item = (this.#item ??= createItem());
    item.text = view.text;
    item.tooltip = view.tooltip.join('\n');
    item.backgroundColor = backgrounds[view.judgement];
    item.accessibilityInformation = { label: view.spoken };
    item.show();
  }

  dispose(): void {
    this.#using?.end.dispose();
    this.#item?.dispose();
    this.#subscription.dispose();
  }
}

function createItem(): vscode.StatusBarItem {
  const item = vscode.window.createStatusBarItem('cacheOps.hitRate', vscode.StatusBarAlignment.Left, 10);
  item.name = 'Cache Ops: Environment and Hit Rate';
  item.command = commands.showMenu;
  return item;
}
