import * as vscode from 'vscode';
import { eventually } from '../../eventually.ts';

/**
 * Answers the quick pick that `command` opens with its first choice, and each after it, until the command has ended:
 * the extension host sees no quick pick, but can press Enter in one.
 */
export async function runAccepting(command: string, ...args: readonly unknown[]): Promise<void> {
  let ended = false;
  const running = vscode.commands.executeCommand(command, ...args).then(() => (ended = true));
  await eventually(async () => {
    await vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
    if (!ended) throw new Error(`${command} has not ended.`);
  });
  await running;
}
