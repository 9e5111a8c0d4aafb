import path from 'node:path';
import * as vscode from 'vscode';
import type { ConfigurationExpectation } from '../../core/checks/configuration.ts';
import type { Environment } from '../../core/environment/environment.ts';
import type { Services } from '../../services.ts';
import type { ChecklistDocument } from '../checklists/document.ts';
import type { Command } from '../commands/command.ts';
import { environmentFor } from '../rollouts/bound.ts';
import { chooseChecklist, folderOf } from '../rollouts/chooseChecklist.ts';
import { showReport } from './report.ts';

const largestFileBytes = 5 * 1024 * 1024;
const title = 'Check Configuration';

/** Holds a configuration file against the limits a checklist gives for it. Takes a document's row. */
export const checkConfigurationFile: Command = {
  name: title,
  async run(services, argument) {
    await services.checklists.load();
    const { readConfigurationExpectations } = await import('../../core/checks/configurationExpectations.ts');
    const expected = ({ checklist, text }: ChecklistDocument): readonly ConfigurationExpectation[] =>
      checklist && text !== undefined ? readConfigurationExpectations(checklist, text) : [];
    const document = await chooseChecklist(services.checklists, argument, title, (one) => expected(one).length > 0);
    const expectations = document ? expected(document) : [];
    if (!document || expectations.length === 0) {
      const which = document ? vscode.workspace.asRelativePath(document.uri) : 'No checklist here';
      void vscode.window.showInformationMessage(
        `${which} gives ${document ? 'no ' : ''}limits for a configuration file. Cache Ops reads lists below the name of a file (config.yaml), and sentences such as "cache.ttl must be at least 60".`,
      );
      return;
    }
    const file = await pickFile(services, document, expectations);
    if (file) await check(services, document, expectations, file);
  },
};

async function check(
  services: Services,
  document: ChecklistDocument,
  expectations: readonly ConfigurationExpectation[],
  file: vscode.Uri,
): Promise<void> {
  const [
    { checkConfiguration },
    { configurationReportText, summarizeConfiguration },
    { readConfigurationFile },
    files,
  ] = await Promise.all([
    import('../../core/checks/checkConfiguration.ts'),
    import('../../core/checks/configurationReport.ts'),
    import('../../core/checks/configurationFile.ts'),
    import('../../clients/files.ts'),
  ]);
  const name = vscode.workspace.asRelativePath(file);
  const { text } = await files.readTextFile(file.fsPath, largestFileBytes);
  const entries = readConfigurationFile(name, text);
  const results = checkConfiguration(
    expectations,
    entries,
    preferredKeys(environmentFor(services.environments, document)),
  );
  const checklist = vscode.workspace.asRelativePath(document.uri);
  const report = configurationReportText(checklist, name, results, new Date().toLocaleString());
  await showReport(services, title, report);
  const message = `${name}: ${summarizeConfiguration(results)}.`;
  const isWell = results.every(({ verdict }) => verdict.kind === 'passed');
  void (isWell ? vscode.window.showInformationMessage(message) : vscode.window.showWarningMessage(message));
}

/** Files that a configuration keeps for all environments have a part for each, named after it or its tier. */
function preferredKeys(environment: Environment | undefined): readonly string[] {
  if (!environment) return [];
  const short = { development: 'dev', staging: 'stage', production: 'prod' }[environment.tier];
  return [environment.name.toLowerCase(), environment.tier, short];
}

/** Offers the files that the document names first, then those the environment backs up. */
async function pickFile(
  services: Services,
  document: ChecklistDocument,
  expectations: readonly ConfigurationExpectation[],
): Promise<vscode.Uri | undefined> {
  const folder = folderOf(document);
  const named = new Set(expectations.flatMap(({ file }) => file ?? []));
  const backedUp = environmentFor(services.environments, document)?.settings.files ?? [];
  const found = await vscode.workspace.findFiles(
    new vscode.RelativePattern(folder, '**/*.{yaml,yml,json}'),
    '**/{node_modules,.git,.venv,vendor,.vscode}/**',
    200,
  );
  const rank = ({ path: place }: vscode.Uri): number =>
    named.has(path.posix.basename(place)) ? 0 : backedUp.some((one) => place.endsWith(`/${one}`)) ? 1 : 2;
  const items = found
    .toSorted((a, b) => rank(a) - rank(b) || a.path.localeCompare(b.path))
    .map((uri) => ({
      label: vscode.workspace.asRelativePath(uri),
      description: ['named in the checklist', 'backed up with the environment', ''][rank(uri)] ?? '',
      uri,
    }));
  const other = { label: '$(folder-opened) Another File…', description: '', uri: undefined };
  const chosen = await vscode.window.showQuickPick([...items, other], {
    title: `${title}: ${vscode.workspace.asRelativePath(document.uri)}`,
    placeHolder: 'Configuration file',
    ignoreFocusOut: true,
  });
  if (!chosen || chosen.uri) return chosen?.uri;
  return (await vscode.window.showOpenDialog({ title, defaultUri: folder.uri, canSelectMany: false }))?.[0];
}
