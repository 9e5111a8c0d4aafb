import * as vscode from 'vscode';
import { systemClock } from '../../core/clock.ts';
import type { Environment } from '../../core/environment/environment.ts';
import type { FlagSurroundings } from '../../core/flags/surroundings.ts';
import type { Tunnels } from '../../clients/tunnels.ts';
import type { Secrets } from '../environments/secrets.ts';
import { secretLookup } from '../environments/secretLookup.ts';

interface Deps {
  readonly secrets: Secrets;
  readonly tunnels: Tunnels;
}

/** What reads and changes the flags of an environment. The clients are loaded with the first of them. */
export async function openFlagSurroundings(
  environment: Environment,
  { secrets, tunnels }: Deps,
): Promise<FlagSurroundings> {
  const [{ openDeployment, openFlagStore }, { openApplicationView }] = await Promise.all([
    import('../../clients/flags/open.ts'),
    import('../../clients/flags/applicationView.ts'),
  ]);
  const secret = secretLookup(environment, secrets);
  const directory = directoryFor(environment);
  const given = { environment, directory, secret, clock: systemClock, tunnels };
  return {
    environment,
    store: (name) => openFlagStore(name, given),
    deployment: openDeployment(given),
    application: openApplicationView(environment, secret, tunnels),
  };
}

/** Where relative paths of its settings start. */
export function directoryFor({ folder }: Environment): string {
  if (folder !== undefined) return vscode.Uri.parse(folder).fsPath;
  return vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? process.cwd();
}
