import * as vscode from 'vscode';
import type { Environment } from '../../core/environment/environment.ts';
import { fileNamePart } from '../../core/fileNamePart.ts';
import type { Command } from '../commands/command.ts';
import { environmentOf } from '../environments/pick.ts';

/** Saves the last analysis as JSON or CSV, where the user says. Takes an environment's row. */
export const exportKeyspaceAnalysis: Command = {
  name: 'Export Keyspace Analysis',
  async run(services, argument) {
    const keyspaces = await services.keyspaces();
    const analysed = services.environments.all.filter(({ id }) => keyspaces.last(id));
    if (analysed.length === 0) {
      void vscode.window.showInformationMessage('No keyspace was analysed yet. Use "Cache Ops: Analyse Keyspace…".');
      return;
    }
    const environment = environmentOf(services.environments, argument) ?? (await pick(analysed));
    const analysis = environment && keyspaces.last(environment.id);
    if (!environment || !analysis) return;
    const day = new Date(analysis.startedAtMs).toISOString().slice(0, 10);
    const folder = environment.folder === undefined ? undefined : vscode.Uri.parse(environment.folder);
    const name = `keyspace-${fileNamePart(environment.name)}-${day}.json`;
    const file = await vscode.window.showSaveDialog({
      title: 'Export Keyspace Analysis',
      filters: { JSON: ['json'], CSV: ['csv'] },
      ...(folder ? { defaultUri: vscode.Uri.joinPath(folder, name) } : {}),
    });
    if (!file) return;
    const { keyspaceCsv, keyspaceJson } = await import('../../core/keyspace/export.ts');
    const text = file.path.toLowerCase().endsWith('.csv') ? keyspaceCsv(analysis) : keyspaceJson(analysis);
    await vscode.workspace.fs.writeFile(file, new TextEncoder().encode(text));
  },
};

async function pick(analysed: readonly Environment[]): Promise<Environment | undefined> {
  if (analysed.length === 1) return analysed[0];
  const items = analysed.map((environment) => ({ label: environment.name, environment }));
  return (await vscode.window.showQuickPick(items, { title: 'Export Keyspace Analysis' }))?.environment;
}
