import type * as vscode from 'vscode';
import { systemClock } from '../../core/clock.ts';
import type { Environment } from '../../core/environment/environment.ts';
import type { Fleet } from '../../core/health/fleet.ts';
import { configuration } from '../configuration.ts';
import type { EnvironmentStore } from '../environments/store.ts';
import type { Report } from '../report.ts';
import type { AlertService } from './alertService.ts';
import type { Offers } from './tell.ts';

export interface AlertsOptions {
  readonly environments: EnvironmentStore;
  readonly fleet: Fleet;
  readonly memory: vscode.Memento;
  readonly report: Report;
  readonly offers: Offers;
  /** What rows say of the environment's alerts has changed. */
  readonly onDidChange: (environment: Environment) => void;
}

/** The alerts, loaded once an environment sets `limits` or `alerts`. */
export class Alerts implements vscode.Disposable {
  readonly #options: AlertsOptions;
  #service: AlertService | undefined;
  #opening: Promise<AlertService> | undefined;
  #isDisposed = false;

  constructor(options: AlertsOptions) {
    this.#options = options;
  }

  /** Undefined while there is nothing to watch. */
  get service(): AlertService | undefined {
    return this.#service;
  }

  /** To be called when the environments, or which of them is active, changed. */
  async update(): Promise<void> {
    const { environments, report } = this.#options;
    if (!this.#opening && !environments.all.some(watchesAnything)) return;
    try {
      const service = await (this.#opening ??= this.#open());
      if (this.#isDisposed) return service.dispose();
      this.#service = service;
      service.update(environments.all, configuration.showStatusBar() ? environments.active : undefined);
      for (const environment of environments.all) this.#options.onDidChange(environment);
    } catch (error) {
      report('Alerts not watched', error);
    }
  }

  /** To be called after every read of one of the environment's services. */
  read(environment: Environment): void {
    this.#service?.read(environment);
  }

  dispose(): void {
    this.#isDisposed = true;
    this.#service?.dispose();
  }

  async #open(): Promise<AlertService> {
    const [{ AlertService }, { tellOfAlerts }] = await Promise.all([import('./alertService.ts'), import('./tell.ts')]);
    const { fleet, memory, environments, offers, onDidChange, report } = this.#options;
    const service: AlertService = new AlertService({
      fleet,
      memory,
      clock: systemClock,
      onDidChange,
      tell: (environment, notices) => {
        const folderName = environments.folderNameOf(environment);
        const snooze = (ruleId: string): void => service.snooze(environment, ruleId);
        tellOfAlerts(environment, notices, { folderName, snooze, ...offers }).catch((error: unknown) =>
          report('Alert action failed', error),
        );
      },
    });
    return service;
  }
}

function watchesAnything({ settings: { limits, alerts } }: Environment): boolean {
  return (alerts?.length ?? 0) > 0 || Object.values(limits ?? {}).some((limit) => limit !== undefined);
}
