import * as vscode from 'vscode';
import { explain, OpsError } from '../core/errors.ts';

/** The one place where a failure reaches the user. Cancelling is silent. `what` names the action that failed. */
export function createReport(log: vscode.LogOutputChannel): (what: string, error: unknown) => void {
  return (what, error) => {
    if (error instanceof OpsError && error.code === 'cancelled') return;
    const message = `${what}: ${explain(error)}`;
    log.error(message);
    if (error instanceof Error && !(error instanceof OpsError)) log.error(error);
    void offerLog(message, log);
  };
}

async function offerLog(message: string, log: vscode.LogOutputChannel): Promise<void> {
  if ((await vscode.window.showErrorMessage(message, 'Show Log')) !== undefined) log.show();
}

export type Report = ReturnType<typeof createReport>;
