import * as vscode from 'vscode';
import type { Environment } from '../../core/environment/environment.ts';
import { alarmsOf, ruleFile, toPrometheusRules } from '../../core/watch/prometheusRules.ts';
import type { AlertRule } from '../../core/watch/rule.ts';
import { rulesOf } from '../../core/watch/rulesOf.ts';
import { scrapeConfig } from '../../core/watch/scrapeConfig.ts';
import { checkWithPromtool } from '../../clients/promtool.ts';
import type { Services } from '../../services.ts';
import { pickEnvironment } from '../environments/pick.ts';
import { commands } from '../ids.ts';
import { importOf, reloadOf } from './operations.ts';
import { proposeFile } from './proposeFile.ts';

/** Turns limits, alerts and the checklists' alarms into a rule file. */
export async function writePrometheusRules(services: Services, argument: unknown): Promise<void> {
  const environment = await pickEnvironment(services.environments, argument, 'Write Prometheus Rules');
  if (!environment) return;
  const alarms = await chooseAlarms(services, environment, 'Prometheus rules');
  if (!alarms) return;
  const { rules, leftOut } = toPrometheusRules(environment, [...rulesOf(environment.settings), ...alarms]);
  const left = leftOut.map(({ when, why }) => `${when}: ${why}`);
  if (rules.length === 0) {
    const why = left.length === 0 ? 'It has no limits and no alerts.' : `Left out: ${left.join(' ')}`;
    void vscode.window.showInformationMessage(`${environment.name} has nothing that Prometheus could judge. ${why}`);
    return;
  }
  const file = await proposeFile(services, {
    environment,
    title: 'Prometheus rules',
    likely: /(?:rules?|alerts?)\b.*\.ya?ml$/i,
    fresh: 'monitoring/cache-ops-rules.yml',
    make: (name, before) => ({
      text: ruleFile(name, environment, rules, before),
      notes: [
        `${rules.length} ${rules.length === 1 ? 'rule' : 'rules'}.`,
        ...(left.length === 0 ? [] : [`Left out: ${left.join(' ')}`]),
      ],
    }),
    check: (text) => checkWithPromtool('rules', text, new AbortController().signal),
  });
  if (file)
    await offerReload(environment, file, 'It is loaded where rule_files of the Prometheus configuration name it.');
}

/** Adds the application's scrape job to a Prometheus configuration. */
export async function writeScrapeConfig(services: Services, argument: unknown): Promise<void> {
  const environment = await pickEnvironment(services.environments, argument, 'Write Scrape Config');
  if (!environment) return;
  // Before a file is asked for: the settings may not say what is scraped.
  scrapeConfig('', environment);
  const file = await proposeFile(services, {
    environment,
    title: 'Scrape configuration',
    likely: /^prometheus\b.*\.ya?ml$/i,
    fresh: 'monitoring/prometheus.yml',
    make: (name, before) => scrapeConfig(name, environment, before),
    check: (text) => checkWithPromtool('config', text, new AbortController().signal),
  });
  if (file) await offerReload(environment, file, 'Prometheus reads it when it is reloaded.');
}

/** Has Prometheus read its configuration and rules again, or shows what that would be. */
export async function reloadPrometheus(services: Services, argument: unknown, how: 'run' | 'dryRun'): Promise<void> {
  const environment = await pickEnvironment(services.environments, argument, 'Reload Prometheus');
  if (!environment) return;
  await (await services.operations())[how](reloadOf(services, environment));
}

/** Puts a dashboard of the configured metrics, and the alerts as rules, into Grafana, or shows what that would be. */
export async function importGrafanaDashboard(
  services: Services,
  argument: unknown,
  how: 'run' | 'dryRun',
): Promise<void> {
  const environment = await pickEnvironment(services.environments, argument, 'Import Grafana Dashboard');
  if (!environment) return;
  const alarms = await chooseAlarms(services, environment, 'Grafana rules');
  if (!alarms) return;
  await (await services.operations())[how](importOf(services, environment, alarms));
}

/** The alarms of the checklists that have some, as far as the user wants them; undefined when left. */
async function chooseAlarms(
  { checklists, reader }: Services,
  environment: Environment,
  title: string,
): Promise<readonly AlertRule[] | undefined> {
  await checklists.load();
  const found: (vscode.QuickPickItem & { readonly alarms: readonly AlertRule[] })[] = [];
  for (const document of checklists.documents) {
    await reader.prepare(document);
    const understood = reader.understoodOf(document);
    const alarms = understood ? alarmsOf(understood.checklist, understood.meaning, environment) : [];
    if (alarms.length === 0) continue;
    const label = vscode.workspace.asRelativePath(document.uri);
    found.push({ label, description: alarms.map(({ when }) => when).join(', '), alarms });
  }
  if (found.length === 0) return [];
  const chosen = await vscode.window.showQuickPick(found, {
    title: `${title}: ${environment.name}`,
    placeHolder: 'Alarms of which checklists, besides the limits and alerts of the settings? None is an answer too.',
    canPickMany: true,
    ignoreFocusOut: true,
  });
  return chosen?.flatMap(({ alarms }) => alarms);
}

async function offerReload(environment: Environment, file: vscode.Uri, says: string): Promise<void> {
  const reload = 'Reload Prometheus…';
  const actions = environment.settings.prometheus ? [reload] : [];
  const name = vscode.workspace.asRelativePath(file);
  const answer = await vscode.window.showInformationMessage(`${name} is written. ${says}`, ...actions);
  if (answer === reload) await vscode.commands.executeCommand(commands.reloadPrometheus, { environment });
}
