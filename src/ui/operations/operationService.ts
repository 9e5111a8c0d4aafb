import * as vscode from 'vscode';
import { systemClock } from '../../core/clock.ts';
import { OpsError } from '../../core/errors.ts';
import { outcomeWords, resultOf } from '../../core/operations/outcomeWords.ts';
import type { Operation, Outcome } from '../../core/operations/operation.ts';
import type { Plan } from '../../core/operations/plan.ts';
import { planMarkdown } from '../../core/operations/planMarkdown.ts';
import type { OperationJournal, OperationPorts } from '../../core/operations/ports.ts';
import { OperationRunner } from '../../core/operations/runner.ts';
import { showReport } from '../checks/report.ts';
import { commands } from '../ids.ts';
import { saveMarkdown } from '../saveMarkdown.ts';
import type { VirtualDocuments } from '../virtualDocuments.ts';
import { createAsk } from './ask.ts';

export interface OperationServiceOptions {
  readonly documents: VirtualDocuments;
  readonly journal: OperationJournal;
  readonly locks: OperationPorts['locks'];
  readonly lastBackup: OperationPorts['lastBackup'];
  readonly announce: OperationPorts['announce'];
}

/**
 * The one place from which commands carry operations out:
 * `await (await services.operations()).run(operation)`. Everything a person sees of it is shown here.
 */
export class OperationService {
  readonly #options: OperationServiceOptions;

  constructor(options: OperationServiceOptions) {
    this.#options = options;
  }

  /**
   * Plans, confirms and carries out, then says what came of it. Throws OpsError when nothing was changed (see
   * `OperationRunner.run`), for the command boundary to show.
   */
  async run<D>(operation: Operation<D>): Promise<Outcome> {
    const outcome = await this.#runner().run(operation);
    void this.#tell(outcome);
    return outcome;
  }

  /** Makes the plan and shows nothing. */
  plan<D>(operation: Operation<D>): Promise<Plan<D>> {
    return this.#runner().plan(operation);
  }

  /** Shows the plan and changes nothing; it can be copied or saved from there. Also in a read-only environment. */
  async dryRun<D>(operation: Operation<D>): Promise<void> {
    const plan = await this.#runner().plan(operation);
    const markdown = planMarkdown(plan);
    await showReport(this.#options, `Dry run for ${plan.environment.name}`, markdown);
    const message = `${plan.title} in ${plan.environment.name}: this is the plan. Nothing was changed.`;
    const choice = await vscode.window.showInformationMessage(message, 'Copy', 'Save…');
    if (choice === 'Copy') await vscode.env.clipboard.writeText(markdown);
    if (choice === 'Save…') await savePlan(plan, markdown);
  }

  #runner(): OperationRunner {
    if (!vscode.workspace.isTrusted) {
      throw new OpsError('permission', 'This workspace is not trusted, and nothing is changed from it.', {
        next: 'Trust it first: "Workspaces: Manage Workspace Trust".',
      });
    }
    const { documents, ...ports } = this.#options;
    return new OperationRunner({ ...ports, clock: systemClock, ask: createAsk(documents) });
  }

  async #tell(outcome: Outcome): Promise<void> {
    const words = outcomeWords(outcome);
    const { showInformationMessage, showWarningMessage, showErrorMessage } = vscode.window;
    if (outcome.kind === 'nothingToDo') return void showInformationMessage(words);
    const result = resultOf(outcome.report, outcome.verification);
    const show = { succeeded: showInformationMessage, failed: showErrorMessage } as const;
    const details = 'Show Record';
    const choice = await (result === 'succeeded' || result === 'failed' ? show[result] : showWarningMessage)(
      words,
      details,
    );
    if (choice === details) await vscode.commands.executeCommand(commands.showEntry, outcome.entry);
  }
}

async function savePlan({ environment: { name }, plannedAtMs }: Plan, markdown: string): Promise<void> {
  const at = new Date(plannedAtMs).toISOString();
  await saveMarkdown({ title: 'Save the Plan', what: 'plan', environment: name, at }, markdown);
}
