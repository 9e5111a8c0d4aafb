import { access } from 'node:fs/promises';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { readComposeService } from '../core/checks/composeFile.ts';
import { interpolate, parseDotenv } from '../core/checks/dotenv.ts';
import type { VariablePlace } from '../core/checks/variables.ts';
import { OpsError } from '../core/errors.ts';
import { readTextFile } from './files.ts';

const largestFileBytes = 1024 * 1024;

/** The variables of a `.env` file. Throws OpsError `file` where it cannot be read. */
export async function readEnvFile(path: string): Promise<ReadonlyMap<string, string>> {
  return parseDotenv((await readTextFile(path, largestFileBytes)).text);
}

/** The variables of this process: of the editor's extension host. */
export function processVariables(): ReadonlyMap<string, string> {
  return new Map(Object.entries(process.env).filter((pair): pair is [string, string] => pair[1] !== undefined));
}

export interface ComposeProject {
  /** Where relative paths start. */
  readonly directory: string;
  /** Undefined: Compose's own default names. */
  readonly files: readonly string[] | undefined;
  /** What Compose fills `${NAME}` from; undefined: `.env` beside the first file. */
  readonly envFile: string | undefined;
  readonly services: readonly string[];
}

/**
 * The environment each service is created with, as the Compose files say it: `env_file` in order, then `environment`.
 * Reads files only; nothing is asked of Docker, so what runs may be older. Throws OpsError `file`.
 */
export async function readComposeVariables(project: ComposeProject): Promise<readonly VariablePlace[]> {
  const paths = await composePaths(project);
  const folder = dirname(paths[0] ?? project.directory);
  const known = await interpolationValues(project, folder);
  const { parse } = await import('yaml');
  const files: unknown[] = [];
  for (const path of paths) files.push(parsed(parse, path, (await readTextFile(path, largestFileBytes)).text));
  const places: VariablePlace[] = [];
  for (const name of project.services) {
    const service = readComposeService(files, name, (one) => known.get(one));
    if (service === undefined)
      throw new OpsError('file', `${paths.join(' and ')} ${paths.length > 1 ? 'have' : 'has'} no service ${name}.`, {
        next: 'Correct target.services in the environment’s settings.',
      });
    const values = new Map<string, string>();
    for (const { path, required } of service.envFiles) {
      const file = resolve(folder, path);
      if (!required && !(await exists(file))) continue;
      for (const [key, value] of await readEnvFile(file)) values.set(key, value);
    }
    for (const [key, value] of service.environment) {
      const found = value ?? known.get(key);
      if (found === undefined) values.delete(key);
      else values.set(key, found);
    }
    places.push({ name: `service ${name}`, values });
  }
  return places;
}

function parsed(
  parse: (text: string, options: { readonly merge: boolean }) => unknown,
  path: string,
  text: string,
): unknown {
  try {
    return parse(text, { merge: true });
  } catch (cause) {
    const [reason = ''] = (cause instanceof Error ? cause.message : String(cause)).split('\n');
    throw new OpsError('file', `${path} cannot be read: ${reason}`, { cause, next: 'Correct it first.' });
  }
}

const defaultNames = ['compose.yaml', 'compose.yml', 'docker-compose.yaml', 'docker-compose.yml'];

export async function composePaths({
  directory,
  files,
}: Pick<ComposeProject, 'directory' | 'files'>): Promise<readonly string[]> {
  if (files !== undefined) return files.map((file) => within(directory, file));
  for (const name of defaultNames) {
    const path = join(directory, name);
    if (await exists(path)) return [path];
  }
  throw new OpsError('file', `${directory} has no Compose file (${defaultNames.join(', ')}).`, {
    next: 'Name it in target.files of the environment’s settings.',
  });
}

/** The process wins over the file, as in Compose. */
async function interpolationValues(
  { envFile, directory }: ComposeProject,
  folder: string,
): Promise<ReadonlyMap<string, string>> {
  const path = envFile === undefined ? join(folder, '.env') : within(directory, envFile);
  const fromFile = envFile !== undefined || (await exists(path)) ? await readEnvFile(path) : new Map<string, string>();
  return new Map([...fromFile, ...processVariables()]);
}

/** A path of the settings: relative ones start at `directory`, `~` is the user's home. */
export function within(directory: string, path: string): string {
  const home = process.env['HOME'] ?? process.env['USERPROFILE'] ?? '';
  const expanded = interpolate(path.replace(/^~(?=[/\\]|$)/, home), (name) => process.env[name]);
  return isAbsolute(expanded) ? expanded : join(directory, expanded);
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
