import { userInfo } from 'node:os';
import * as vscode from 'vscode';
import { tierWords } from '../../core/health/present.ts';
import type { CommandToConfirm, ConfirmationRequest } from '../../core/run/host.ts';
import type { VirtualDocuments } from '../virtualDocuments.ts';

/**
 * Asks as the policy demands. In production: the plan in view, the environment's name typed, then a reason, for which
 * `offered` is filled in. Resolves to the reason, '' where none is asked for; undefined when not confirmed.
 */
export async function confirmCommands(
  request: ConfirmationRequest,
  documents: VirtualDocuments,
  offered: string | undefined,
): Promise<string | undefined> {
  const { environment, confirmation, commands } = request;
  const where = `${environment.name} (${tierWords(environment)})`;
  if (confirmation === 'button') {
    const run = commands.length === 1 ? 'Run Command' : `Run ${commands.length} Commands`;
    const detail = commands.map((command) => describe(command)).join('\n\n');
    const choice = await vscode.window.showWarningMessage(`Run this in ${where}?`, { modal: true, detail }, run);
    return choice === run ? '' : undefined;
  }
  await documents.showPage(`Plan for ${environment.name}`, planOf(request, where));
  const typed = await vscode.window.showInputBox({
    title: `${where}: ${request.title}`,
    prompt: `Type ${environment.name} to run ${commands.length === 1 ? 'this command' : `these ${commands.length} commands`} in production. Escape cancels.`,
    ignoreFocusOut: true,
    validateInput: (text) =>
      text === '' || environment.name.startsWith(text) ? undefined : `That is not ${environment.name}.`,
  });
  if (typed !== environment.name) return undefined;
  const reason = await vscode.window.showInputBox({
    title: `${where}: ${request.title}`,
    prompt: 'Why? Kept with the evidence.',
    value: offered ?? '',
    ignoreFocusOut: true,
    validateInput: (text) => (text.trim() === '' ? 'Production needs a reason.' : undefined),
  });
  return reason?.trim() || undefined;
}

function describe({ code, effect, why, reaches }: CommandToConfirm): string {
  const words = {
    readOnly: 'Reads only',
    changing: 'Changes something',
    destructive: 'DESTRUCTIVE',
    unknown: 'Not known what it does',
  }[effect];
  return `${code}\n${words}: ${why}.\nReaches: ${reaches.join(', ')}.`;
}

function planOf({ title, commands }: ConfirmationRequest, where: string): string {
  const fence = '```';
  const parts = commands.map(({ code, effect, why, reaches }, index) =>
    [`## ${index + 1}. ${effect}`, `${fence}bash\n${code}\n${fence}`, `${why}. Reaches: ${reaches.join(', ')}.`].join(
      '\n\n',
    ),
  );
  return [`# ${title}`, `Environment: **${where}**  \nRuns on this machine as ${userInfo().username}.`, ...parts].join(
    '\n\n',
  );
}
