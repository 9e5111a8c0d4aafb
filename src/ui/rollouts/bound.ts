import * as vscode from 'vscode';
import type { Environment } from '../../core/environment/environment.ts';
import { readRollout } from '../../core/rollout/rollout.ts';
import { OpsError } from '../../core/errors.ts';
import type { EnvironmentStore } from '../environments/store.ts';

/**
 * The environment that a document is about: of a rollout the one it was started for, whichever is active; of any other
 * document the active one. Undefined where there is none, or a rollout's is not set up in this window.
 */
export function environmentFor(
  environments: Pick<EnvironmentStore, 'all' | 'active'>,
  { uri, text }: { readonly uri: vscode.Uri; readonly text: string | undefined },
): Environment | undefined {
  const rollout = text === undefined ? undefined : readRollout(text);
  if (!rollout) return environments.active;
  const folder = vscode.workspace.getWorkspaceFolder(uri)?.uri.toString();
  const named = environments.all.filter(({ name }) => name === rollout.environment);
  return named.find((one) => one.folder === folder) ?? named.find((one) => one.folder === undefined);
}

/** The same for something that is to happen there; throws OpsError `settings` where there is none. */
export function requireEnvironment(
  environments: Pick<EnvironmentStore, 'all' | 'active'>,
  document: { readonly uri: vscode.Uri; readonly text: string | undefined },
): Environment {
  const environment = environmentFor(environments, document);
  if (environment) return environment;
  if (!environments.active)
    throw new OpsError('settings', 'No environment is set up.', { next: 'Use "Cache Ops: Add Environment…".' });
  const name = readRollout(document.text ?? '')?.environment ?? '';
  throw new OpsError('settings', `This rollout is for ${name}, which is not set up here. Nothing was done.`, {
    next: `Set ${name} up again, or start a rollout for another environment.`,
  });
}
