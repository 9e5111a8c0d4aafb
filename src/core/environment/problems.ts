import type * as z from 'zod/mini';
import type { SettingProblem } from './environment.ts';
import { describeFound } from './found.ts';
import { knownKeys } from './knownKeys.ts';
import { nearest } from './nearest.ts';
import { formatPath, valueAt } from './settingPath.ts';
import type { SettingPath } from './settingPath.ts';

type Issue = z.core.$ZodIssue;

/** What the schema found wrong with one environment, in whole sentences. `at` is the path of the environment. */
export function schemaProblems(issues: readonly Issue[], raw: unknown, at: SettingPath): readonly SettingProblem[] {
  const flat = issues.flatMap((issue) => flatten(issue, []));
  const unknown = flat.flatMap((issue) => (issue.code === 'unrecognized_keys' ? unknownKeys(issue, raw, at) : []));
  // A misspelled key explains why the right one is missing.
  const explained = new Set(unknown.map(({ meant }) => meant));
  const others = flat
    .filter((issue) => issue.code !== 'unrecognized_keys')
    .map((issue) => fieldProblem(issue, raw, at))
    .filter(({ code, path }) => code !== 'missing' || !explained.has(formatPath(path)));
  return [...unknown.map(({ problem }) => problem), ...others];
}

/** Inside a union, the faults of the member that was meant. */
function flatten(issue: Issue, above: SettingPath): readonly Issue[] {
  const path = [...above, ...belowOf(issue)];
  if (issue.code === 'invalid_union') {
    const meant = issue.errors.find(
      (list) => !list.some(({ code, path: own }) => code === 'invalid_type' && own.length === 0),
    );
    if (meant !== undefined && meant.length > 0) return meant.flatMap((inner) => flatten(inner, path));
  }
  return [{ ...issue, path }];
}

/** Settings come from JSON: no key is a symbol. */
function belowOf(issue: Issue): SettingPath {
  return issue.path.map((key) => (typeof key === 'symbol' ? String(key) : key));
}

function unknownKeys(issue: z.core.$ZodIssueUnrecognizedKeys, raw: unknown, at: SettingPath) {
  const parent = belowOf(issue);
  const known = knownKeys(parent, raw);
  return issue.keys.map((key) => {
    const meant = nearest(key, known);
    const path = [...at, ...parent, key];
    const advice = meant === undefined ? `Expected one of ${known.join(', ')}.` : `Did you mean "${meant}"?`;
    const message = `${formatPath(path)} is not a known setting. ${advice}`;
    const problem: SettingProblem = { path, message, severity: 'error', code: 'unknownKey' };
    return { problem, meant: meant === undefined ? undefined : formatPath([...at, ...parent, meant]) };
  });
}

function fieldProblem(issue: Issue, raw: unknown, at: SettingPath): SettingProblem {
  const below = belowOf(issue);
  const path = [...at, ...below];
  const value = valueAt(raw, below);
  const problem = (code: SettingProblem['code'], found: string, expected: string): SettingProblem => ({
    path,
    message: `${formatPath(path)} ${found}: expected ${expected}.`,
    severity: 'error',
    code,
  });
  if (value === undefined) return problem('missing', 'is missing', issue.message);
  if (issue.code === 'invalid_key') {
    return problem('invalidValue', 'has an impossible name', issue.issues[0]?.message ?? issue.message);
  }
  const wrongType = issue.code === 'invalid_type' || (issue.code === 'invalid_union' && issue.errors.length > 0);
  const show = wrongType && typeof value === 'string' ? 'kind' : 'value';
  return problem(wrongType ? 'wrongType' : 'invalidValue', `is ${describeFound(below, value, show)}`, issue.message);
}
