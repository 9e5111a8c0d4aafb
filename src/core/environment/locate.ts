import type { Node } from 'jsonc-parser';
import type { SettingProblem } from './environment.ts';
import { formatPath } from './settingPath.ts';
import type { SettingPath } from './settingPath.ts';
import { keysToSetting, positionOf, propertiesOf, propertyOf, readTree, valueOf } from './settingsText.ts';
import type { SettingsScope } from './settingsText.ts';

export type { SettingsScope } from './settingsText.ts';

/** A stretch of the settings file, in UTF-16 units. */
export interface TextSpan {
  readonly offset: number;
  readonly length: number;
}

/**
 * Where the setting at `path` (below `cacheOps.environments`) stands in a settings file: its value, or with `part` its
 * key; for an object or list the key in any case, since a whole block underlined says nothing. What is missing is shown
 * at the key of its nearest parent. Undefined when the file does not hold the setting at all. Reads broken JSON as far
 * as it goes.
 */
export function locatePath(
  settingsText: string,
  path: SettingPath,
  scope: SettingsScope,
  part: 'value' | 'key' = 'value',
): TextSpan | undefined {
  const setting = settingIn(settingsText, scope);
  if (setting === undefined) return undefined;
  let found = setting;
  // An element of a list has no key; the list's is shown for it.
  let keyed = setting;
  for (const key of path) {
    const inner = propertyOf(valueOf(found), key);
    if (inner === undefined) return keySpan(keyed);
    found = inner;
    if (inner.type === 'property') keyed = inner;
  }
  const value = valueOf(found);
  const scalar = value !== undefined && value.type !== 'object' && value.type !== 'array';
  return part === 'value' && scalar ? { offset: value.offset, length: value.length } : keySpan(keyed);
}

/** Where to underline a problem: an unknown key or impossible name itself, else the value. */
export function locateProblem(
  settingsText: string,
  problem: SettingProblem,
  scope: SettingsScope,
): TextSpan | undefined {
  const part = problem.code === 'unknownKey' || problem.code === 'duplicateName' ? 'key' : 'value';
  return locatePath(settingsText, problem.path, scope, part);
}

/** Environments whose name is used twice in the file: only the last counts, and what reads settings cannot tell. */
export function findDuplicateNames(settingsText: string, scope: SettingsScope): readonly SettingProblem[] {
  const setting = settingIn(settingsText, scope);
  const linesByName = new Map<string, number[]>();
  for (const { children } of propertiesOf(valueOf(setting))) {
    const [key] = children ?? [];
    if (key === undefined) continue;
    const name = String(key.value);
    linesByName.set(name, [...(linesByName.get(name) ?? []), positionOf(settingsText, key.offset).line]);
  }
  return [...linesByName].flatMap(([name, lines]) => (lines.length > 1 ? [duplicateName(name, lines)] : []));
}

function duplicateName(name: string, lines: readonly number[]): SettingProblem {
  const path = [name];
  const all = `${lines.slice(0, -1).join(', ')} and ${lines.at(-1)}`;
  const message = `${formatPath(path)} is there ${lines.length === 2 ? 'twice' : `${lines.length} times`}, in lines ${all}: expected each name once. Only the one in line ${lines.at(-1)} counts.`;
  return { path, message, severity: 'error', code: 'duplicateName' };
}

function settingIn(settingsText: string, scope: SettingsScope): Node | undefined {
  let found = readTree(settingsText);
  for (const key of keysToSetting(scope)) found = propertyOf(valueOf(found), key);
  return found;
}

function keySpan(node: Node): TextSpan {
  const { offset, length } = node.type === 'property' ? (node.children?.[0] ?? node) : node;
  return { offset, length };
}
