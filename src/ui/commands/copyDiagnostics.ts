import * as vscode from 'vscode';
import type { Environment } from '../../core/environment/environment.ts';
import type { SecretVault } from '../../core/environment/references.ts';
import { resolveSecret, secretReferences } from '../../core/environment/references.ts';
import { pickEnvironment } from '../environments/pick.ts';
import type { Command } from './command.ts';

/** Copies what is known of an environment's services, for a ticket; without its secrets. */
export const copyDiagnostics: Command = {
  name: 'Copy Diagnostics',
  async run({ environments, fleet, secrets, version, alerts }, argument) {
    const environment = await pickEnvironment(environments, argument, 'Copy Diagnostics');
    if (!environment) return;
    const { describeHealth } = await import('../../core/health/monitorDiagnostics.ts');
    const about = {
      nowWallMs: Date.now(),
      version,
      secrets: await knownSecrets(environment, secrets),
      alerts: alerts.service?.describe(environment) ?? [],
    };
    await vscode.env.clipboard.writeText(describeHealth(environment, fleet.reportsOf(environment), about));
    void vscode.window.showInformationMessage(`The diagnostics of ${environment.name} are in the clipboard.`);
  },
};

/** One that is not at hand was never sent, and so cannot come back. */
async function knownSecrets(environment: Environment, vault: SecretVault): Promise<readonly string[]> {
  const values = await Promise.all(
    secretReferences(environment).map((reference) => resolveSecret(environment, reference, vault).catch(() => '')),
  );
  // Of "Bearer abc", a server may repeat abc alone.
  return values.flatMap((value) => [value, value.slice(value.lastIndexOf(' ') + 1)]);
}
