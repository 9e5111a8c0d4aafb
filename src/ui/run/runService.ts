import * as vscode from 'vscode';
import type { Environment } from '../../core/environment/environment.ts';
import { OpsError } from '../../core/errors.ts';
import type { Fleet } from '../../core/health/fleet.ts';
import type { RunSummary } from '../../core/run/host.ts';
import { UnitRun } from '../../core/run/unitRun.ts';
import type { OperationJournal, OperationLocks } from '../../core/operations/ports.ts';
import type { Secrets } from '../environments/secrets.ts';
import type { Tunnels } from '../../clients/tunnels.ts';
import type { EvidenceStore } from '../evidence/store.ts';
import type { VirtualDocuments } from '../virtualDocuments.ts';
import type { Approvals } from './approvals.ts';
import type { ChecklistReader } from './reader.ts';
import { createRunHost } from './runHost.ts';
import { openContext } from './surroundings.ts';
import type { RunTarget } from './target.ts';
import { titleOf } from './target.ts';
import { RunTerminal } from './terminal.ts';

export interface RunServiceOptions {
  readonly tunnels: Tunnels;
  readonly secrets: Secrets;
  readonly fleet: Fleet;
  readonly reader: ChecklistReader;
  readonly evidence: EvidenceStore;
  readonly documents: VirtualDocuments;
  readonly approvals: Approvals;
  /** Where what changes something is written down. */
  readonly journal: () => Promise<OperationJournal>;
  readonly locks: () => Promise<OperationLocks>;
}

/** Runs what stands in a checklist, one run at a time. */
export class RunService {
  readonly #options: RunServiceOptions;
  #running: string | undefined;

  constructor(options: RunServiceOptions) {
    this.#options = options;
  }

  /**
   * Resolves when the run has ended, however it did. `reason` is offered where one is asked for. Throws OpsError for what
   * kept it from beginning.
   */
  async run(target: RunTarget, environment: Environment, reason?: string): Promise<RunSummary> {
    if (!vscode.workspace.isTrusted) {
      throw new OpsError('permission', 'This workspace is not trusted, and nothing runs in it.', {
        next: 'Trust it first: "Workspaces: Manage Workspace Trust".',
      });
    }
    if (this.#running !== undefined) {
      throw new OpsError('busy', `${this.#running} is still running.`, {
        next: 'Wait for it, or cancel it in its terminal.',
      });
    }
    this.#running = titleOf(target);
    try {
      return await this.#run(target, environment, reason);
    } finally {
      this.#running = undefined;
    }
  }

  async #run(target: RunTarget, environment: Environment, reason: string | undefined): Promise<RunSummary> {
    const title = titleOf(target);
    const { units, choices } = await this.#options.reader.unitsOf(target);
    if (!units.some(({ kind }) => kind !== 'criterion')) {
      throw new OpsError('settings', `There is no command to run in "${title}".`, {
        next: 'Numbers to be reached are checked by "Verify".',
      });
    }
    const { context, process } = await openContext(target, environment, this.#options);
    const terminal = new RunTerminal(`${title} · ${environment.name}`);
    try {
      terminal.heading(`${title} in ${context.where}`);
      const host = createRunHost({
        ...this.#options,
        document: target.document,
        environment,
        process,
        title,
        reason,
        terminal,
      });
      const summary = await new UnitRun(context, host, terminal.signal).run(units, choices);
      terminal.end(describe(summary));
      return summary;
    } catch (error) {
      terminal.end(error instanceof Error ? error.message : String(error));
      throw error;
    }
  }
}

/** `5 passed, 1 failed; stopped: …` */
export function describe({ passed, failed, inconclusive, notRun, stopped }: RunSummary): string {
  const counts = Object.entries({ passed, failed, inconclusive, 'not run': notRun }).filter(([, count]) => count > 0);
  const said = counts.length === 0 ? 'Nothing was run' : counts.map(([name, count]) => `${count} ${name}`).join(', ');
  return stopped === undefined ? said : `${said}. ${stopped}`;
}
