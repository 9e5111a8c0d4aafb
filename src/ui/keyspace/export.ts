import * as vscode from 'vscode';
import type { Environment } from '../../core/environment/environment.ts';
import { fileNamePart } from '../../core/fileNamePart.ts';
import type { Command } from '../commands/command.ts';
import { environmentOf } from '../environments/pick.ts';
import { saveFile } from '../saveFile.ts';

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
    const filters = { JSON: ['json'], CSV: ['csv'] };
    await saveFile({ title: 'Export Keyspace Analysis', filters, name, folder }, async ({ path }) => {
      const { keyspaceCsv, keyspaceJson } = await import('../../core/keyspace/export.ts');
      return path.toLowerCase().endsWith('.csv') ? keyspaceCsv(analysis) : keyspaceJson(analysis);
    });
  },
};

async function pick(analysed: readonly Environment[]): Promise<Environment | undefined> {
  if (analysed.length === 1) return analysed[0];
  const items = analysed.map((environment) => ({ label: environment.name, environment }));
  return (await vscode.window.showQuickPick(items, { title: 'Export Keyspace Analysis' }))?.environment;
}
