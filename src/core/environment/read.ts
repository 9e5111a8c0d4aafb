import type * as z from 'zod/mini';
import type { Environment, EnvironmentSet, SettingProblem } from './environment.ts';
import { describeFound } from './found.ts';
import { schemaProblems } from './problems.ts';
import { environmentSchema } from './schema.ts';
import { secretProblems } from './secretProblems.ts';
import { formatPath } from './settingPath.ts';
import { tierOf } from './tier.ts';

/**
 * Reads the value of `cacheOps.environments` of one scope. Never throws: what is wrong comes back as problems, and one
 * wrong environment does not spoil the others. `folder` is the URI of the workspace folder, undefined for the user's
 * settings and a workspace file. `owner` tells apart what has the same name: by default the folder, or "user". No message
 * contains a secret.
 */
export function readEnvironments(raw: unknown, folder: string | undefined, owner = folder ?? 'user'): EnvironmentSet {
  if (raw === undefined) return { environments: [], invalid: [], problems: [] };
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) {
    const message = `${formatPath([])} is ${describeFound([], raw, 'kind')}: expected an object of environments by name.`;
    return { environments: [], invalid: [], problems: [{ path: [], message, severity: 'error', code: 'wrongType' }] };
  }
  const read = Object.entries(raw).map(([name, value]) => ({ name, ...readEnvironment(name, value, folder, owner) }));
  return {
    environments: read.flatMap(({ environment }) => environment ?? []),
    invalid: read.flatMap(({ name, environment, problems }) => (environment === undefined ? { name, problems } : [])),
    problems: read.flatMap(({ problems }) => problems),
  };
}

interface ReadOne {
  readonly environment: Environment | undefined;
  readonly problems: readonly SettingProblem[];
}

function readEnvironment(name: string, raw: unknown, folder: string | undefined, owner: string): ReadOne {
  const parsed = environmentSchema.safeParse(raw, { error: expectedType });
  const problems = [
    ...nameProblems(name),
    ...withoutEchoes(
      parsed.success ? [] : schemaProblems(parsed.error.issues, raw, [name]),
      secretProblems(raw, [name]),
    ),
  ];
  if (!parsed.success || problems.some(({ severity }) => severity === 'error'))
    return { environment: undefined, problems };
  const settings = parsed.data;
  return { environment: { id: `${owner}#${name}`, name, folder, ...tierOf(settings), settings }, problems };
}

/** A misplaced reference also breaks the form of an address, and an unknown key has no right form: one sentence each. */
function withoutEchoes(
  schema: readonly SettingProblem[],
  secrets: readonly SettingProblem[],
): readonly SettingProblem[] {
  const unknown = new Set(schema.filter(({ code }) => code === 'unknownKey').map(({ path }) => formatPath(path)));
  const heard = secrets.filter(({ path, severity }) => severity === 'warning' || !unknown.has(formatPath(path)));
  const misplaced = new Set(heard.filter(({ severity }) => severity === 'error').map(({ path }) => formatPath(path)));
  return [...schema.filter(({ path }) => !misplaced.has(formatPath(path))), ...heard];
}

/** The name is typed to confirm what cannot be undone, so it must be possible to type it. */
function nameProblems(name: string): readonly SettingProblem[] {
  if (namePattern.test(name)) return [];
  const message = `${formatPath([name])} has an impossible name: expected visible characters, without spaces at either end.`;
  return [{ path: [name], message, severity: 'error', code: 'invalidValue' }];
}

export const namePattern = /^[^\s\p{C}]([^\p{C}]*[^\s\p{C}])?$/u;

/** Completes "… is 5: expected" where a schema has no words of its own. */
function expectedType(issue: z.core.$ZodRawIssue): string {
  if (issue['expected'] === 'object' || issue['expected'] === 'record') return 'an object in braces';
  return issue['expected'] === 'array' ? 'a list in brackets' : 'something else';
}
