import * as vscode from 'vscode';
import { eventually } from '../../eventually.ts';

/**
 * Runs a command and answers each quick pick and input box it opens with Enter, until `isDone`. The extension host sees
 * no quick pick: one that was answered before it was drawn counts as left, and the command is run again.
 */
export async function runAccepting(
  command: string,
  args: readonly unknown[],
  isDone: () => boolean | Promise<boolean>,
): Promise<void> {
  await eventually(async () => {
    await acceptUntilEnd(command, args);
    if (!(await isDone())) throw new Error(`${command} has not done what it is for.`);
  });
}

async function acceptUntilEnd(command: string, args: readonly unknown[]): Promise<void> {
  let ended = false;
  const running = vscode.commands.executeCommand(command, ...args).then(() => (ended = true));
  await eventually(async () => {
    await vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
    if (!ended) throw new Error(`${command} has not ended.`);
  });
  await running;
}
