import * as vscode from 'vscode';
import type { Environment } from '../../core/environment/environment.ts';
import type { SecretReference } from '../../core/environment/references.ts';
import { clearTextFix } from '../../core/environment/clearTextFix.ts';
import { replaceValueEdits } from '../../core/environment/edit.ts';
import { approvalKey, secretKey, secretReferences } from '../../core/environment/references.ts';
import { writtenText } from '../../core/environment/secretReferences.ts';
import { OpsError } from '../../core/errors.ts';
import type { Services } from '../../services.ts';
import { pickEnvironment } from '../environments/pick.ts';
import type { Secrets } from '../environments/secrets.ts';
import { editSettings, openSettings } from '../environments/settingsFile.ts';
import type { Command } from './command.ts';

/** Types a secret, or allows an environment variable to be sent: whatever the settings refer to. */
export const setSecret: Command = {
  name: 'Set Secret',
  async run(services, argument) {
    const environment = await pickEnvironment(services.environments, argument, 'Set Secret');
    if (!environment) return;
    const reference = await pickReference(services.secrets, environment);
    if (!reference) return;
    if (reference.source.kind === 'variable')
      await approve(services.secrets, environment, reference, reference.source.name);
    else await ask(services.secrets, environment, reference);
  },
};

async function pickReference(secrets: Secrets, environment: Environment): Promise<SecretReference | undefined> {
  const references = secretReferences(environment).filter(({ source }) => source.kind !== 'literal');
  if (references.length === 0) {
    void vscode.window.showInformationMessage(
      `${environment.name} refers to no secret. Write "\${secret}" or "\${env:NAME}" where one belongs, such as redis.password.`,
    );
    return undefined;
  }
  const items = await Promise.all(
    references.map(async (reference) => ({
      label: reference.label,
      description: reference.host,
      detail: await stateOf(secrets, environment, reference),
      reference,
    })),
  );
  if (items.length === 1) return items[0]?.reference;
  return (
    await vscode.window.showQuickPick(items, {
      title: `Set Secret: ${environment.name}`,
      placeHolder: 'Secret',
      ignoreFocusOut: true,
    })
  )?.reference;
}

async function stateOf(secrets: Secrets, environment: Environment, reference: SecretReference): Promise<string> {
  if (reference.source.kind !== 'variable')
    return (await secrets.stored(secretKey(environment, reference))) === undefined ? 'not stored yet' : 'stored';
  const { name } = reference.source;
  if (secrets.variable(name) === undefined) return `environment variable ${name}: not set`;
  return `environment variable ${name}: ${secrets.isApproved(approvalKey(environment, reference)) ? 'allowed' : 'not allowed yet'}`;
}

async function ask(secrets: Secrets, environment: Environment, reference: SecretReference): Promise<void> {
  const value = await vscode.window.showInputBox({
    title: `${reference.label} of ${environment.name} (${environment.tier})`,
    prompt: `Kept in the editor’s secret storage, and sent to ${reference.host} only.`,
    password: true,
    ignoreFocusOut: true,
  });
  if (value !== undefined && value !== '') await secrets.store(environment, reference, value);
}

async function approve(
  secrets: Secrets,
  environment: Environment,
  reference: SecretReference,
  variable: string,
): Promise<void> {
  const allow = 'Allow';
  const detail =
    secrets.variable(variable) === undefined
      ? `${variable} is not set where the editor’s extensions run: set it and restart the editor.`
      : 'It is asked once for each environment, variable and host, so that a change of the settings cannot send the value elsewhere.';
  const choice = await vscode.window.showWarningMessage(
    `Send the environment variable ${variable} to ${reference.host} as the ${reference.label} of ${environment.name} (${environment.tier})?`,
    { modal: true, detail },
    allow,
  );
  if (choice === allow) await secrets.approve(environment, reference);
}

export const forgetSecrets: Command = {
  name: 'Forget Secrets',
  async run({ environments, secrets }: Services, argument) {
    const environment = await pickEnvironment(environments, argument, 'Forget Secrets');
    if (!environment) return;
    const count = await secrets.forget(environment);
    const what =
      count === 0 ? 'No secret was stored' : count === 1 ? '1 secret was forgotten' : `${count} secrets were forgotten`;
    void vscode.window.showInformationMessage(
      `${what} for ${environment.name}; environment variables need to be allowed again.`,
    );
  },
};

/** The quick fix of a secret in clear text: into the secret storage, and a reference into the settings. */
export const moveSecret: Command = {
  name: 'Move Secret',
  async run({ environments, secrets }, argument) {
    const found = environments.findProblem(argument);
    if (!found) return;
    const { problem, scope } = found;
    const environment = environments.all.find(({ id }) =>
      scope.environments.some((one) => one.id === id && one.name === problem.path[0]),
    );
    const reference =
      environment && secretReferences(environment).find(({ path }) => path.join() === problem.path.join());
    const fix = reference && clearTextFix(reference.path, writtenText(environment, reference));
    if (!fix) {
      throw new OpsError('settings', 'This secret could not be moved, and nothing was changed.', {
        next: 'Correct the environment’s other problems first, or write "${secret}" in its place and use "Cache Ops: Set or Allow Secret…".',
      });
    }
    const document = scope.file
      ? await vscode.workspace.openTextDocument(scope.file)
      : await openSettings({ kind: 'user' });
    // Before the secret is stored: nothing is to be half done.
    if (document.isDirty) {
      throw new OpsError('conflict', 'The settings have unsaved changes; nothing was changed.', {
        next: 'Save or undo them, then try again.',
      });
    }
    await secrets.store(environment, { field: fix.field, host: reference.host }, fix.secret);
    for (const { path, value } of fix.writes)
      await editSettings(document, (text) => replaceValueEdits(text, scope.kind, path, value));
  },
};
