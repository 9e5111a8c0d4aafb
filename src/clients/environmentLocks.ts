import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Disposable } from '../core/disposable.ts';
import { placeOfStore } from '../core/environment/fieldHost.ts';
import type { Environment } from '../core/environment/environment.ts';
import type { OperationLocks } from '../core/operations/ports.ts';
import { acquireLock, ensureFree } from './lockFile.ts';

/**
 * Lock files in `folder`, which all windows share: one for the environment and one for each of its stores, since two
 * folders may name the same servers. `onInterrupted` is told when one is taken over from a program that was killed:
 * nobody will find its lock at the next start any more.
 */
export function environmentLocks(folder: string, onInterrupted?: () => void): OperationLocks {
  const pathsOf = (environment: Environment): readonly string[] =>
    namesOf(environment).map((name) => join(folder, `${hashOf(name)}.lock`));
  return {
    acquire: async (environment, what) => {
      const held: Disposable[] = [];
      const dispose = (): void => {
        for (const one of held.splice(0).toReversed()) one.dispose();
      };
      try {
        for (const path of pathsOf(environment)) {
          held.push(await acquireLock(path, `${what} in ${environment.name}`, onInterrupted));
        }
        return { dispose };
      } catch (error) {
        dispose();
        throw error;
      }
    },
    ensureFree: async (environment) => {
      for (const path of pathsOf(environment)) await ensureFree(path);
    },
  };
}

function namesOf({ id, settings }: Environment): readonly string[] {
  const stores = (['redis', 'qdrant'] as const).flatMap((store) => {
    const place = placeOfStore(settings, store);
    return place === '' ? [] : [`${store} ${place}`];
  });
  return [id, ...stores];
}

function hashOf(name: string): string {
  return createHash('sha256').update(name).digest('hex').slice(0, 24);
}
