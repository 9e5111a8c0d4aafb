import * as vscode from 'vscode';
import { systemClock } from '../../core/clock.ts';
import type { ConsistencyBudget, ConsistencyCheck } from '../../core/consistency/model.ts';
import { gentleBudget, usualBudget } from '../../core/consistency/model.ts';
import type { Environment } from '../../core/environment/environment.ts';
import { OpsError } from '../../core/errors.ts';
import { fileNamePart } from '../../core/fileNamePart.ts';
import { formatTime } from '../../core/format.ts';
import { tierWords } from '../../core/health/present.ts';
import type { Services } from '../../services.ts';
import { showReport } from '../checks/report.ts';
import type { Command } from '../commands/command.ts';
import { pickEnvironment } from '../environments/pick.ts';
import { secretLookup } from '../environments/secretLookup.ts';
import { saveFile } from '../saveFile.ts';

const title = 'Check Consistency';

/** Holds the points of an environment's Qdrant and the keys of its Redis against each other. Takes an environment's row. */
export const checkConsistencyCommand: Command = {
  name: title,
  async run(services, argument) {
    const environment = await pickEnvironment(services.environments, argument, title);
    if (!environment) return;
    const link = linkOf(environment);
    const budget = await pickBudget(environment);
    if (!budget) return;
    const check = await run(services, environment, link, budget);
    await services.consistency.keep(environment, check);
    services.health.refresh(environment);
    const { consistencyReport } = await import('../../core/consistency/report.ts');
    const at = formatTime(check.startedAtMs, Date.now());
    await showReport(services, `Consistency of ${environment.name}`, consistencyReport(check, at));
  },
};

/** Saves the last check as JSON, with examples if it was made in this window. Takes an environment's row. */
export const exportConsistencyCheck: Command = {
  name: 'Export Consistency Check',
  async run({ environments, consistency }, argument) {
    const environment = await pickEnvironment(environments, argument, 'Export Consistency Check');
    if (!environment) return;
    const check = consistency.of(environment);
    if (!check) {
      const words = `The consistency of ${environment.name} was not checked yet. Use "Cache Ops: Check Consistency…".`;
      void vscode.window.showInformationMessage(words);
      return;
    }
    const day = new Date(check.startedAtMs).toISOString().slice(0, 10);
    const name = `consistency-${fileNamePart(environment.name)}-${day}.json`;
    const folder = environment.folder === undefined ? undefined : vscode.Uri.parse(environment.folder);
    await saveFile({ title: 'Export Consistency Check', filters: { JSON: ['json'] }, name, folder }, async () => {
      const { consistencyJson } = await import('../../core/consistency/export.ts');
      return consistencyJson(check);
    });
  },
};

function linkOf({ name, settings: { redis, qdrant, link } }: Environment): string {
  const [missing, next] = !redis
    ? ['Redis', 'redis']
    : !qdrant
      ? ['Qdrant', 'qdrant']
      : ['payload field that names the key of a point', 'link'];
  if (redis && qdrant && link !== undefined) return link;
  throw new OpsError('settings', `${name} names no ${missing}; nothing was checked.`, {
    next: `Set "${next}" in the environment.`,
  });
}

function pickBudget(environment: Environment): Promise<ConsistencyBudget | undefined> {
  const base = environment.tier === 'production' ? gentleBudget : usualBudget;
  const items = [
    {
      label: 'A sample of 1,000',
      detail: 'Of each collection and each prefix, at most. Takes seconds; the coverage is shown.',
      budget: base,
    },
    {
      label: 'A sample of 20,000',
      detail: 'For small shares of faults.',
      budget: { ...base, points: 20_000, keys: 20_000, mostMs: 600_000 },
    },
    {
      label: 'Up to 200,000',
      detail: 'Exact where there are no more than that. May take minutes.',
      budget: { ...base, points: 200_000, keys: 200_000, mostMs: 3_600_000 },
    },
  ];
  const options = {
    title: `${title}: ${environment.name} (${tierWords(environment)})`,
    placeHolder: 'Only reads, which Redis counts as keyspace hits and misses; can be cancelled',
    ignoreFocusOut: true,
  };
  return Promise.resolve(vscode.window.showQuickPick(items, options)).then((chosen) => chosen?.budget);
}

function run(
  services: Services,
  environment: Environment,
  link: string,
  budget: ConsistencyBudget,
): Promise<ConsistencyCheck> {
  const options = {
    location: vscode.ProgressLocation.Notification,
    title: `Checking the consistency of ${environment.name} (${tierWords(environment)})`,
    cancellable: true,
  };
  return Promise.resolve(
    vscode.window.withProgress(options, async (progress, token) => {
      const abort = new AbortController();
      const listener = token.onCancellationRequested(() => abort.abort());
      try {
        const { openAndCheckConsistency } = await import('../../clients/consistency/open.ts');
        const surroundings = {
          environment,
          secret: secretLookup(environment, services.secrets),
          tunnels: services.tunnels,
          clock: systemClock,
        };
        const onProgress = (message: string): void => progress.report({ message });
        return await openAndCheckConsistency(surroundings, { link, budget, onProgress }, abort.signal);
      } finally {
        listener.dispose();
      }
    }),
  );
}
