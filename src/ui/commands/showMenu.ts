import * as vscode from 'vscode';
import { environmentWords } from '../../core/health/present.ts';
import { commands, settings, views } from '../ids.ts';
import type { Command } from './command.ts';

interface MenuItem extends vscode.QuickPickItem {
  readonly command?: string;
  readonly argument?: unknown;
}

/** What one would do next, from the status bar. */
export const showMenu: Command = {
  name: 'Menu',
  async run({ environments, fleet }) {
    const { active } = environments;
    const report = active && fleet.redisOf(active)?.report;
    const code = report?.failure?.code;
    const mend: MenuItem[] =
      active && report && code === 'secretMissing'
        ? [
            {
              label: '$(key) Set or Allow Secret…',
              detail: report.failure?.message ?? '',
              command: commands.setSecret,
              argument: { kind: 'environment', environment: active },
            },
          ]
        : active && (code === 'hostKeyUnknown' || code === 'notAllowed')
          ? [
              {
                label: '$(plug) Connect Tunnel…',
                detail: report?.failure?.message ?? '',
                command: commands.connectTunnel,
                argument: { kind: 'environment', environment: active },
              },
            ]
          : active && report?.readings.some(({ offer }) => offer === 'allowWrites')
            ? [
                {
                  label: '$(unlock) Allow Writes After a Failed Save…',
                  detail: 'Redis refuses every write since its last save failed.',
                  command: commands.allowWrites,
                  argument: { kind: 'environment', environment: active },
                },
              ]
            : [];
    const items: MenuItem[] = [
      ...mend,
      ...(active
        ? [
            {
              label: '$(graph-line) Open Dashboard',
              command: commands.openDashboard,
              argument: { kind: 'environment', environment: active },
            },
          ]
        : []),
      { label: '$(pulse) Show Health', command: `${views.health}.focus` },
      { label: '$(checklist) Show Checklists', command: `${views.checklists}.focus` },
      { label: '$(refresh) Read Again Now', command: commands.refreshHealth },
      { label: '$(arrow-swap) Switch Environment…', command: commands.switchEnvironment },
      { label: '$(add) Add Environment…', command: commands.addEnvironment },
      ...(active
        ? [
            {
              label: '$(go-to-file) Open Environment in Settings',
              command: commands.openEnvironmentSettings,
              argument: { kind: 'environment', environment: active },
            },
          ]
        : []),
      { label: '$(output) Show Log', command: commands.showLog },
      { label: '$(gear) Settings', command: 'workbench.action.openSettings', argument: settings.section },
    ];
    const title = active ? environmentWords(active, environments.folderNameOf(active)) : 'Cache Ops';
    const chosen = await vscode.window.showQuickPick(items, {
      title,
      placeHolder: report ? `Redis ${report.summary}` : 'What next?',
    });
    if (chosen?.command !== undefined) await vscode.commands.executeCommand(chosen.command, chosen.argument);
  },
};

export const showLog: Command = {
  name: 'Show Log',
  run: ({ log }) => log.show(),
};
