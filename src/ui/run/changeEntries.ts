import { hostname } from 'node:os';
import * as vscode from 'vscode';
import { systemClock } from '../../core/clock.ts';
import type { Environment } from '../../core/environment/environment.ts';
import type { Fleet } from '../../core/health/fleet.ts';
import type { ServiceIdentity } from '../../core/operations/identity.ts';
import type { StepResult } from '../../core/operations/operation.ts';
import type { OperationJournal } from '../../core/operations/ports.ts';
import { planOfCommands, reportOfCommands, stepOfCommand, verdictOfCommands } from '../../core/run/changePlan.ts';
import type { ChangeEntry, CommandToConfirm } from '../../core/run/host.ts';
import type { Verdict } from '../../core/verdict.ts';

export interface ChangeEntryOptions {
  readonly title: string;
  readonly commands: readonly CommandToConfirm[];
  readonly reason: string | undefined;
  readonly environment: Environment;
  readonly document: vscode.Uri;
  readonly fleet: Fleet;
  readonly journal: OperationJournal;
  /** Told when what happened cannot be written down; the run goes on, since its beginning is. */
  readonly say: (line: string) => void;
}

/** Writes the commands of a checklist that change something into the journal, as it does operations. */
export async function beginChange(options: ChangeEntryOptions): Promise<ChangeEntry> {
  const { title, commands, reason, environment, document, fleet, journal, say } = options;
  const startedAtMs = systemClock.wallMs();
  const begunMs = systemClock.monotonicMs();
  const context = {
    environment,
    document: vscode.workspace.asRelativePath(document),
    identities: [thisMachine(), ...redisOf(environment, fleet)],
    nowMs: startedAtMs,
  };
  const plan = planOfCommands(title, commands, context);
  const entry = await journal.begin(plan, reason);
  const results = new Map<string, { readonly step: StepResult; readonly verdict: Verdict }>();
  const write = async (work: Promise<void>): Promise<void> => {
    await work.catch((error: unknown) => say(`Not in the journal: ${error instanceof Error ? error.message : ''}`));
  };
  return {
    ran: async (code, verdict, durationMs) => {
      const planned = plan.steps.find(({ commands: lines }) => lines.join('\n') === code);
      if (!planned) return;
      const step = stepOfCommand(planned, verdict, durationMs);
      results.set(planned.id, { step, verdict });
      await write(entry.step(step));
    },
    end: async (stopped) => {
      const steps = plan.steps.map(({ id, title: what }) => results.get(id)?.step ?? notRun(id, what));
      const times = { startedAtMs, durationMs: systemClock.monotonicMs() - begunMs };
      const verdict = verdictOfCommands([...results.values()].map((one) => one.verdict));
      await write(entry.end(reportOfCommands(steps, stopped, times), { verdict, findings: [] }));
    },
  };
}

function notRun(id: string, title: string): StepResult {
  return { id, title, state: 'notRun' };
}

function thisMachine(): ServiceIdentity {
  return { service: 'Shell', address: hostname(), marks: {} };
}

/** As it was last read; a command may well reach another one. */
function redisOf(environment: Environment, fleet: Fleet): readonly ServiceIdentity[] {
  const sample = fleet.redisOf(environment)?.sample;
  if (!sample) return [];
  const { address, info } = sample;
  return [{ service: 'Redis', address, marks: info?.run_id === undefined ? {} : { 'run id': info.run_id } }];
}
