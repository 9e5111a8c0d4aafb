import * as vscode from 'vscode';
import { appendLogLine } from '../../clients/rollback/logFile.ts';
import { within } from '../../clients/envFile.ts';
import type { Environment } from '../../core/environment/environment.ts';
import type { FlagSurroundings } from '../../core/flags/surroundings.ts';
import { formatTime } from '../../core/format.ts';
import { incidentSummary, logLine, recordOf } from '../../core/rollback/record.ts';
import type { RollBackRecord } from '../../core/rollback/record.ts';
import { RollBack } from '../../core/rollback/rollBack.ts';
import type { RollBackWish } from '../../core/rollback/rollBack.ts';
import { budgetsMs } from '../../core/rollback/way.ts';
import type { RollBackWay } from '../../core/rollback/way.ts';
import type { Services } from '../../services.ts';
import { showReport } from '../checks/report.ts';
import { directoryFor, openFlagSurroundings } from '../flags/surroundings.ts';
import { describe } from '../run/runService.ts';
import { RunTerminal } from '../run/terminal.ts';
import { askReason, chooseRevision, chooseSteps, chooseWay } from './choose.ts';
import type { Chosen } from './choose.ts';
import { openMeans } from './means.ts';

const logFile = 'monitoring/rollback_log.txt';

type Make = (wish: Pick<RollBackWish, 'skipped' | 'show'>) => Promise<RollBack>;

/** Asks which way to go back, has it carried out, and writes down what came of it. */
export class RollBackService {
  readonly #services: Services;

  constructor(services: Services) {
    this.#services = services;
  }

  async run(environment: Environment, title: string): Promise<void> {
    const surroundings = await openFlagSurroundings(environment, this.#services);
    const chosen = await chooseWay(this.#services, surroundings, title);
    if (chosen?.kind === 'document') return this.#runDocument(environment, chosen, title);
    const make = chosen && (await this.#maker(surroundings, chosen.way, title));
    if (!chosen || !make) return;
    const operations = await this.#services.operations();
    const skipped = await chooseSteps(title, async () =>
      operations.plan(await make({ skipped: new Map(), show: () => undefined })),
    );
    if (!skipped) return;
    // Production is asked by the policy, and development not at all.
    const reason = environment.tier === 'staging' ? await askReason(title) : undefined;
    await this.#runWay(environment, chosen.way, await this.#live(environment, make, skipped), reason);
  }

  async dryRun(environment: Environment, title: string): Promise<void> {
    const surroundings = await openFlagSurroundings(environment, this.#services);
    const chosen = await chooseWay(this.#services, surroundings, title);
    if (chosen?.kind === 'document') {
      await vscode.window.showTextDocument(chosen.document.uri);
      return;
    }
    const make = chosen && (await this.#maker(surroundings, chosen.way, title));
    if (!make) return;
    const operation = await make({ skipped: new Map(), show: () => undefined });
    await (await this.#services.operations()).dryRun(operation);
  }

  async #maker(surroundings: FlagSurroundings, way: RollBackWay, title: string): Promise<Make | undefined> {
    const { environment, deployment } = surroundings;
    const revision = way === 'revision' ? await chooseRevision(this.#services, surroundings, title) : undefined;
    if (way === 'revision' && revision === undefined) return undefined;
    return async (wish) =>
      new RollBack(surroundings, await openMeans(this.#services, environment, deployment, revision), {
        way,
        revision,
        ...wish,
      });
  }

  /** The terminal comes with the first thing that is done: until then, the plan is what is to be read. */
  async #live(environment: Environment, make: Make, skipped: ReadonlyMap<string, string>) {
    let terminal: RunTerminal | undefined;
    const show = (line: string): void => {
      terminal ??= new RunTerminal(`Rollback · ${environment.name}`, { cancellable: false });
      terminal.output(`${formatTime(Date.now(), Date.now())}  ${line}\n`, 'stdout');
    };
    return { operation: await make({ skipped, show }), end: (words: string) => terminal?.end(words) };
  }

  async #runWay(
    environment: Environment,
    way: RollBackWay,
    { operation, end }: { readonly operation: RollBack; readonly end: (words: string) => void },
    reason: string | undefined,
  ): Promise<void> {
    const operations = await this.#services.operations();
    try {
      const outcome = await operations.run(operation);
      if (outcome.kind !== 'ran') return;
      const record = recordOf(outcome, way, reason);
      end(`${record.title}: ${record.result}. ${record.why ?? ''}`.trimEnd());
      await this.#writeDown(environment, record);
    } finally {
      await this.#services.flags.refresh(environment);
    }
  }

  /** Carried out as every checklist is, with its own confirmations and evidence. */
  async #runDocument(
    environment: Environment,
    { document, stage }: Extract<Chosen, { kind: 'document' }>,
    title: string,
  ): Promise<void> {
    const reason = environment.tier === 'development' ? undefined : await askReason(title);
    const startedAtMs = Date.now();
    const summary = await (await this.#services.runs()).run({ document, node: stage }, environment, reason);
    const isWell = summary.failed === 0 && summary.inconclusive === 0 && summary.stopped === undefined;
    await this.#writeDown(environment, {
      environment,
      title: `“${stage.title}” in ${vscode.workspace.asRelativePath(document.uri)}`,
      result: isWell && summary.passed > 0 ? 'all steps passed' : 'not all steps passed',
      reason,
      startedAtMs,
      usedMs: Date.now() - startedAtMs,
      budgetMs: budgetsMs.full,
      why: isWell ? undefined : describe(summary),
      steps: summary.steps,
      findings: [`${describe(summary)}. The evidence of each step is in the checklist.`],
    });
    await this.#services.flags.refresh(environment);
  }

  async #writeDown(environment: Environment, record: RollBackRecord): Promise<void> {
    const summary = incidentSummary(record);
    await showReport(this.#services, `Rollback of ${environment.name}`, summary);
    void this.#offerCopy(environment, summary);
    const path = within(directoryFor(environment), environment.settings.rollback?.log ?? logFile);
    await appendLogLine(path, logLine(record));
  }

  async #offerCopy({ name }: Environment, summary: string): Promise<void> {
    const copy = 'Copy Summary';
    const choice = await vscode.window.showInformationMessage(
      `The rollback of ${name} is summed up for the incident.`,
      copy,
    );
    if (choice === copy) await vscode.env.clipboard.writeText(summary);
  }
}
