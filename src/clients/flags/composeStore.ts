import { dirname, resolve } from 'node:path';
import { parse } from 'yaml';
import { readComposeService } from '../../core/checks/composeFile.ts';
import { explain, OpsError } from '../../core/errors.ts';
import { composeSource } from '../../core/flags/composeFlag.ts';
import { dotenvFlag } from '../../core/flags/dotenvFlag.ts';
import type { FlagStore } from '../../core/flags/target.ts';
import { valueWords } from '../../core/flags/target.ts';
import { composePaths, readComposeVariables, within } from '../envFile.ts';
import { readTextFile } from '../files.ts';
import type { Compose } from './compose.ts';
import { changedMeanwhile, fileStore } from './fileStore.ts';

const largestBytes = 1024 * 1024;

/**
 * A variable of Compose services, changed where it comes from: a value in a Compose file, the `.env` that references are
 * filled from, or an `env_file`. That Compose then makes of it what was wanted is asked of Compose itself.
 */
export function composeStore(compose: Compose, name: string): FlagStore {
  const { services } = compose.target;
  const where = `Compose ${services.length === 1 ? 'service' : 'services'} ${services.join(', ')}`;
  const read = (): Promise<string | undefined> => readDesired(compose, name, where);
  return {
    where,
    rollsOut: false,
    inspect: (signal) => inspect(compose, name, where, signal),
    read,
    write: async ({ expected, value }, signal) => {
      const found = await read();
      if (found !== expected) throw changedMeanwhile(where, expected, found);
      const sources = await sourcesOf(compose, name);
      const before = await Promise.all(sources.map((source) => source.read(signal)));
      for (const [index, source] of sources.entries()) await source.write({ expected: before[index], value }, signal);
      await confirm(compose, name, value, signal);
    },
    commands: (value) => [`${name}=${value ?? ''}   # where ${where} takes it from`],
  };
}

async function inspect(
  compose: Compose,
  name: string,
  where: string,
  signal: AbortSignal,
): ReturnType<FlagStore['inspect']> {
  try {
    await compose.find(signal);
    await readDesired(compose, name, where);
    const found = await Promise.all((await sourcesOf(compose, name)).map((source) => source.inspect(signal)));
    return { obstacles: found.flatMap(({ obstacles }) => obstacles), warnings: [] };
  } catch (error) {
    if (signal.aborted) throw error;
    return { obstacles: [explain(error)], warnings: [] };
  }
}

async function readDesired(compose: Compose, name: string, where: string): Promise<string | undefined> {
  const { directory, target } = compose;
  const { files, envFile, services } = target;
  const places = await readComposeVariables({ directory, files, envFile, services });
  const values = [...new Set(places.map(({ values: found }) => found.get(name)))];
  if (values.length <= 1) return values[0];
  throw new OpsError('conflict', `${where} disagree on ${name}: ${values.map((one) => valueWords(one)).join(', ')}.`, {
    next: 'Bring them in line in the Compose file, or name one service in target.services.',
  });
}

/** Each place once, however many services take the variable from it. */
async function sourcesOf(compose: Compose, name: string): Promise<readonly FlagStore[]> {
  const { directory, target } = compose;
  const paths = await composePaths({ directory, files: target.files });
  const files = await Promise.all(
    paths.map(async (path) => ({ path, text: (await readTextFile(path, largestBytes)).text })),
  );
  const folder = dirname(paths[0] ?? directory);
  const envFile = target.envFile === undefined ? resolve(folder, '.env') : within(directory, target.envFile);
  const stores = new Map<string, FlagStore>();
  const says = (value: string | undefined): string => `${name}=${value ?? ''}`;
  const add = (path: string, key: string, flag: Parameters<typeof fileStore>[0]['flag']): void => {
    stores.set(`${path} ${key}`, fileStore({ path, where: path, flag, says }));
  };
  for (const service of target.services) {
    const source = composeSource(files, service, name);
    if (source?.kind === 'literal') add(source.path, `${service}.${name}`, source.flag);
    else if (source?.kind === 'reference') {
      refuseOverride(source.variable, envFile);
      add(envFile, source.variable, dotenvFlag(source.variable));
    } else add(await envFileOf(files, service, name, folder), name, dotenvFlag(name));
  }
  return [...stores.values()];
}

/** Compose prefers what the process has been started with. */
function refuseOverride(variable: string, envFile: string): void {
  if (process.env[variable] === undefined) return;
  throw new OpsError(
    'conflict',
    `${variable} is set in the environment of the editor, which Compose prefers to ${envFile}.`,
    {
      next: 'Unset it and start the editor anew.',
    },
  );
}

async function envFileOf(
  files: readonly { readonly path: string; readonly text: string }[],
  service: string,
  name: string,
  folder: string,
): Promise<string> {
  const parsed: unknown[] = files.map(({ text }) => parse(text, { merge: true }));
  const listed = readComposeService(parsed, service, (one) => process.env[one])?.envFiles ?? [];
  const paths = listed.map(({ path }) => resolve(folder, path)).toReversed();
  for (const path of paths) {
    const text = await readTextFile(path, largestBytes).catch(() => undefined);
    if (text !== undefined && dotenvFlag(name).valueOf(text.text) !== undefined) return path;
  }
  const [last] = paths;
  if (last !== undefined) return last;
  throw new OpsError('conflict', `${name} does not reach service ${service}: no Compose file hands it on.`, {
    next: `Add it to the service, for example as environment: { ${name}: "\${${name}:-0}" }.`,
  });
}

async function confirm(compose: Compose, name: string, value: string | undefined, signal: AbortSignal): Promise<void> {
  for (const service of compose.target.services) {
    const found = (await compose.environmentOf(service, signal))[name] ?? undefined;
    if (found === value) continue;
    throw new OpsError(
      'conflict',
      `The files were changed, but Compose gives service ${service} ${name} as ${valueWords(found)}.`,
      {
        next: `Look at “${compose.args('config', service).join(' ')}”.`,
      },
    );
  }
}
