import path from 'node:path';
import * as vscode from 'vscode';
import type { VariablePlace } from '../../core/checks/variables.ts';
import type { Environment } from '../../core/environment/environment.ts';
import { OpsError } from '../../core/errors.ts';
import type { Services } from '../../services.ts';
import type { ChecklistDocument } from '../checklists/document.ts';
import type { Command } from '../commands/command.ts';
import { environmentFor } from '../rollouts/bound.ts';
import { chooseChecklist, folderOf } from '../rollouts/chooseChecklist.ts';
import { showReport } from './report.ts';

/** Holds the variables a checklist lists against a process, a file or an environment's target. Takes a document's row. */
export const checkEnvironmentVariables: Command = {
  name: 'Check Environment Variables',
  async run(services, argument) {
    await services.checklists.load();
    await Promise.all(services.checklists.documents.map((one) => services.reader.prepare(one)));
    const lists = (one: ChecklistDocument): boolean => (services.reader.meaningOf(one)?.variables.length ?? 0) > 0;
    const document = await chooseChecklist(services.checklists, argument, title, lists);
    if (!document || !lists(document)) {
      const which = document ? vscode.workspace.asRelativePath(document.uri) : 'No checklist here';
      void vscode.window.showInformationMessage(`${which} lists ${document ? 'no ' : ''}environment variables.`);
      return;
    }
    const source = await pickSource(services, document);
    if (source) await check(services, document, source);
  },
};

const title = 'Check Environment Variables';

interface Source {
  /** Decides which value counts where the document gives one for each tier. */
  readonly environment: Environment | undefined;
  read(): Promise<readonly VariablePlace[]>;
}

async function check(services: Services, document: ChecklistDocument, source: Source): Promise<void> {
  const [{ compareVariables, summarizeVariables }, { variableReportText }, places] = await Promise.all([
    import('../../core/checks/variables.ts'),
    import('../../core/checks/variableReport.ts'),
    source.read(),
  ]);
  const sections = (await services.reader.prepare(document))?.variables ?? [];
  const reports = places.map((place) => compareVariables(sections, place, source.environment?.tier));
  const name = vscode.workspace.asRelativePath(document.uri);
  const environment = source.environment && `${source.environment.name} (${source.environment.tier})`;
  await showReport(
    services,
    'Environment Variables',
    variableReportText(name, environment, reports, new Date().toLocaleString()),
  );
  const message = `${places.map((place) => place.name).join(', ')}: ${summarizeVariables(reports)}.`;
  const isWell = reports.every((report) =>
    report.sections.every(({ results }) => results.every(({ state }) => /^(?:same|set|default)$/.test(state))),
  );
  void (isWell ? vscode.window.showInformationMessage(message) : vscode.window.showWarningMessage(message));
}

type Item = vscode.QuickPickItem & { readonly source: Source | 'browse' };

async function pickSource(services: Services, document: ChecklistDocument): Promise<Source | undefined> {
  const folder = folderOf(document);
  const active = environmentFor(services.environments, document);
  const files = await vscode.workspace.findFiles(
    new vscode.RelativePattern(folder, '**/{.env,.env.*,*.env}'),
    '**/{node_modules,.git,.venv,vendor}/**',
    50,
  );
  const targets = services.environments.all.filter(({ settings }) => settings.target !== undefined);
  const items: Item[] = [
    ...targets.map((environment) => targetItem(environment, folder)),
    ...files.map((uri) => fileItem(uri, active)).toSorted((a, b) => a.label.localeCompare(b.label)),
    { label: '$(folder-opened) Another File…', source: 'browse' as const },
    processItem(active),
  ];
  const chosen = await vscode.window.showQuickPick(items, {
    title: `${title}: ${vscode.workspace.asRelativePath(document.uri)}`,
    placeHolder: 'What to hold the checklist against',
    ignoreFocusOut: true,
  });
  if (chosen?.source !== 'browse') return chosen?.source;
  const [uri] = (await vscode.window.showOpenDialog({ title, defaultUri: folder.uri, canSelectMany: false })) ?? [];
  return uri && sourceOfFile(uri, active);
}

function processItem(environment: Environment | undefined): Item {
  return {
    label: '$(vm) This Process',
    description: 'the editor’s extension host, with the variables it was started with',
    source: { environment, read: readProcess },
  };
}

async function readProcess(): Promise<readonly VariablePlace[]> {
  const { processVariables } = await import('../../clients/envFile.ts');
  return [{ name: 'the editor’s extension host', values: processVariables() }];
}

function fileItem(uri: vscode.Uri, environment: Environment | undefined): Item {
  return { label: `$(file) ${vscode.workspace.asRelativePath(uri)}`, source: sourceOfFile(uri, environment) };
}

function sourceOfFile(uri: vscode.Uri, environment: Environment | undefined): Source {
  const read = async (): Promise<readonly VariablePlace[]> => {
    const { readEnvFile } = await import('../../clients/envFile.ts');
    return [{ name: vscode.workspace.asRelativePath(uri), values: await readEnvFile(uri.fsPath) }];
  };
  return { environment, read };
}

const TARGETS = {
  envFile: '.env file',
  compose: 'Docker Compose',
  kubernetes: 'Kubernetes',
  systemd: 'systemd',
  command: 'commands of your own',
} as const;

function targetItem(environment: Environment, folder: vscode.WorkspaceFolder): Item {
  const kind = TARGETS[environment.settings.target?.kind ?? 'command'];
  const isReadable = environment.settings.target?.kind === 'envFile' || environment.settings.target?.kind === 'compose';
  return {
    label: `$(server-environment) ${environment.name}`,
    description: `${environment.tier} · its target, ${kind}${isReadable ? '' : ': not readable by this version'}`,
    source: { environment, read: () => readTarget(environment, folder) },
  };
}

async function readTarget(
  { name, folder: own, settings: { target } }: Environment,
  around: vscode.WorkspaceFolder,
): Promise<readonly VariablePlace[]> {
  const { readComposeVariables, readEnvFile, within } = await import('../../clients/envFile.ts');
  const folder = own === undefined ? around.uri.fsPath : vscode.Uri.parse(own).fsPath;
  if (target?.kind === 'envFile') {
    const file = within(folder, target.file);
    return [{ name: `${name}: ${path.relative(folder, file) || file}`, values: await readEnvFile(file) }];
  }
  if (target?.kind === 'compose') {
    const directory = target.directory === undefined ? folder : within(folder, target.directory);
    const { files, envFile, services } = target;
    const places = await readComposeVariables({ directory, files, envFile, services });
    return places.map((place) => ({ ...place, name: `${name}: ${place.name}` }));
  }
  throw new OpsError(
    'settings',
    `The variables of ${name} are not readable by this version: its target is ${TARGETS[target?.kind ?? 'command']}.`,
    {
      next: 'Choose a .env file, or the process.',
    },
  );
}
