import { interpolate } from './dotenv.ts';

/** What a Compose file says about one service's environment. */
export interface ComposeService {
  /** Undefined: handed through from where Compose runs. */
  readonly environment: ReadonlyMap<string, string | undefined>;
  /** In order; a later file wins. */
  readonly envFiles: readonly { readonly path: string; readonly required: boolean }[];
}

/**
 * Reads a service from parsed Compose files, a later file adding to and winning over an earlier one. `valueOf` answers
 * `${NAME}` references. Undefined where no file has the service.
 */
export function readComposeService(
  files: readonly unknown[],
  service: string,
  valueOf: (name: string) => string | undefined,
): ComposeService | undefined {
  const found = files.flatMap((file) => field(field(file, 'services'), service) ?? []);
  if (found.length === 0) return undefined;
  const environment = new Map<string, string | undefined>();
  const envFiles: ComposeService['envFiles'][number][] = [];
  for (const one of found) {
    for (const [name, value] of entriesOf(field(one, 'environment')))
      environment.set(name, value === undefined ? undefined : unescape(interpolate(value, valueOf)));
    for (const file of listOf(field(one, 'env_file'))) {
      const path = typeof file === 'string' ? file : field(file, 'path');
      if (typeof path === 'string')
        envFiles.push({ path: interpolate(path, valueOf), required: field(file, 'required') !== false });
    }
  }
  return { environment, envFiles };
}

/** `{ NAME: value }` or `[NAME=value, NAME]`. */
function entriesOf(value: unknown): readonly (readonly [string, string | undefined])[] {
  if (Array.isArray(value)) {
    return value.flatMap((one: unknown) => {
      const match = typeof one === 'string' ? /^([^=]+)(?:=([\s\S]*))?$/.exec(one) : null;
      return match === null ? [] : [[match[1] ?? '', match[2]] as const];
    });
  }
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).map(([name, one]) => [name, one === null ? undefined : String(one)] as const);
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : value === undefined || value === null ? [] : [value];
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? Object.entries(value).find(([key]) => key === name)?.[1]
    : undefined;
}

function unescape(text: string): string {
  return text.replaceAll('$$', '$');
}
