import * as vscode from 'vscode';
import type { HostKeyQuestion } from '../../clients/tunnel/hostKeys.ts';
import type { SecretLookup } from '../../clients/redisTarget.ts';
import type { Environment } from '../../core/environment/environment.ts';
import { tunnelFor } from '../../core/environment/tunnelled.ts';
import { OpsError } from '../../core/errors.ts';
import { serviceNames, servicesOf } from '../../core/health/monitorServices.ts';
import { tierWords } from '../../core/health/present.ts';
import type { Services } from '../../services.ts';
import type { Command } from '../commands/command.ts';
import { pickEnvironment } from '../environments/pick.ts';
import { secretLookup } from '../environments/secretLookup.ts';
import { commands } from '../ids.ts';
import { withProgress } from '../prompts.ts';

type Tunnel = NonNullable<Environment['settings']['tunnel']>;

/**
 * Asks what a tunnel may not do without a person, trusting a host key or starting a command of the settings, then reads
 * through it. Polls never ask. Takes an environment's row.
 */
export const connectTunnel: Command = {
  name: 'Connect Tunnel',
  async run(services, argument) {
    const environment = await pickEnvironment(services.environments, argument, 'Connect Tunnel');
    if (!environment) return;
    const { tunnel } = environment.settings;
    if (!tunnel) {
      const words = `${environment.name} names no tunnel: its servers are connected to directly.`;
      void vscode.window.showInformationMessage(words);
      return;
    }
    const title = `${environment.name} (${tierWords(environment)})`;
    if (tunnel.kind === 'ssh' && !(await trustHosts(tunnel, secretLookup(environment, services.secrets), title)))
      return;
    if (tunnel.kind === 'command' && !(await allowCommands(services, environment, tunnel, title))) return;
    await readThrough(services, environment, title);
  },
};

/** One question for each host on the way that is not known; false when one is not trusted. */
async function trustHosts(
  tunnel: Extract<Tunnel, { readonly kind: 'ssh' }>,
  secret: SecretLookup,
  title: string,
): Promise<boolean> {
  const [{ findUnknownHost, trustHost }, { withSecrets }] = await Promise.all([
    import('../../clients/tunnel/hostKeys.ts'),
    import('../../clients/tunnel/sshRoute.ts'),
  ]);
  const look = (): Promise<HostKeyQuestion | undefined> =>
    withProgress(`Connecting to ${tunnel.host} for ${title}`, async () =>
      findUnknownHost(await withSecrets(tunnel, secret)),
    );
  for (let found = await look(); found; found = await look()) {
    if (!(await isTrusted(found, title))) return false;
    await trustHost(found);
  }
  return true;
}

const copy = 'Copy Fingerprint';
const trust = 'Trust and Connect';

/** The editor focuses the first button, which must not be the one that trusts. */
async function isTrusted({ host, file }: HostKeyQuestion, title: string): Promise<boolean> {
  const detail = [
    `${title} is reached through it. The fingerprint of its ${host.type} key:`,
    host.fingerprint,
    ...(host.hasOtherKey
      ? ['Careful: a key of another type is known of this host, and it did not show that one.']
      : []),
    `Compare it with what the host’s administrator tells you. There, "ssh-keygen -lf" with the file of the host’s public key shows it.`,
    `If you trust it, the key is added to ${file}, where ssh finds it too. Until then nothing is sent.`,
  ].join('\n\n');
  for (;;) {
    const options = { modal: true, detail };
    const question = `The SSH host ${host.address} is not known. Trust it?`;
    const answer = await vscode.window.showWarningMessage(question, options, copy, trust);
    if (answer !== copy) return answer === trust;
    await vscode.env.clipboard.writeText(host.fingerprint);
  }
}

async function allowCommands(
  { approvals }: Services,
  environment: Environment,
  tunnel: Extract<Tunnel, { readonly kind: 'command' }>,
  title: string,
): Promise<boolean> {
  const all = Object.entries(tunnel.commands).flatMap(([service, command]) =>
    command && !approvals.isTunnelAllowed(environment, command) ? [{ service, command }] : [],
  );
  if (all.length === 0) return true;
  const allow = 'Allow and Connect';
  const show = 'Open Settings';
  const detail = [
    ...all.map(({ service, command }) => `${service}: ${command.map(quoted).join(' ')}`),
    'They come from the settings. Once allowed, each is started whenever its service is read, and ended when nobody reads it any more. A changed command is asked about again.',
  ].join('\n\n');
  const question = `Start these commands to reach ${title}?`;
  const answer = await vscode.window.showWarningMessage(question, { modal: true, detail }, show, allow);
  if (answer === show)
    await vscode.commands.executeCommand(commands.openEnvironmentSettings, { kind: 'environment', environment });
  if (answer !== allow) return false;
  for (const { command } of all) await approvals.allowTunnel(environment, command);
  return true;
}

/** So that it is seen where one argument ends. */
function quoted(word: string): string {
  return /^[\w@%+=:,./{}-]+$/.test(word) ? word : JSON.stringify(word);
}

/** Throws what the first service that cannot be read says. */
async function readThrough({ fleet }: Services, environment: Environment, title: string): Promise<void> {
  fleet.reopen(environment.id);
  const through = servicesOf(environment).filter((service) => tunnelFor(environment.settings, service));
  const read = through.map(async (service) => {
    const monitor = fleet.monitorOf(environment, service);
    await monitor?.refresh();
    return monitor?.report?.failure;
  });
  const failure = (await Promise.all(read)).find((one) => one !== undefined);
  if (failure)
    throw new OpsError(failure.code, failure.message, failure.next === undefined ? {} : { next: failure.next });
  const names = through.map((service) => serviceNames[service]).join(', ');
  void vscode.window.showInformationMessage(`${names} of ${title} can be read through the tunnel.`);
}
