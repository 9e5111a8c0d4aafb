import * as vscode from 'vscode';
import type { Environment } from '../../core/environment/environment.ts';
import { formatTime } from '../../core/format.ts';
import { environmentWords } from '../../core/health/present.ts';
import type { KeyspaceAnalysis } from '../../core/keyspace/model.ts';
import { keyspacePage, keyspacePageMessage } from '../../core/keyspace/page.ts';
import type { KeyspacePage } from '../../core/keyspace/page.ts';
import { keyspaceReport } from '../../core/keyspace/report.ts';
import type { Services } from '../../services.ts';
import { showReport } from '../checks/report.ts';
import { pageHtml, webviewOptions } from '../dashboard/html.ts';
import { commands, panels } from '../ids.ts';

/** Shows an analysis as a page of its own; it keeps what was found then, however often it is analysed again. */
export function showKeyspacePage(services: Services, environment: Environment, analysis: KeyspaceAnalysis): void {
  const { environments, extensionUri, report, log } = services;
  const words = environmentWords(environment, environments.folderNameOf(environment));
  const panel = vscode.window.createWebviewPanel(
    panels.keyspace,
    `Keyspace: ${words}`,
    vscode.ViewColumn.Active,
    webviewOptions,
  );
  const at = formatTime(analysis.startedAtMs, Date.now());
  const page = keyspacePage(analysis, `Keyspace of ${words}`, at);
  const argument = { kind: 'environment', environment };
  const answers = {
    ready: () => send(panel, page),
    export: () => vscode.commands.executeCommand(commands.exportKeyspaceAnalysis, argument),
    report: () => showReport(services, `Keyspace of ${environment.name}`, keyspaceReport(analysis, at)),
    again: () => vscode.commands.executeCommand(commands.analyseKeyspace, argument),
  };
  const listener = panel.webview.onDidReceiveMessage((raw) => {
    const message = keyspacePageMessage.safeParse(raw);
    if (!message.success) {
      log.warn('A keyspace page sent something that is no message of it; it was dropped.');
      return;
    }
    Promise.resolve(answers[message.data.type]()).catch((error: unknown) => report('Keyspace page', error));
  });
  panel.onDidDispose(() => listener.dispose());
  panel.webview.html = pageHtml(extensionUri, 'keyspace');
}

function send({ webview }: vscode.WebviewPanel, page: KeyspacePage): Thenable<boolean> {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- the editor's, which has none
  return webview.postMessage({ type: 'analysis', page });
}
