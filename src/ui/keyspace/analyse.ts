import * as vscode from 'vscode';
import { systemClock } from '../../core/clock.ts';
import type { Environment } from '../../core/environment/environment.ts';
import { OpsError } from '../../core/errors.ts';
import { formatCount } from '../../core/format.ts';
import { tierWords } from '../../core/health/present.ts';
import { gentleBudget, usualBudget } from '../../core/keyspace/model.ts';
import type { KeyspaceAnalysis, KeyspaceBudget } from '../../core/keyspace/model.ts';
import type { Services } from '../../services.ts';
import type { Command } from '../commands/command.ts';
import { pickEnvironment } from '../environments/pick.ts';
import { secretLookup } from '../environments/secretLookup.ts';

const title = 'Analyse Keyspace';

/** Looks at every key of an environment's Redis within a budget, and shows what is there. Takes an environment's row. */
export const analyseKeyspaceCommand: Command = {
  name: title,
  async run(services, argument) {
    const environment = await pickEnvironment(services.environments, argument, title);
    if (!environment) return;
    if (!environment.settings.redis) {
      throw new OpsError('settings', `${environment.name} names no Redis.`, { next: 'Set redis in the environment.' });
    }
    const budget = await pickBudget(environment);
    if (!budget) return;
    const analysis = await analyse(services, environment, budget);
    await (await services.keyspaces()).keep(environment.id, analysis);
    const { showKeyspacePage } = await import('./page.ts');
    showKeyspacePage(services, environment, analysis);
  },
};

function pickBudget(environment: Environment): Promise<KeyspaceBudget | undefined> {
  const gentle = environment.tier === 'production';
  const base = gentle ? gentleBudget : usualBudget;
  const pace = `SCAN by ${base.count}${gentle ? `, ${base.pauseMs} ms apart` : ''}`;
  const items = [
    {
      label: 'Memory of every 10th key',
      description: pace,
      detail: 'Quick. The biggest keys are those among the measured ones.',
      budget: base,
    },
    {
      label: 'Memory of every key',
      description: pace,
      detail: 'Takes longer, and finds the biggest keys for certain.',
      budget: { ...base, memoryOfEvery: 1 },
    },
    {
      label: 'The first 100,000 keys',
      description: pace,
      detail: 'A sample: SCAN gives keys in no particular order. The coverage is shown.',
      budget: { ...base, mostKeys: 100_000 },
    },
  ];
  const options = {
    title: `${title}: ${environment.name} (${tierWords(environment)})`,
    placeHolder: 'Only reads; can be cancelled',
    // A page in front takes the focus back when the question before this one is answered.
    ignoreFocusOut: true,
  };
  return Promise.resolve(vscode.window.showQuickPick(items, options)).then((chosen) => chosen?.budget);
}

function analyse(services: Services, environment: Environment, budget: KeyspaceBudget): Promise<KeyspaceAnalysis> {
  const options = {
    location: vscode.ProgressLocation.Notification,
    title: `Looking at the keys of ${environment.name} (${tierWords(environment)})`,
    cancellable: true,
  };
  const secret = secretLookup(environment, services.secrets);
  const run = async (
    progress: vscode.Progress<{ message: string; increment: number }>,
    token: vscode.CancellationToken,
  ) => {
    const abort = new AbortController();
    const listener = token.onCancellationRequested(() => abort.abort());
    const [{ resolveRedisTopology }, { findPrimaries }, { analyseKeyspace }] = await Promise.all([
      import('../../clients/redisTarget.ts'),
      import('../../clients/redisPrimaries.ts'),
      import('../../clients/redisKeyspace.ts'),
    ]);
    const tunnel = services.tunnels.of(environment, 'redis');
    try {
      const topology = await resolveRedisTopology(environment, secret, tunnel?.dial);
      const targets = await findPrimaries(topology, systemClock, abort.signal);
      const namespaces = Object.entries(environment.settings.namespaces ?? {});
      const request = {
        environment: environment.name,
        targets,
        namespaces: namespaces.map(([name, { prefix }]) => ({ name, prefix })),
        budget,
        onProgress: reporter(progress),
      };
      return await analyseKeyspace(request, systemClock, abort.signal);
    } finally {
      listener.dispose();
      tunnel?.close();
    }
  };
  return Promise.resolve(vscode.window.withProgress(options, run));
}

/** A few times a second is enough for a person. */
function reporter(progress: vscode.Progress<{ message: string; increment: number }>) {
  let nextAtMs = 0;
  let shown = 0;
  return (seen: number, total: number): void => {
    const nowMs = systemClock.monotonicMs();
    if (nowMs < nextAtMs) return;
    nextAtMs = nowMs + 250;
    const percent = total === 0 ? 100 : Math.min(100, (100 * seen) / total);
    progress.report({ message: `${formatCount(seen)} of ${formatCount(total)} keys`, increment: percent - shown });
    shown = percent;
  };
}
