import { hostname } from 'node:os';
import * as vscode from 'vscode';
import { systemClock } from '../../core/clock.ts';
import type { Environment } from '../../core/environment/environment.ts';
import type { Fleet } from '../../core/health/fleet.ts';
import type { ServiceIdentity } from '../../core/operations/identity.ts';
import type { Plan } from '../../core/operations/plan.ts';
import { planOfCommands } from '../../core/run/changePlan.ts';
import type { CommandToConfirm } from '../../core/run/host.ts';
import { lastBackup } from '../backup/last.ts';

/** The commands of a checklist that change something, as the journal keeps a plan. */
export async function planOfChange(
  title: string,
  commands: readonly CommandToConfirm[],
  { environment, document, fleet }: { environment: Environment; document: vscode.Uri; fleet: Fleet },
): Promise<Plan> {
  const redis = redisOf(environment, fleet);
  return planOfCommands(title, commands, {
    environment,
    document: vscode.workspace.asRelativePath(document),
    identities: [thisMachine(), ...redis],
    // A shelf that cannot be read keeps nobody from running a command.
    lastBackup: await lastBackup(environment, redis).catch(() => undefined),
    clock: systemClock,
  });
}

function thisMachine(): ServiceIdentity {
  return { service: 'Shell', address: hostname(), marks: {} };
}

/** As it was last read; a command may well reach another one. */
function redisOf(environment: Environment, fleet: Fleet): readonly ServiceIdentity[] {
  const sample = fleet.redisOf(environment)?.sample;
  if (!sample) return [];
  const { address, info } = sample;
  return [{ service: 'Redis', address, marks: info?.run_id === undefined ? {} : { 'run id': info.run_id } }];
}
