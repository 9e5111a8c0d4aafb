/** What can be carried out from here. One word each in the journal, so that a kind once written stays. */
export const operationKinds = [
  'flush',
  'backUp',
  'testBackup',
  'restore',
  'setFlag',
  'rollBack',
  'allowWrites',
  'reloadPrometheus',
  'importDashboard',
  'checklistRun',
] as const;

export type OperationKind = (typeof operationKinds)[number];

/** As a person reads them: in History, in a change record, in the message of a webhook. */
export const kindNames: Readonly<Record<OperationKind, string>> = {
  flush: 'Flush',
  backUp: 'Back up',
  testBackup: 'Test backup',
  restore: 'Restore',
  setFlag: 'Set flag',
  rollBack: 'Roll back',
  allowWrites: 'Allow writes',
  reloadPrometheus: 'Reload Prometheus',
  importDashboard: 'Import dashboard',
  checklistRun: 'Checklist',
};

/** What JSON can hold: no function, no class, no Map; a field that is undefined is left out. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json | undefined };
