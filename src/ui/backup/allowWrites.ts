import * as vscode from 'vscode';
import { RedisWriteStates } from '../../clients/backup/writeStates.ts';
import { AllowWrites } from '../../core/backup/allowWrites.ts';
import type { Environment } from '../../core/environment/environment.ts';
import { isForFailedSave } from '../../core/health/redisPersistence.ts';
import type { Services } from '../../services.ts';
import { commands } from '../ids.ts';
import { storesOf } from './make.ts';

/** Has the primaries take writes again that refuse them since a save failed, or shows what that would be. */
export async function beginAllowWrites(services: Services, environment: Environment, dry: boolean): Promise<void> {
  const operations = await services.operations();
  await operations[dry ? 'dryRun' : 'run'](makeAllowWrites(services, environment));
}

export function makeAllowWrites(services: Services, environment: Environment): AllowWrites {
  return new AllowWrites(environment, new RedisWriteStates(storesOf(services, environment)));
}

/** Offers it where a snapshot that failed has stopped writes. Who refuses is asked: why a step failed does not say. */
export async function offerToAllowWrites(services: Services, environment: Environment): Promise<void> {
  const states = new RedisWriteStates(storesOf(services, environment));
  try {
    const found = await states.read(AbortSignal.timeout(5_000));
    const refusing = found.filter(({ refusal }) => refusal !== undefined && isForFailedSave(refusal));
    if (refusing.length === 0) return;
    const who = refusing.map(({ address }) => address).join(', ');
    const allow = 'Allow Writes…';
    const message = `Redis of ${environment.name} refuses every write since its save failed: ${who}.`;
    if ((await vscode.window.showErrorMessage(message, allow)) !== allow) return;
    await vscode.commands.executeCommand(commands.allowWrites, { kind: 'environment', environment });
  } catch (error) {
    services.log.warn(`Whether writes are refused since the save failed could not be asked: ${String(error)}`);
  } finally {
    states.close();
  }
}
