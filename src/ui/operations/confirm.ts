import * as vscode from 'vscode';
import { tierWords } from '../../core/health/present.ts';
import { backupWords, countWords, planMarkdown } from '../../core/operations/planMarkdown.ts';
import type { OperationKind } from '../../core/operations/kind.ts';
import type { Plan } from '../../core/operations/plan.ts';
import type { ConfirmationAnswer, OperationAsk } from '../../core/operations/ports.ts';
import type { VirtualDocuments } from '../virtualDocuments.ts';

const verbs: Readonly<Record<OperationKind, string>> = {
  flush: 'Flush',
  backUp: 'Back Up',
  testBackup: 'Test Backup',
  restore: 'Restore',
  setFlag: 'Set Flag',
  rollBack: 'Roll Back',
  allowWrites: 'Allow Writes',
  reloadPrometheus: 'Reload',
  importDashboard: 'Import',
  checklistRun: 'Run',
};

/** Longer lists are in the plan. */
const mostInDialog = 6;

/** Asks as the policy demands; Escape is no. Every dialog names the environment and its tier. */
export async function confirmPlan(
  plan: Plan,
  confirmation: Parameters<OperationAsk['confirm']>[1],
  documents: VirtualDocuments,
): Promise<ConfirmationAnswer | undefined> {
  const where = `${plan.environment.name} (${tierWords(plan.environment)})`;
  if (confirmation === 'name') return askForName(plan, where, documents);
  const verb = verbs[plan.kind];
  const showPlan = 'Show Plan';
  const options = { modal: true, detail: confirmation === 'counts' ? figures(plan) : inBrief(plan) };
  const buttons = confirmation === 'counts' ? [verb, showPlan] : [verb];
  const choice = await vscode.window.showWarningMessage(`${plan.title} in ${where}?`, options, ...buttons);
  if (choice === verb) return {};
  if (choice !== showPlan) return undefined;
  await showPlanOf(plan, documents);
  // The dialog would lie on top of the plan: once it was read, a button is enough that does not.
  const again = await vscode.window.showWarningMessage(`${plan.title} in ${where}? ${plan.summary}.`, verb, 'Cancel');
  return again === verb ? {} : undefined;
}

/** The plan in view, the name typed, then a reason: a modal alone is not enough, since Enter would carry it out. */
async function askForName(
  plan: Plan,
  where: string,
  documents: VirtualDocuments,
): Promise<ConfirmationAnswer | undefined> {
  const { name } = plan.environment;
  await showPlanOf(plan, documents);
  const title = `${where}: ${plan.title}`;
  const typed = await vscode.window.showInputBox({
    title,
    prompt: `${plan.summary}. Type ${name} to do this ${plan.environment.tier === 'production' ? 'in production' : 'although who answers is not known'}. Escape cancels.`,
    ignoreFocusOut: true,
    validateInput: (text) => (text === '' || name.startsWith(text) ? undefined : `That is not ${name}.`),
  });
  if (typed !== name) return undefined;
  const reason = await vscode.window.showInputBox({
    title,
    prompt: 'Why? Kept in the journal.',
    ignoreFocusOut: true,
    validateInput: (text) => (text.trim() === '' ? 'It needs a reason.' : undefined),
  });
  return reason === undefined ? undefined : { typed, reason: reason.trim() };
}

function showPlanOf(plan: Plan, documents: VirtualDocuments): Promise<void> {
  return documents.showPage(`Plan for ${plan.environment.name}`, planMarkdown(plan));
}

/** What a modal has room for: how much of what, what is lost, what to know. */
function figures(plan: Plan): string {
  const targets = plan.targets.map(({ what, count }) => (count ? `${what}: ${countWords(count)}` : what));
  return [
    plan.summary,
    listed(targets),
    plan.irreversible.length === 0 ? 'All of it can be undone.' : `Cannot be undone:\n${listed(plan.irreversible)}`,
    warned(plan),
    `Last backup: ${backupWords(plan.lastBackup, plan.plannedAtMs)}`,
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

/** Light, and yet with all there is to know before. */
function inBrief(plan: Plan): string {
  return [plan.summary, warned(plan)].filter((part) => part !== '').join('\n\n');
}

function warned({ warnings }: Plan): string {
  return warnings.length === 0 ? '' : `Warnings:\n${listed(warnings)}`;
}

function listed(lines: readonly string[]): string {
  const shown = lines.length > mostInDialog ? lines.slice(0, mostInDialog - 1) : lines;
  const more = lines.length - shown.length;
  return [...shown.map((line) => `• ${line}`), ...(more === 0 ? [] : [`• and ${more} more, in the plan`])].join('\n');
}
