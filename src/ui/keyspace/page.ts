import * as vscode from 'vscode';
import { pageOwnerSchema } from '../../core/dashboard/protocol.ts';
import type { Environment } from '../../core/environment/environment.ts';
import { formatTime } from '../../core/format.ts';
import { environmentWords } from '../../core/health/present.ts';
import type { KeyspaceAnalysis } from '../../core/keyspace/model.ts';
import { keyspacePage, keyspacePageMessage } from '../../core/keyspace/page.ts';
import type { KeyspaceHostMessage } from '../../core/keyspace/page.ts';
import { keyspaceReport } from '../../core/keyspace/report.ts';
import type { Services } from '../../services.ts';
import { showReport } from '../checks/report.ts';
import { pageHtml, webviewOptions } from '../dashboard/html.ts';
import { commands, panels } from '../ids.ts';

/** Shows an analysis as a page of its own; it keeps what was found then, however often it is analysed again. */
export function showKeyspacePage(services: Services, environment: Environment, analysis: KeyspaceAnalysis): void {
  const panel = vscode.window.createWebviewPanel(panels.keyspace, 'Keyspace', vscode.ViewColumn.Active, webviewOptions);
  fill(panel, services, environment, analysis);
}

/** After the window was loaded anew: the last analysis of the environment that the page says it was of. */
export async function restoreKeyspacePage(
  services: Services,
  panel: vscode.WebviewPanel,
  state: unknown,
): Promise<void> {
  const owner = pageOwnerSchema.safeParse(state);
  const environment = services.environments.all.find(({ id }) => id === owner.data?.environmentId);
  const analysis = environment && (await services.keyspaces()).last(environment.id);
  if (!environment || !analysis) {
    // There is nothing it could truthfully show.
    panel.dispose();
    return;
  }
  panel.webview.options = webviewOptions;
  fill(panel, services, environment, analysis);
}

function fill(
  panel: vscode.WebviewPanel,
  services: Services,
  environment: Environment,
  analysis: KeyspaceAnalysis,
): void {
  const { environments, extensionUri, report, log } = services;
  const words = environmentWords(environment, environments.folderNameOf(environment));
  panel.title = `Keyspace: ${words}`;
  const at = formatTime(analysis.startedAtMs, Date.now());
  const page = keyspacePage(analysis, `Keyspace of ${words}`, at);
  const argument = { kind: 'environment', environment };
  const message = { type: 'analysis', environmentId: environment.id, page } as const;
  const answers = {
    ready: () => send(panel, message),
    export: () => vscode.commands.executeCommand(commands.exportKeyspaceAnalysis, argument),
    report: () => showReport(services, `Keyspace of ${environment.name}`, keyspaceReport(analysis, at)),
    again: () => vscode.commands.executeCommand(commands.analyseKeyspace, argument),
  };
  const listener = panel.webview.onDidReceiveMessage((raw) => {
    const heard = keyspacePageMessage.safeParse(raw);
    if (!heard.success) {
      log.warn('A keyspace page sent something that is no message of it; it was dropped.');
      return;
    }
    Promise.resolve(answers[heard.data.type]()).catch((error: unknown) => report('Keyspace page', error));
  });
  panel.onDidDispose(() => listener.dispose());
  panel.webview.html = pageHtml(extensionUri, 'keyspace');
}

function send({ webview }: vscode.WebviewPanel, message: KeyspaceHostMessage): Thenable<boolean> {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- the editor's, which has none
  return webview.postMessage(message);
}
