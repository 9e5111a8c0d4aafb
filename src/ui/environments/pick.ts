import * as vscode from 'vscode';
import type { Environment } from '../../core/environment/environment.ts';
import { tierWords } from '../../core/health/present.ts';
import type { EnvironmentStore } from './store.ts';

/** The environment of a tree node, or the one the user picks; undefined when left. */
export async function pickEnvironment(
  environments: EnvironmentStore,
  argument: unknown,
  title: string,
): Promise<Environment | undefined> {
  const named = environmentOf(environments, argument);
  if (named) return named;
  const { all, active } = environments;
  if (all.length === 0) {
    void vscode.window.showInformationMessage('No environment is set up yet. Use "Cache Ops: Add Environment…".');
    return undefined;
  }
  const items = all.map((environment) => ({
    label: environment.name,
    description: [
      tierWords(environment),
      environment.id === active?.id ? 'active' : '',
      environments.folderNameOf(environment) ?? '',
    ]
      .filter((part) => part !== '')
      .join(' · '),
    environment,
  }));
  return (await vscode.window.showQuickPick(items, { title, placeHolder: 'Environment' }))?.environment;
}

/** Commands are called with rows, but anybody can call them with anything. */
export function environmentOf({ all }: EnvironmentStore, argument: unknown): Environment | undefined {
  if (typeof argument !== 'object' || argument === null || !('environment' in argument)) return undefined;
  return all.find((known) => known === argument.environment);
}
