import * as vscode from 'vscode';
import type { Environment, SettingProblem } from '../../core/environment/environment.ts';
import type { FlagBoard } from '../../core/flags/board.ts';
import { presentFlag, presentFlags } from '../../core/flags/present.ts';
import type { Fleet } from '../../core/health/fleet.ts';
import {
  presentEnvironment,
  presentFailure,
  presentReading,
  presentService,
  presentUnwatched,
} from '../../core/health/present.ts';
import { presentHitRate, presentHitRateParts } from '../../core/health/presentHitRate.ts';
import type { ServiceId } from '../../core/health/monitorServices.ts';
import type { Row } from '../../core/row.ts';
import type { Alerts } from '../alerts/alerts.ts';
import type { EnvironmentScope, EnvironmentStore } from '../environments/store.ts';
import { commands } from '../ids.ts';
import { toTreeItem } from '../treeItem.ts';

/** A row of the view. Those of an environment carry it, so that a command knows which one was meant. */
export type HealthTreeNode =
  | { readonly kind: 'environment'; readonly environment: Environment }
  | { readonly kind: 'service'; readonly environment: Environment; readonly service: ServiceId }
  | { readonly kind: 'alerts'; readonly environment: Environment }
  | { readonly kind: 'hitRate'; readonly environment: Environment }
  | { readonly kind: 'flags'; readonly environment: Environment }
  | {
      readonly kind: 'row';
      readonly environment: Environment;
      readonly row: Row;
      readonly command?: vscode.Command;
      /** The id of the rule that it shows. */
      readonly alert?: string;
      /** The name of the flag that it shows. */
      readonly flag?: string;
    }
  | {
      readonly kind: 'invalid';
      readonly name: string;
      readonly problems: readonly SettingProblem[];
      readonly scope: EnvironmentScope;
    }
  | {
      readonly kind: 'problem';
      readonly name: string;
      readonly index: number;
      readonly problem: SettingProblem;
      readonly scope: EnvironmentScope;
    };

export class HealthTree implements vscode.TreeDataProvider<HealthTreeNode>, vscode.Disposable {
  readonly #environments: EnvironmentStore;
  readonly #fleet: Fleet;
  readonly #alerts: Alerts;
  readonly #flags: FlagBoard;
  readonly #changed = new vscode.EventEmitter<HealthTreeNode | undefined>();
  readonly onDidChangeTreeData = this.#changed.event;
  /** The same object for the same environment, by which the editor knows what to refresh. */
  #roots = new WeakMap<Environment, HealthTreeNode>();
  #alertNodes = new WeakMap<Environment, HealthTreeNode>();

  constructor(environments: EnvironmentStore, fleet: Fleet, alerts: Alerts, flags: FlagBoard) {
    this.#environments = environments;
    this.#fleet = fleet;
    this.#alerts = alerts;
    this.#flags = flags;
  }

  refresh(environment?: Environment): void {
    this.#changed.fire(environment && this.#root(environment));
  }

  getChildren(parent?: HealthTreeNode): HealthTreeNode[] {
    if (!parent) return [...this.#environments.all.map((one) => this.#root(one)), ...this.#invalid()];
    switch (parent.kind) {
      case 'environment':
        return this.#services(parent.environment);
      case 'service':
        return this.#readings(parent.environment, parent.service);
      case 'alerts':
        return this.#alertRows(parent.environment);
      case 'hitRate':
        return this.#hitRateParts(parent.environment);
      case 'flags':
        return this.#flagRows(parent.environment);
      case 'invalid':
        return parent.problems.map((problem, index) => ({
          kind: 'problem',
          name: parent.name,
          index,
          problem,
          scope: parent.scope,
        }));
      case 'row':
      case 'problem':
        return [];
    }
  }

  /** As far as rows are revealed. */
  getParent(node: HealthTreeNode): HealthTreeNode | undefined {
    return node.kind === 'alerts' ? this.#root(node.environment) : undefined;
  }

  /** The same object for the same environment. */
  alertsNode(environment: Environment): HealthTreeNode {
    const known = this.#alertNodes.get(environment);
    if (known) return known;
    const created: HealthTreeNode = { kind: 'alerts', environment };
    this.#alertNodes.set(environment, created);
    return created;
  }

  getTreeItem(node: HealthTreeNode): vscode.TreeItem {
    const item = toTreeItem(this.#rowOf(node));
    if (node.kind === 'row' && node.command) item.command = node.command;
    if (node.kind === 'problem') {
      item.command = { command: commands.openEnvironmentSettings, title: 'Open in Settings', arguments: [node] };
    }
    return item;
  }

  dispose(): void {
    this.#changed.dispose();
  }

  #root(environment: Environment): HealthTreeNode {
    const known = this.#roots.get(environment);
    if (known) return known;
    const created: HealthTreeNode = { kind: 'environment', environment };
    this.#roots.set(environment, created);
    return created;
  }

  #invalid(): HealthTreeNode[] {
    return this.#environments.scopes.flatMap((scope) =>
      scope.invalid.map(({ name, problems }) => ({ kind: 'invalid' as const, name, problems, scope })),
    );
  }

  #services(environment: Environment): HealthTreeNode[] {
    const reports = this.#fleet.reportsOf(environment);
    const unwatched = presentUnwatched(environment, reports);
    const warnings = this.#environments.warningsOf(environment);
    const hasAlerts = this.#alerts.service?.nodeOf(environment) !== undefined;
    return [
      ...warnings.map((found, index) => ({ kind: 'problem' as const, name: environment.name, index, ...found })),
      ...(hasAlerts ? [this.alertsNode(environment)] : []),
      { kind: 'hitRate', environment },
      ...[...reports.keys()].map((service) => ({ kind: 'service' as const, environment, service })),
      ...(unwatched ? [{ kind: 'row' as const, environment, row: unwatched }] : []),
      ...(environment.settings.flags ? [{ kind: 'flags' as const, environment }] : []),
    ];
  }

  #readings(environment: Environment, service: ServiceId): HealthTreeNode[] {
    const report = this.#fleet.reportsOf(environment).get(service);
    if (!report) return [];
    const failure = presentFailure(environment, service, report);
    const rows = report.readings.map((reading) => ({
      kind: 'row' as const,
      environment,
      row: presentReading(environment, service, reading, Date.now()),
    }));
    return failure ? [this.#failureNode(environment, failure, report.failure?.code), ...rows] : rows;
  }

  #alertRows(environment: Environment): HealthTreeNode[] {
    const rows = this.#alerts.service?.rowsOf(environment) ?? [];
    return rows.map(({ rule, row }) => ({ kind: 'row', environment, row, ...(rule && { alert: rule.id }) }));
  }

  #hitRateParts(environment: Environment): HealthTreeNode[] {
    const rows = presentHitRateParts(environment, this.#fleet.hitRateOf(environment), Date.now());
    return rows.map((row) => ({ kind: 'row', environment, row }));
  }

  /** They are read when somebody looks at them. */
  #flagRows(environment: Environment): HealthTreeNode[] {
    this.#flags.want(environment);
    const readings = this.#flags.reportOf(environment)?.readings;
    return Object.keys(environment.settings.flags ?? {}).map((name) => {
      const reading = readings?.find((one) => one.name === name);
      return { kind: 'row', environment, row: presentFlag(environment, name, reading), flag: name };
    });
  }

  /** A click on what is wrong does what would mend it, where a command can. */
  #failureNode(environment: Environment, row: Row, code: string | undefined): HealthTreeNode {
    const here = [{ kind: 'environment', environment }];
    const setSecret = { command: commands.setSecret, title: 'Set Secret…', arguments: here };
    const connect = { command: commands.connectTunnel, title: 'Connect Tunnel…', arguments: here };
    const mends: Partial<Record<string, vscode.Command>> = {
      secretMissing: setSecret,
      authentication: setSecret,
      hostKeyUnknown: connect,
      hostKeyChanged: connect,
      notAllowed: connect,
    };
    const command = mends[code ?? ''] ?? {
      command: commands.openEnvironmentSettings,
      title: 'Open in Settings',
      arguments: here,
    };
    return { kind: 'row', environment, row, command };
  }

  #rowOf(node: HealthTreeNode): Row {
    switch (node.kind) {
      case 'environment': {
        const { environment } = node;
        return presentEnvironment(environment, {
          active: this.#environments.active?.id === environment.id,
          folderName: this.#environments.folderNameOf(environment),
          reports: this.#fleet.reportsOf(environment),
          alerts: this.#alerts.service?.firingOf(environment),
        });
      }
      case 'alerts': {
        const row = this.#alerts.service?.nodeOf(node.environment);
        return row ?? { id: `${node.environment.id}/alerts`, label: 'Alerts', expandable: 'no' };
      }
      case 'flags': {
        const { environment } = node;
        return presentFlags(environment, this.#flags.reportOf(environment), Date.now());
      }
      case 'service': {
        const { environment, service } = node;
        return presentService(environment, service, this.#fleet.reportsOf(environment).get(service), Date.now());
      }
      case 'hitRate':
        return presentHitRate(node.environment, this.#fleet.hitRateOf(node.environment), Date.now());
      case 'row':
        return node.row;
      case 'invalid':
        return {
          id: `invalid/${node.scope.file?.toString() ?? 'user'}/${node.name}`,
          label: node.name,
          description: `not usable: ${node.problems.length === 1 ? '1 problem' : `${node.problems.length} problems`} in the settings`,
          icon: { name: 'error', color: 'problemsErrorIcon.foreground' },
          contextValue: 'invalid',
          expandable: 'expanded',
        };
      case 'problem':
        return {
          id: `invalid/${node.scope.file?.toString() ?? 'user'}/${node.name}/${node.index}`,
          label: node.problem.message,
          icon: {
            name: node.problem.severity,
            color: `problems${node.problem.severity === 'error' ? 'Error' : 'Warning'}Icon.foreground`,
          },
          tooltip: node.problem.message,
          expandable: 'no',
        };
    }
  }
}
