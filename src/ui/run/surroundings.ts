import { hostname } from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import { runBlock } from '../../clients/shell/runBlock.ts';
import type { Step } from '../../core/checklist/meaning/types.ts';
import { commandVariables } from '../../core/environment/commandVariables.ts';
import type { Environment } from '../../core/environment/environment.ts';
import { missingSecretOf, resolveSecret } from '../../core/environment/references.ts';
import { OpsError } from '../../core/errors.ts';
import type { Fleet } from '../../core/health/fleet.ts';
import { tierWords } from '../../core/health/present.ts';
import type { RunContext } from '../../core/run/host.ts';
import type { Secrets } from '../environments/secrets.ts';
import { configuration } from '../configuration.ts';
import type { ChecklistReader } from './reader.ts';
import type { RunTarget } from './target.ts';

export interface Surroundings {
  readonly context: RunContext;
  /** Variables for the processes that are started, secrets among them; never to be shown or kept. */
  readonly process: Readonly<Record<string, string>>;
}

/** Builds what a run works in. */
export async function openContext(
  { document, commandAt }: RunTarget,
  environment: Environment,
  deps: { readonly secrets: Secrets; readonly fleet: Fleet; readonly reader: ChecklistReader },
): Promise<Surroundings> {
  const { text } = document;
  if (text === undefined) throw new OpsError('file', document.problem ?? 'The document cannot be shown.');
  const { plain, secret } = commandVariables(environment);
  const resolved = await resolveAll(environment, secret, deps.secrets);
  const process = { ...plain, ...resolved };
  const context: RunContext = {
    environment,
    text,
    variables: plain,
    provided: new Set([...Object.keys(plain), ...Object.keys(secret)]),
    where: placeOf(environment, deps.fleet),
    now: Date.now,
    stepsOf: async (unit) => {
      const steps = await deps.reader.stepsOf(unit, text);
      // Asked for by itself, a command is run whatever else would be chosen.
      return commandAt === undefined
        ? steps
        : steps.filter(({ range }) => range.start === commandAt).map(withoutChoice);
    },
    run: (statements, state, onEvent, signal) =>
      runBlock(
        {
          statements,
          state,
          cwd: directoryOf(document.uri),
          environment: process,
          secrets: Object.values(resolved),
          timeLimitMs: configuration.timeLimitMs(document.uri),
          stopOnFailure: true,
          bash: configuration.bash(document.uri),
        },
        onEvent,
        signal,
      ),
  };
  return { context, process };
}

function withoutChoice(step: Step): Step {
  return step.kind === 'handOver' ? step : { ...step, choice: undefined };
}

/** A secret that is not at hand is left out: the command that needs it says so by itself. */
async function resolveAll(
  environment: Environment,
  references: ReturnType<typeof commandVariables>['secret'],
  secrets: Secrets,
): Promise<Record<string, string>> {
  const entries = await Promise.all(
    Object.entries(references).map(async ([name, reference]): Promise<[string, string][]> => {
      try {
        return [[name, await resolveSecret(environment, reference, secrets)]];
      } catch (error) {
        if (missingSecretOf(error)) return [];
        throw error;
      }
    }),
  );
  return Object.fromEntries(entries.flat());
}

/** The folder of the workspace that holds the document, since that is where a runbook's paths start. */
export function directoryOf(uri: vscode.Uri): string {
  return vscode.workspace.getWorkspaceFolder(uri)?.uri.fsPath ?? path.dirname(uri.fsPath);
}

/** For the evidence: which machine, which environment, which server by its own identity. */
function placeOf(environment: Environment, fleet: Fleet): string {
  const sample = fleet.redisOf(environment)?.sample;
  const identity = sample?.info?.run_id === undefined ? '' : `, run ${sample.info.run_id.slice(0, 8)}`;
  const redis = sample ? `; Redis ${sample.address}${identity}` : '';
  return `${environment.name} (${tierWords(environment)}), on ${hostname()}${redis}`;
}
