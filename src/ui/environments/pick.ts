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
  const named = environmentOf(argument);
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

export function environmentOf(argument: unknown): Environment | undefined {
  return typeof argument === 'object' && argument !== null && 'environment' in argument
    ? (argument.environment as Environment)
    : undefined;
}
