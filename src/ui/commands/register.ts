import * as vscode from 'vscode';
import type { Services } from '../../services.ts';
import { backupCommands } from '../backup/commands.ts';
import { checkConfigurationFile } from '../checks/configuration.ts';
import { checkEnvironmentVariables } from '../checks/variables.ts';
import {
  exportChangeRecord,
  exportPostMortem,
  filterHistory,
  refreshHistory,
  resumeOperation,
  showEntry,
} from '../history/commands.ts';
import { checkConsistencyCommand, exportConsistencyCheck } from '../consistency/check.ts';
import { analyseKeyspaceCommand } from '../keyspace/analyse.ts';
import { exportKeyspaceAnalysis } from '../keyspace/export.ts';
import { connectTunnel } from '../tunnels/connect.ts';
import {
  importGrafanaDashboard,
  reloadPrometheus,
  writePrometheusRules,
  writeScrapeConfig,
} from '../prometheus/commands.ts';
import { flush, flushDryRun } from '../flush/commands.ts';
import { refreshFlags, setFlag, setFlagDryRun } from '../flags/commands.ts';
import { rollBack, rollBackDryRun } from '../rollback/commands.ts';
import { finishRollout } from '../rollouts/finish.ts';
import { startRollout } from '../rollouts/start.ts';
import { snoozeAlert, troubleshootAlert, wakeAlert } from './alerts.ts';
import { addChecklist, openChecklistNode, refreshChecklists, removeChecklist } from './checklists.ts';
import type { Command } from './command.ts';
import { copyDiagnostics } from './copyDiagnostics.ts';
import { openDashboard } from './openDashboard.ts';
import { addEnvironment, openEnvironmentSettings, switchEnvironment } from './environments.ts';
import { run, runNext, runStage, showEvidence, verify } from './runs.ts';
import { refreshHealth } from './refreshHealth.ts';
import { forgetSecrets, moveSecret, setSecret } from './secrets.ts';
import { showLog, showMenu } from './showMenu.ts';

const all: readonly Command[] = [
  addEnvironment,
  switchEnvironment,
  openEnvironmentSettings,
  setSecret,
  forgetSecrets,
  moveSecret,
  connectTunnel,
  refreshHealth,
  copyDiagnostics,
  addChecklist,
  removeChecklist,
  refreshChecklists,
  openChecklistNode,
  run,
  runStage,
  runNext,
  verify,
  showEvidence,
  startRollout,
  finishRollout,
  checkEnvironmentVariables,
  checkConfigurationFile,
  checkConsistencyCommand,
  exportConsistencyCheck,
  analyseKeyspaceCommand,
  exportKeyspaceAnalysis,
  flush,
  flushDryRun,
  ...backupCommands,
  showEntry,
  resumeOperation,
  refreshHistory,
  filterHistory,
  exportChangeRecord,
  exportPostMortem,
  writePrometheusRules,
  writeScrapeConfig,
  reloadPrometheus,
  importGrafanaDashboard,
  troubleshootAlert,
  snoozeAlert,
  wakeAlert,
  openDashboard,
  setFlag,
  setFlagDryRun,
  refreshFlags,
  rollBack,
  rollBackDryRun,
  showMenu,
  showLog,
];

/** The command boundary: whatever a command throws is reported here, and only here. */
export function registerCommands(services: Services): vscode.Disposable {
  return vscode.Disposable.from(
    ...all.map((command) =>
      vscode.commands.registerCommand(command.id, async (argument: unknown) => {
        try {
          await command.run(services, argument);
        } catch (error) {
          services.report(`${command.name} failed`, error);
        }
      }),
    ),
  );
}
