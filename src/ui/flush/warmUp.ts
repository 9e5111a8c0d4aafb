import * as vscode from 'vscode';
import type { Environment } from '../../core/environment/environment.ts';
import { warmUpIn } from '../../core/operations/flush/warmUp.ts';
import type { Services } from '../../services.ts';
import type { ChecklistTreeNode } from '../checklists/tree.ts';
import { commands } from '../ids.ts';

/**
 * Offers what an open checklist says about warming the cache up; nothing where none does. It is run as any other block
 * is, in the environment that is active: so only there it is offered.
 */
export async function offerWarmUp({ checklists, environments }: Services, environment: Environment): Promise<void> {
  if (environments.active?.id !== environment.id) return;
  for (const document of checklists.documents) {
    const node = document.checklist && warmUpIn(document.checklist);
    if (!node || document.text === undefined) continue;
    const run = 'Run Warm-up…';
    const message = `The cache of ${environment.name} is cold now. ${document.checklist?.title ?? ''} says how to warm it up.`;
    if ((await vscode.window.showInformationMessage(message, run)) !== run) return;
    const row: ChecklistTreeNode = { kind: 'node', document, text: document.text, node };
    await vscode.commands.executeCommand(commands.run, row);
    return;
  }
}
