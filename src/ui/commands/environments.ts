import * as vscode from 'vscode';
import { systemClock } from '../../core/clock.ts';
import type { Environment, SettingProblem } from '../../core/environment/environment.ts';
import { locatePath } from '../../core/environment/locate.ts';
import { OpsError } from '../../core/errors.ts';
import { askForEnvironment } from '../environments/addEnvironment.ts';
import type { Draft } from '../environments/draft.ts';
import { environmentOfDraft } from '../environments/draft.ts';
import { pickEnvironment } from '../environments/pick.ts';
import { activateSaved, saveDraft } from '../environments/saveDraft.ts';
import { settingsUri } from '../environments/settingsFile.ts';
import type { EnvironmentScope } from '../environments/store.ts';
import { settings, views } from '../ids.ts';
import { withProgress } from '../prompts.ts';
import type { Command } from './command.ts';

export const addEnvironment: Command = {
  name: 'Add Environment',
  async run(services) {
    if (!vscode.workspace.isTrusted) {
      throw new OpsError('settings', 'This workspace is not trusted, and nothing connects from it.', {
        next: 'Trust it first: "Workspaces: Manage Workspace Trust".',
      });
    }
    const draft = await askForEnvironment(services.environments, {
      tryConnection,
      save: (finished) => saveDraft(services.secrets, finished),
    });
    const environment = await activateSaved(services.environments, draft);
    await vscode.commands.executeCommand(`${views.health}.focus`);
    await services.fleet.redisOf(environment)?.refresh();
  },
};

async function tryConnection(draft: Draft): Promise<string> {
  const environment = environmentOfDraft(draft);
  const secret = (field: string): Promise<string | undefined> =>
    Promise.resolve(
      field !== 'redis.password' || draft.login === 'none'
        ? undefined
        : draft.login === 'secret'
          ? draft.password
          : process.env[draft.variable],
    );
  return withProgress(`Connecting to the Redis of ${draft.name}`, async (signal) => {
    const [{ serverVersion }, { tryRedis }, { resolveRedisTarget }] = await Promise.all([
      import('../../core/health/redisInfo.ts'),
      import('../../clients/redis.ts'),
      import('../../clients/redisTarget.ts'),
    ]);
    const { info, address, user } = await tryRedis(await resolveRedisTarget(environment, secret), systemClock, signal);
    if (!info) return `Connected to ${address} as ${user}, who may not call INFO: its state cannot be shown.`;
    const server = serverVersion(info) ?? 'Redis';
    return `Connected to ${address} as ${user}: ${server}, ${info.role === 'master' ? 'primary' : (info.role ?? 'role unknown')}.`;
  });
}

export const switchEnvironment: Command = {
  name: 'Switch Environment',
  async run({ environments }, argument) {
    const environment = await pickEnvironment(environments, argument, 'Switch Environment');
    if (environment) await environments.activate(environment);
  },
};

/** Takes an environment's node, or the node of a problem. */
export const openEnvironmentSettings: Command = {
  name: 'Open in Settings',
  async run({ environments }, argument) {
    const problem = environments.findProblem(argument);
    if (problem) return reveal(problem.scope.file, problem.scope.kind, problem.problem.path);
    const environment = await pickEnvironment(environments, argument, 'Open Environment in Settings');
    if (!environment) return;
    const file =
      environment.folder === undefined
        ? fileOf(environments.scopes, environment)
        : settingsUri(vscode.Uri.parse(environment.folder));
    await reveal(file, file?.path.endsWith('.code-workspace') ? 'workspaceFile' : 'settings', [environment.name]);
  },
};

/** An environment without a folder is the workspace file's, or the user's. */
function fileOf(scopes: readonly EnvironmentScope[], { name }: Environment): vscode.Uri | undefined {
  return scopes.find((scope) => scope.kind === 'workspaceFile' && scope.names.includes(name))?.file;
}

async function reveal(
  file: vscode.Uri | undefined,
  kind: EnvironmentScope['kind'],
  path: SettingProblem['path'],
): Promise<void> {
  if (!file) {
    await vscode.commands.executeCommand('workbench.action.openSettingsJson', {
      revealSetting: { key: `${settings.section}.${settings.environments}` },
    });
    return;
  }
  const document = await vscode.workspace.openTextDocument(file);
  const place = locatePath(document.getText(), path, kind);
  const at = document.positionAt(place?.offset ?? 0);
  await vscode.window.showTextDocument(document, { selection: new vscode.Range(at, at) });
}
