import * as vscode from 'vscode';
import { panels } from '../ids.ts';
import type { Dashboards } from './dashboards.ts';

/** Brings back the pages that were open when the window was loaded anew or closed. */
export function restoreDashboards(dashboards: () => Promise<Dashboards>): vscode.Disposable {
  return vscode.window.registerWebviewPanelSerializer(panels.dashboard, {
    deserializeWebviewPanel: async (panel, state: unknown) => (await dashboards()).restore(panel, state),
  });
}
