import * as vscode from 'vscode';
import { ruleWords } from '../../core/watch/rule.ts';
import type { Watched } from '../../core/watch/watch.ts';
import type { Environment } from '../../core/environment/environment.ts';
import type { Services } from '../../services.ts';
import { pickEnvironment } from '../environments/pick.ts';
import type { Command } from './command.ts';

export const snoozeAlert: Command = {
  name: 'Snooze Alert',
  async run(services, argument) {
    const chosen = await chooseAlert(services, argument, 'Snooze Alert for 1 h', isAwake);
    if (chosen) services.alerts.service?.snooze(chosen.environment, chosen.rule);
  },
};

/** Opens the section of a checklist that says what to do. */
export const troubleshootAlert: Command = {
  name: 'Troubleshoot Alert',
  async run(services, argument) {
    const chosen = await chooseAlert(services, argument, 'Troubleshoot Alert', () => true);
    if (!chosen) return;
    const watched = services.alerts.service?.watchedOf(chosen.environment);
    const alert = watched?.find(({ rule }) => rule.id === chosen.rule);
    if (!alert) return;
    const { findRemedy, openRemedy } = await import('../alerts/remedies.ts');
    const { checklists, reader } = services;
    const remedy = await findRemedy(checklists, reader, alert.rule, alert.state.last?.value);
    if (remedy) return openRemedy(remedy);
    void vscode.window.showInformationMessage(
      `No checklist of this window has a troubleshooting section for “${alert.rule.when}”.`,
    );
  },
};

export const wakeAlert: Command = {
  name: 'End Snooze',
  async run(services, argument) {
    const chosen = await chooseAlert(services, argument, 'End Snooze of Alert', (one) => !isAwake(one));
    if (chosen) services.alerts.service?.wake(chosen.environment, chosen.rule);
  },
};

function isAwake({ snoozedUntilMs }: Watched): boolean {
  return snoozedUntilMs === undefined;
}

/** The rule of a tree row, or the one the user picks among those of an environment; undefined when left. */
async function chooseAlert(
  { environments, alerts }: Services,
  argument: unknown,
  title: string,
  isMeant: (one: Watched) => boolean,
): Promise<{ readonly environment: Environment; readonly rule: string } | undefined> {
  const environment = await pickEnvironment(environments, argument, title);
  if (!environment) return undefined;
  if (typeof argument === 'object' && argument !== null && 'alert' in argument && typeof argument.alert === 'string')
    return { environment, rule: argument.alert };
  const meant = alerts.service?.watchedOf(environment).filter(isMeant) ?? [];
  if (meant.length === 0) {
    void vscode.window.showInformationMessage(`${environment.name} has no such alert.`);
    return undefined;
  }
  const items = meant.map(({ rule, state }) => ({
    label: ruleWords(rule),
    description: `${rule.severity}${state.firing ? ', firing' : ''}`,
    rule: rule.id,
  }));
  const picked = await vscode.window.showQuickPick(items, { title, placeHolder: 'Alert' });
  return picked && { environment, rule: picked.rule };
}
