import type { Environment } from '../environment/environment.ts';
import { explain, OpsError } from '../errors.ts';
import type { ApplicationView } from './application.ts';
import type { FlagReading } from './board.ts';
import type { Deployment, FlagStore } from './target.ts';

/** All that a change of flags works with. */
export interface FlagSurroundings {
  readonly environment: Environment;
  /** Throws OpsError where the settings do not say where the flag is kept. */
  readonly store: (name: string) => FlagStore;
  readonly deployment: Deployment | undefined;
  /** Undefined: the settings name no address of the application. */
  readonly application: ApplicationView | undefined;
}

export type FlagSettings = NonNullable<Environment['settings']['flags']>[string];

export function flagOf(environment: Environment, name: string): FlagSettings {
  const flag = environment.settings.flags?.[name];
  if (flag) return flag;
  throw new OpsError('settings', `${environment.name} has no flag ${name}.`, { next: 'Add it to "flags".' });
}

/** What the application runs with. */
export type Effective =
  | { readonly kind: 'known'; readonly value: string | undefined; readonly by: string }
  | { readonly kind: 'unknown'; readonly why: string };

/** The process's own report first, then what its process was started with. Throws `cancelled` only. */
export async function readEffective(
  { environment, application, deployment }: FlagSurroundings,
  name: string,
  signal: AbortSignal,
): Promise<Effective> {
  const flag = environment.settings.flags?.[name];
  const tried: string[] = [];
  const attempt = async (
    by: string,
    read: () => Promise<string | undefined> | undefined,
  ): Promise<Effective | undefined> => {
    try {
      const value = await read();
      if (value !== undefined) return { kind: 'known', value: flag ? likeSetting(flag, value) : value, by };
    } catch (error) {
      if (signal.aborted) throw error;
      tried.push(explain(error));
    }
    return undefined;
  };
  const reported = await attempt('the application', () => application?.reported(name, signal));
  if (reported) return reported;
  const started = await attempt(deployment?.where ?? '', () => deployment?.effective?.(name, signal));
  if (started) return started;
  const why = tried[0] ?? 'neither the application nor its target says what it runs with';
  return { kind: 'unknown', why };
}

/** An application may say true where the setting says 1. */
function likeSetting({ on, off }: FlagSettings, value: string): string {
  if (value === on || value === off) return value;
  const yes = /^(?:1|true|yes|on|enabled)$/i;
  const no = /^(?:0|false|no|off|disabled)$/i;
  if (yes.test(value) && yes.test(on)) return on;
  if (no.test(value) && no.test(off)) return off;
  return value;
}

/** A flag as it is now: where it is kept and what the application runs with. Throws `cancelled` only. */
export async function readFlag(
  surroundings: FlagSurroundings,
  name: string,
  signal: AbortSignal,
): Promise<FlagReading> {
  const [kept, effective] = await Promise.all([
    readDesired(surroundings, name, signal),
    readEffective(surroundings, name, signal),
  ]);
  return { name, ...kept, effective };
}

async function readDesired(
  { store }: FlagSurroundings,
  name: string,
  signal: AbortSignal,
): Promise<Pick<FlagReading, 'where' | 'desired'>> {
  let where: string | undefined;
  try {
    const opened = store(name);
    where = opened.where;
    return { where, desired: { kind: 'known', value: await opened.read(signal) } };
  } catch (error) {
    return { where, desired: { kind: 'unknown', why: explain(error) } };
  }
}
