import * as vscode from 'vscode';
import { offersFor } from '../../clients/placeholderOffers.ts';
import { systemClock } from '../../core/clock.ts';
import type { Environment } from '../../core/environment/environment.ts';
import type { Fleet } from '../../core/health/fleet.ts';
import type { OperationJournal, OperationLocks } from '../../core/operations/ports.ts';
import { beginChange } from '../../core/run/changeEntry.ts';
import type { RunHost } from '../../core/run/host.ts';
import type { ChecklistDocument } from '../checklists/document.ts';
import type { EvidenceStore } from '../evidence/store.ts';
import type { VirtualDocuments } from '../virtualDocuments.ts';
import type { Approvals } from './approvals.ts';
import { planOfChange } from './changeEntries.ts';
import { confirmCommands } from './confirm.ts';
import { askAfterFailure, askChoice, askCostly, askManual, askPlaceholders, askVerdict } from './prompts.ts';
import { scriptContent } from './scriptContent.ts';
import { directoryOf } from './surroundings.ts';
import type { RunTerminal } from './terminal.ts';

export interface RunHostOptions {
  readonly document: ChecklistDocument;
  readonly environment: Environment;
  readonly process: Readonly<Record<string, string>>;
  readonly title: string;
  /** Why, as it was said before the run began. */
  readonly reason?: string | undefined;
  readonly terminal: RunTerminal;
  readonly evidence: EvidenceStore;
  readonly documents: VirtualDocuments;
  readonly approvals: Approvals;
  readonly fleet: Fleet;
  readonly journal: () => Promise<OperationJournal>;
  readonly locks: () => Promise<OperationLocks>;
}

/** The person in front of a run: asked by quick picks and dialogs, shown what happens in the run's terminal. */
export function createRunHost({
  document,
  environment,
  process,
  title,
  reason: reasonBefore,
  terminal,
  evidence,
  documents,
  approvals,
  fleet,
  journal,
  locks,
}: RunHostOptions): RunHost {
  const directory = directoryOf(document.uri);
  const codes = new Map<string, string>();
  let lastReason = reasonBefore;
  /** A script is approved with its content, any other command by itself. */
  const approvedFor = async (code: string): Promise<string> => (await scriptContent(code, directory)) ?? code;
  return {
    choose: async (choice) => {
      const option = await askChoice(choice, title, approvals.lastOption(environment, document.uri, choice.id));
      if (option !== undefined) await approvals.rememberOption(environment, document.uri, choice.id, option);
      return option;
    },
    fill: (placeholders) => askPlaceholders(placeholders, title, ({ name }) => offersFor(name, directory)),
    confirm: async (request) => {
      const reason = await confirmCommands(request, documents, lastReason);
      if (reason === undefined) return undefined;
      if (reason !== '') terminal.heading(`Reason: ${reason}`);
      lastReason = reason || lastReason;
      const unknown = request.commands.filter(({ effect }) => effect === 'unknown');
      await approvals.approve(environment, await Promise.all(unknown.map(({ code }) => approvedFor(code))));
      return reason;
    },
    beginChange: async (what, commands, reason) =>
      beginChange(await planOfChange(what, commands, { environment, fleet, document: document.uri }), reason, {
        clock: systemClock,
        journal: await journal(),
        locks: await locks(),
        say: (line) => terminal.heading(line),
      }),
    isApproved: async (code) => approvals.isApproved(environment, await approvedFor(code)),
    doByHand: (step) => {
      terminal.heading(`By hand: ${step.text}`);
      return askManual(step, title);
    },
    handOver: (step) => {
      terminal.heading(`What follows is meant for ${step.to}. A terminal has it ready; nothing of it was run here.`);
      const opened = openTerminal(`${title}: ${step.to}`, document, process);
      // A line end would run it.
      if (!step.command.includes('\n')) opened.sendText(step.command, false);
      if (step.rest !== '') void offerRest(step.to, step.rest);
      return Promise.resolve();
    },
    openInTerminal: (name, code) => {
      terminal.heading(`Opened in a terminal of its own: ${code}`);
      openTerminal(name, document, process).sendText(code);
      return Promise.resolve();
    },
    beforeCostly: (code, costly) => askCostly(code, costly, title),
    judge: askVerdict,
    afterFailure: (ran) => {
      terminal.heading(`Failed: ${ran.verdict.kind === 'failed' ? ran.verdict.why : ''}`);
      return askAfterFailure(ran);
    },
    begin: (commands) => {
      codes.clear();
      for (const { id, code } of commands) codes.set(id, code);
    },
    show: (event) => {
      if (event.kind === 'started') terminal.command(codes.get(event.statementId) ?? '');
      else if (event.kind === 'output') terminal.output(event.text, event.stream);
    },
    say: (line) => terminal.heading(line),
    record: (id, one) => void evidence.record(environment, document, new Map([[id, one]])),
    noteChange: () => void evidence.noteChange(environment, Date.now()),
  };
}

/** A terminal that a restart of the window does not bring back: its variables may be secrets. */
function openTerminal(
  name: string,
  document: ChecklistDocument,
  variables: Readonly<Record<string, string>>,
): vscode.Terminal {
  const terminal = vscode.window.createTerminal({
    name,
    cwd: directoryOf(document.uri),
    env: { ...variables },
    isTransient: true,
  });
  terminal.show(true);
  return terminal;
}

async function offerRest(to: string, rest: string): Promise<void> {
  const copy = 'Copy the Rest';
  const choice = await vscode.window.showInformationMessage(
    `What follows is meant for ${to}; nothing of it was run here.`,
    copy,
  );
  if (choice === copy) await vscode.env.clipboard.writeText(rest);
}
