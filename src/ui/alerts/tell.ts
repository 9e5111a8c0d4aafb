import * as vscode from 'vscode';
import type { Environment } from '../../core/environment/environment.ts';
import { messageOf } from '../../core/watch/messages.ts';
import type { Notice } from '../../core/watch/notices.ts';
import type { Severity } from '../../core/watch/rule.ts';

/** What else can be done about an alert. */
export interface Offers {
  /** Shows the environment's alerts in the Health view. */
  readonly showHealth: (environment: Environment) => Promise<void>;
}

export interface Telling extends Offers {
  readonly folderName: string | undefined;
  readonly snooze: (ruleId: string) => void;
}

/** Offered where it exists. */
const rollBack = 'cacheOps.rollBack';

interface Action extends vscode.MessageItem {
  run(): unknown;
}

const show: Readonly<Record<Severity, (text: string, ...actions: Action[]) => Thenable<Action | undefined>>> = {
  critical: (text, ...actions) => vscode.window.showErrorMessage(text, ...actions),
  warning: (text, ...actions) => vscode.window.showWarningMessage(text, ...actions),
  info: (text, ...actions) => vscode.window.showInformationMessage(text, ...actions),
};

/** Shows one notification, with what can be done about it. */
export async function tellOfAlerts(
  environment: Environment,
  notices: readonly Notice[],
  { folderName, showHealth, snooze }: Telling,
): Promise<void> {
  const { severity, text } = messageOf(environment, folderName, notices, Date.now());
  const firing = notices.filter(({ kind }) => kind !== 'recovered');
  const actions: Action[] = [
    { title: 'Show Health', run: () => showHealth(environment) },
    ...(firing.length > 0 && (await isRegistered(rollBack))
      ? [{ title: 'Roll Back…', run: () => vscode.commands.executeCommand(rollBack, { environment }) }]
      : []),
    ...(firing.length > 0 ? [{ title: 'Snooze 1 h', run: () => firing.forEach(({ rule }) => snooze(rule.id)) }] : []),
  ];
  await (await show[severity](text, ...actions))?.run();
}

async function isRegistered(command: string): Promise<boolean> {
  return (await vscode.commands.getCommands(true)).includes(command);
}
