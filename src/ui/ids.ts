/** Every id that package.json knows too, written once; a test holds the two against each other. */
export const commands = {
  addEnvironment: 'cacheOps.addEnvironment',
  switchEnvironment: 'cacheOps.switchEnvironment',
  openEnvironmentSettings: 'cacheOps.openEnvironmentSettings',
  setSecret: 'cacheOps.setSecret',
  forgetSecrets: 'cacheOps.forgetSecrets',
  connectTunnel: 'cacheOps.connectTunnel',
  refreshHealth: 'cacheOps.refreshHealth',
  copyDiagnostics: 'cacheOps.copyDiagnostics',
  addChecklist: 'cacheOps.addChecklist',
  removeChecklist: 'cacheOps.removeChecklist',
  refreshChecklists: 'cacheOps.refreshChecklists',
  openChecklistNode: 'cacheOps.openChecklistNode',
  run: 'cacheOps.run',
  runStage: 'cacheOps.runStage',
  runNext: 'cacheOps.runNext',
  verify: 'cacheOps.verify',
  showEvidence: 'cacheOps.showEvidence',
  moveSecret: 'cacheOps.moveSecret',
  startRollout: 'cacheOps.startRollout',
  finishRollout: 'cacheOps.finishRollout',
  checkEnvironmentVariables: 'cacheOps.checkEnvironmentVariables',
  checkConfiguration: 'cacheOps.checkConfiguration',
  checkConsistency: 'cacheOps.checkConsistency',
  exportConsistencyCheck: 'cacheOps.exportConsistencyCheck',
  analyseKeyspace: 'cacheOps.analyseKeyspace',
  exportKeyspaceAnalysis: 'cacheOps.exportKeyspaceAnalysis',
  flush: 'cacheOps.flush',
  flushDryRun: 'cacheOps.flushDryRun',
  backUp: 'cacheOps.backUp',
  backUpDryRun: 'cacheOps.backUpDryRun',
  allowWrites: 'cacheOps.allowWrites',
  allowWritesDryRun: 'cacheOps.allowWritesDryRun',
  testBackup: 'cacheOps.testBackup',
  testBackupDryRun: 'cacheOps.testBackupDryRun',
  restore: 'cacheOps.restore',
  restoreDryRun: 'cacheOps.restoreDryRun',
  showEntry: 'cacheOps.showEntry',
  resumeOperation: 'cacheOps.resumeOperation',
  refreshHistory: 'cacheOps.refreshHistory',
  filterHistory: 'cacheOps.filterHistory',
  exportChangeRecord: 'cacheOps.exportChangeRecord',
  exportPostMortem: 'cacheOps.exportPostMortem',
  writePrometheusRules: 'cacheOps.writePrometheusRules',
  writeScrapeConfig: 'cacheOps.writeScrapeConfig',
  reloadPrometheus: 'cacheOps.reloadPrometheus',
  reloadPrometheusDryRun: 'cacheOps.reloadPrometheusDryRun',
  importGrafanaDashboard: 'cacheOps.importGrafanaDashboard',
  importGrafanaDashboardDryRun: 'cacheOps.importGrafanaDashboardDryRun',
  troubleshootAlert: 'cacheOps.troubleshootAlert',
  snoozeAlert: 'cacheOps.snoozeAlert',
  wakeAlert: 'cacheOps.wakeAlert',
  openDashboard: 'cacheOps.openDashboard',
  captureBaseline: 'cacheOps.captureBaseline',
  setFlag: 'cacheOps.setFlag',
  setFlagDryRun: 'cacheOps.setFlagDryRun',
  refreshFlags: 'cacheOps.refreshFlags',
  rollBack: 'cacheOps.rollBack',
  rollBackDryRun: 'cacheOps.rollBackDryRun',
  showMenu: 'cacheOps.showMenu',
  showLog: 'cacheOps.showLog',
} as const;

export type CommandId = (typeof commands)[keyof typeof commands];

export const views = {
  checklists: 'cacheOps.checklists',
  health: 'cacheOps.health',
  history: 'cacheOps.history',
} as const;

/** Kinds of pages. */
export const panels = {
  dashboard: 'cacheOps.dashboard',
  keyspace: 'cacheOps.keyspace',
} as const;

/** Below `cacheOps`. */
export const settings = {
  section: 'cacheOps',
  environments: 'environments',
  checklists: 'checklists',
  intervalSeconds: 'health.intervalSeconds',
  statusBar: 'statusBar.enabled',
  rolloutsFolder: 'rollouts.folder',
  lintRules: 'lint.rules',
  bash: 'run.bash',
  timeLimitMinutes: 'run.timeLimitMinutes',
  tickOnPass: 'run.tickOnPass',
  journalFolder: 'journal.folder',
  backupFolder: 'backups.folder',
  backupCount: 'backups.keepCount',
  backupDays: 'backups.keepDays',
} as const;

export const contextKeys = {
  checklistsLoaded: 'cacheOps.checklistsLoaded',
} as const;
