import * as vscode from 'vscode';
import type { Services } from '../../services.ts';
import { commands } from '../ids.ts';
import type { Command } from './command.ts';

type CommandName = keyof typeof commands;

const environments = () => import('./environments.ts');
const secrets = () => import('./secrets.ts');
const checklists = () => import('./checklists.ts');
const runs = () => import('./runs.ts');
const consistency = () => import('../consistency/check.ts');
const flush = () => import('../flush/commands.ts');
const backup = () => import('../backup/commands.ts');
const history = () => import('../history/commands.ts');
const prometheus = () => import('../prometheus/commands.ts');
const alerts = () => import('./alerts.ts');
const flags = () => import('../flags/commands.ts');
const rollback = () => import('../rollback/commands.ts');
const showMenu = () => import('./showMenu.ts');

/**
 * The module of each command, which exports it by this name. It is loaded, with all that only it needs, when it is first
 * called: the editor starts without them.
 */
const modules: { readonly [Name in CommandName]: () => Promise<Readonly<Record<Name, Command>>> } = {
  addEnvironment: environments,
  switchEnvironment: environments,
  openEnvironmentSettings: environments,
  setSecret: secrets,
  forgetSecrets: secrets,
  moveSecret: secrets,
  connectTunnel: () => import('../tunnels/connect.ts'),
  refreshHealth: () => import('./refreshHealth.ts'),
  copyDiagnostics: () => import('./copyDiagnostics.ts'),
  addChecklist: checklists,
  removeChecklist: checklists,
  refreshChecklists: checklists,
  openChecklistNode: checklists,
  run: runs,
  runStage: runs,
  runNext: runs,
  verify: runs,
  showEvidence: runs,
  startRollout: () => import('../rollouts/start.ts'),
  finishRollout: () => import('../rollouts/finish.ts'),
  checkEnvironmentVariables: () => import('../checks/variables.ts'),
  checkConfiguration: async () => ({
    checkConfiguration: (await import('../checks/configuration.ts')).checkConfigurationFile,
  }),
  checkConsistency: async () => ({ checkConsistency: (await consistency()).checkConsistencyCommand }),
  exportConsistencyCheck: consistency,
  analyseKeyspace: async () => ({ analyseKeyspace: (await import('../keyspace/analyse.ts')).analyseKeyspaceCommand }),
  exportKeyspaceAnalysis: () => import('../keyspace/export.ts'),
  flush: flush,
  flushDryRun: flush,
  backUp: backup,
  backUpDryRun: backup,
  allowWrites: backup,
  allowWritesDryRun: backup,
  testBackup: backup,
  testBackupDryRun: backup,
  restore: backup,
  restoreDryRun: backup,
  showEntry: history,
  resumeOperation: history,
  refreshHistory: history,
  filterHistory: history,
  exportChangeRecord: history,
  exportPostMortem: history,
  writePrometheusRules: prometheus,
  writeScrapeConfig: prometheus,
  reloadPrometheus: prometheus,
  reloadPrometheusDryRun: prometheus,
  importGrafanaDashboard: prometheus,
  importGrafanaDashboardDryRun: prometheus,
  troubleshootAlert: alerts,
  snoozeAlert: alerts,
  wakeAlert: alerts,
  openDashboard: () => import('./openDashboard.ts'),
  captureBaseline: async () => ({ captureBaseline: (await import('../baseline/capture.ts')).captureBaselineCommand }),
  setFlag: flags,
  setFlagDryRun: flags,
  refreshFlags: flags,
  rollBack: rollback,
  rollBackDryRun: rollback,
  showMenu: showMenu,
  showLog: showMenu,
};

/** The command boundary: whatever a command throws is reported here, and only here. */
export function registerCommands(services: Services): vscode.Disposable {
  const register = (key: CommandName): vscode.Disposable =>
    vscode.commands.registerCommand(commands[key], async (argument: unknown) => {
      let name: string = commands[key];
      try {
        const command = await load(key);
        name = command.name;
        await command.run(services, argument);
      } catch (error) {
        services.report(`${name} failed`, error);
      }
    });
  return vscode.Disposable.from(...keysOf(commands).map(register));
}

async function load<Name extends CommandName>(name: Name): Promise<Readonly<Record<Name, Command>>[Name]> {
  return (await modules[name]())[name];
}

function keysOf<Name extends string>(record: Readonly<Record<Name, unknown>>): readonly Name[] {
  const names: Name[] = [];
  for (const name in record) names.push(name);
  return names;
}
