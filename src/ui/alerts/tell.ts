import * as vscode from 'vscode';
import type { Environment } from '../../core/environment/environment.ts';
import { messageOf } from '../../core/watch/messages.ts';
import type { Notice } from '../../core/watch/notices.ts';
import { severities } from '../../core/watch/rule.ts';
import type { AlertRule, Severity } from '../../core/watch/rule.ts';
import type { FoundRemedy } from './remedies.ts';
import { openRemedy } from './remedies.ts';
import { commands } from '../ids.ts';

/** What else can be done about an alert. */
export interface Offers {
  /** Shows the environment's alerts in the Health view. */
  readonly showHealth: (environment: Environment) => Promise<void>;
  /** The section of a checklist that says what to do about it; undefined where none does. */
  readonly remedyFor: (rule: AlertRule, value: number | undefined) => Promise<FoundRemedy | undefined>;
}

export interface Telling extends Offers {
  readonly folderName: string | undefined;
  readonly snooze: (ruleId: string) => void;
}

/** A message does not wait longer for what may be in the window's checklists. */
const patienceMs = 3_000;

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
  { folderName, showHealth, remedyFor, snooze }: Telling,
): Promise<void> {
  const { severity, text } = messageOf(environment, folderName, notices, Date.now());
  const firing = notices.filter(({ kind }) => kind !== 'recovered');
  // Whatever keeps the checklists from being read, the alert is told.
  const late = new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), patienceMs).unref());
  const remedy = await Promise.race([firstRemedy(firing, remedyFor).catch(() => undefined), late]);
  const says = remedy ? `${text} See “${remedy.title}” in the runbook.` : text;
  // In short words: the buttons of a notification are cut off where they do not fit side by side.
  const actions: Action[] = [
    { title: 'Dashboard', run: () => vscode.commands.executeCommand(commands.openDashboard, { environment }) },
    { title: 'Health', run: () => showHealth(environment) },
    ...(remedy ? [{ title: 'Runbook', run: () => openRemedy(remedy) }] : []),
    ...(firing.length > 0 && canRollBack(environment)
      ? [{ title: 'Roll Back…', run: () => vscode.commands.executeCommand(commands.rollBack, { environment }) }]
      : []),
    ...(firing.length > 0 ? [{ title: 'Snooze 1 h', run: () => firing.forEach(({ rule }) => snooze(rule.id)) }] : []),
  ];
  await (await show[severity](says, ...actions))?.run();
}

/** Of the worst that has one. */
async function firstRemedy(
  firing: readonly Notice[],
  remedyFor: Offers['remedyFor'],
): Promise<FoundRemedy | undefined> {
  const worstFirst = firing.toSorted(
    (a, b) => severities.indexOf(a.rule.severity) - severities.indexOf(b.rule.severity),
  );
  for (const { rule, value } of worstFirst) {
    const remedy = await remedyFor(rule, value);
    if (remedy) return remedy;
  }
  return undefined;
}

/** Whether the settings say how. */
function canRollBack({ settings: { flags, rollback, readOnly } }: Environment): boolean {
  return !readOnly && (flags !== undefined || rollback !== undefined);
}
