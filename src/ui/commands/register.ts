import * as vscode from 'vscode';
import type { Services } from '../../services.ts';
import type { CommandId } from '../ids.ts';
import { commands } from '../ids.ts';
import type { Command } from './command.ts';

/** A command is loaded, with all that only it needs, when it is first called: the editor starts without them. */
const loaders: Readonly<Record<CommandId, () => Promise<Command>>> = {
  [commands.addEnvironment]: async () => (await import('./environments.ts')).addEnvironment,
  [commands.switchEnvironment]: async () => (await import('./environments.ts')).switchEnvironment,
  [commands.openEnvironmentSettings]: async () => (await import('./environments.ts')).openEnvironmentSettings,
  [commands.setSecret]: async () => (await import('./secrets.ts')).setSecret,
  [commands.forgetSecrets]: async () => (await import('./secrets.ts')).forgetSecrets,
  [commands.moveSecret]: async () => (await import('./secrets.ts')).moveSecret,
  [commands.connectTunnel]: async () => (await import('../tunnels/connect.ts')).connectTunnel,
  [commands.refreshHealth]: async () => (await import('./refreshHealth.ts')).refreshHealth,
  [commands.copyDiagnostics]: async () => (await import('./copyDiagnostics.ts')).copyDiagnostics,
  [commands.addChecklist]: async () => (await import('./checklists.ts')).addChecklist,
  [commands.removeChecklist]: async () => (await import('./checklists.ts')).removeChecklist,
  [commands.refreshChecklists]: async () => (await import('./checklists.ts')).refreshChecklists,
  [commands.openChecklistNode]: async () => (await import('./checklists.ts')).openChecklistNode,
  [commands.run]: async () => (await import('./runs.ts')).run,
  [commands.runStage]: async () => (await import('./runs.ts')).runStage,
  [commands.runNext]: async () => (await import('./runs.ts')).runNext,
  [commands.verify]: async () => (await import('./runs.ts')).verify,
  [commands.showEvidence]: async () => (await import('./runs.ts')).showEvidence,
  [commands.startRollout]: async () => (await import('../rollouts/start.ts')).startRollout,
  [commands.finishRollout]: async () => (await import('../rollouts/finish.ts')).finishRollout,
  [commands.checkEnvironmentVariables]: async () => (await import('../checks/variables.ts')).checkEnvironmentVariables,
  [commands.checkConfiguration]: async () => (await import('../checks/configuration.ts')).checkConfigurationFile,
  [commands.checkConsistency]: async () => (await import('../consistency/check.ts')).checkConsistencyCommand,
  [commands.exportConsistencyCheck]: async () => (await import('../consistency/check.ts')).exportConsistencyCheck,
  [commands.analyseKeyspace]: async () => (await import('../keyspace/analyse.ts')).analyseKeyspaceCommand,
  [commands.exportKeyspaceAnalysis]: async () => (await import('../keyspace/export.ts')).exportKeyspaceAnalysis,
  [commands.flush]: async () => (await import('../flush/commands.ts')).flush,
  [commands.flushDryRun]: async () => (await import('../flush/commands.ts')).flushDryRun,
  [commands.backUp]: async () => (await import('../backup/commands.ts')).backUp,
  [commands.backUpDryRun]: async () => (await import('../backup/commands.ts')).backUpDryRun,
  [commands.testBackup]: async () => (await import('../backup/commands.ts')).testBackup,
  [commands.testBackupDryRun]: async () => (await import('../backup/commands.ts')).testBackupDryRun,
  [commands.restore]: async () => (await import('../backup/commands.ts')).restore,
  [commands.restoreDryRun]: async () => (await import('../backup/commands.ts')).restoreDryRun,
  [commands.showEntry]: async () => (await import('../history/commands.ts')).showEntry,
  [commands.resumeOperation]: async () => (await import('../history/commands.ts')).resumeOperation,
  [commands.refreshHistory]: async () => (await import('../history/commands.ts')).refreshHistory,
  [commands.filterHistory]: async () => (await import('../history/commands.ts')).filterHistory,
  [commands.exportChangeRecord]: async () => (await import('../history/commands.ts')).exportChangeRecord,
  [commands.exportPostMortem]: async () => (await import('../history/commands.ts')).exportPostMortem,
  [commands.writePrometheusRules]: async () => (await import('../prometheus/commands.ts')).writePrometheusRules,
  [commands.writeScrapeConfig]: async () => (await import('../prometheus/commands.ts')).writeScrapeConfig,
  [commands.reloadPrometheus]: async () => (await import('../prometheus/commands.ts')).reloadPrometheus,
  [commands.reloadPrometheusDryRun]: async () => (await import('../prometheus/commands.ts')).reloadPrometheusDryRun,
  [commands.importGrafanaDashboard]: async () => (await import('../prometheus/commands.ts')).importGrafanaDashboard,
  [commands.importGrafanaDashboardDryRun]: async () =>
    (await import('../prometheus/commands.ts')).importGrafanaDashboardDryRun,
  [commands.troubleshootAlert]: async () => (await import('./alerts.ts')).troubleshootAlert,
  [commands.snoozeAlert]: async () => (await import('./alerts.ts')).snoozeAlert,
  [commands.wakeAlert]: async () => (await import('./alerts.ts')).wakeAlert,
  [commands.openDashboard]: async () => (await import('./openDashboard.ts')).openDashboard,
  [commands.captureBaseline]: async () => (await import('../baseline/capture.ts')).captureBaselineCommand,
  [commands.setFlag]: async () => (await import('../flags/commands.ts')).setFlag,
  [commands.setFlagDryRun]: async () => (await import('../flags/commands.ts')).setFlagDryRun,
  [commands.refreshFlags]: async () => (await import('../flags/commands.ts')).refreshFlags,
  [commands.rollBack]: async () => (await import('../rollback/commands.ts')).rollBack,
  [commands.rollBackDryRun]: async () => (await import('../rollback/commands.ts')).rollBackDryRun,
  [commands.showMenu]: async () => (await import('./showMenu.ts')).showMenu,
  [commands.showLog]: async () => (await import('./showMenu.ts')).showLog,
};

/** The command boundary: whatever a command throws is reported here, and only here. */
export function registerCommands(services: Services): vscode.Disposable {
  return vscode.Disposable.from(
    ...Object.entries(loaders).map(([id, load]) =>
      vscode.commands.registerCommand(id, async (argument: unknown) => {
        let name = id;
        try {
          const command = await load();
          name = command.name;
          await command.run(services, argument);
        } catch (error) {
          services.report(`${name} failed`, error);
        }
      }),
    ),
  );
}
