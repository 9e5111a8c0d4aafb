import * as vscode from 'vscode';
import type { Environment } from '../core/environment/environment.ts';
import type { Fleet } from '../core/health/fleet.ts';
import type { Monitor } from '../core/health/monitor.ts';
import { presentStatusBar } from '../core/health/statusBar.ts';
import type { Alerts } from './alerts/alerts.ts';
import type { EnvironmentStore } from './environments/store.ts';
import { configuration } from './configuration.ts';
import { commands } from './ids.ts';

const backgrounds = {
  ok: undefined,
  unjudged: undefined,
  warning: new vscode.ThemeColor('statusBarItem.warningBackground'),
  critical: new vscode.ThemeColor('statusBarItem.errorBackground'),
} as const;

/** The active environment, its tier and its hit rate. While it shows, what tells the rate is polled, and no more. */
export class StatusBar implements vscode.Disposable {
  readonly #environments: EnvironmentStore;
  readonly #fleet: Fleet;
  readonly #alerts: Alerts;
  /** The hit rate of the last hour in a line, once it is known. */
  readonly #lastHour: (environment: Environment) => string | undefined;
  #item: vscode.StatusBarItem | undefined;
  /** By monitor, what ends its use. */
  #using = new Map<Monitor, { dispose(): void }>();

  constructor(
    environments: EnvironmentStore,
    fleet: Fleet,
    alerts: Alerts,
    lastHour: (environment: Environment) => string | undefined,
  ) {
    this.#environments = environments;
    this.#fleet = fleet;
    this.#alerts = alerts;
    this.#lastHour = lastHour;
  }

  /** To be called when environments, their readings, the choice of the active one or the setting changed. */
  update(): void {
    const environment = configuration.showStatusBar() ? this.#environments.active : undefined;
    this.#use(environment ? [...this.#fleet.hitRateMonitorsOf(environment).values()] : []);
    if (!environment) {
      this.#item?.dispose();
      this.#item = undefined;
      return;
    }
    const view = presentStatusBar(
      environment,
      this.#environments.folderNameOf(environment),
      this.#fleet.hitRateOf(environment),
      this.#fleet.redisOf(environment)?.report,
      Date.now(),
      this.#alerts.service?.firingOf(environment)?.words,
      this.#lastHour(environment),
    );
    const item = (this.#item ??= createItem());
    item.text = view.text;
    item.tooltip = view.tooltip.join('\n');
    item.backgroundColor = backgrounds[view.judgement];
    item.accessibilityInformation = { label: view.spoken };
    item.show();
  }

  dispose(): void {
    this.#use([]);
    this.#item?.dispose();
  }

  /** Polls these, and no others any more. */
  #use(monitors: readonly Monitor[]): void {
    const before = this.#using;
    this.#using = new Map(monitors.map((one) => [one, before.get(one) ?? one.use()]));
    for (const [one, use] of before) if (!this.#using.has(one)) use.dispose();
  }
}

function createItem(): vscode.StatusBarItem {
  const item = vscode.window.createStatusBarItem('cacheOps.hitRate', vscode.StatusBarAlignment.Left, 10);
  item.name = 'Cache Ops: Environment and Hit Rate';
  item.command = commands.showMenu;
  return item;
}
