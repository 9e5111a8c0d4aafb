import * as vscode from 'vscode';
import type { Services } from '../../services.ts';
import { panels } from '../ids.ts';

/** Brings back the pages that were open when the window was loaded anew or closed. */
export function restorePages(services: Services): vscode.Disposable {
  return vscode.Disposable.from(
    vscode.window.registerWebviewPanelSerializer(panels.dashboard, {
      deserializeWebviewPanel: async (panel, state: unknown) => (await services.dashboards()).restore(panel, state),
    }),
    vscode.window.registerWebviewPanelSerializer(panels.keyspace, {
      deserializeWebviewPanel: async (panel, state: unknown) =>
        (await import('../keyspace/page.ts')).restoreKeyspacePage(services, panel, state),
    }),
  );
}
