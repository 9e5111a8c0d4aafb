import type { Node } from 'jsonc-parser';
import { OpsError } from '../errors.ts';
import type { TextEdit } from './jsonInsert.ts';
import { insertProperty } from './jsonInsert.ts';
import { indentationAt, layoutOf, writeJson } from './jsonLayout.ts';
import type { EnvironmentInput } from './schema.ts';
import { formatPath } from './settingPath.ts';
import type { SettingPath } from './settingPath.ts';
import { keysToSetting, parseStrictly, propertyOf, valueOf } from './settingsText.ts';
import type { SettingsScope } from './settingsText.ts';

export type { TextEdit } from './jsonInsert.ts';

/**
 * Edits that add an environment at the end of `cacheOps.environments`, which is created where it is not there yet. Keeps
 * comments, indentation, trailing commas and line ends. Throws OpsError `settings` when the text is not valid JSON or has
 * something else in the setting's place, `conflict` when there is an environment of that name.
 */
export function addEnvironmentEdits(
  settingsText: string,
  scope: SettingsScope,
  name: string,
  settings: EnvironmentInput,
): readonly TextEdit[] {
  const setting = keysToSetting(scope).reduce<Node | undefined>(
    (node, key) => valueOf(propertyOf(node, key)),
    parseStrictly(settingsText),
  );
  if (propertyOf(setting, name) !== undefined) {
    throw new OpsError('conflict', `${formatPath([name])} is there already. Nothing was written.`, {
      next: 'Choose another name.',
    });
  }
  return replaceValueEdits(settingsText, scope, [name], settings);
}

/**
 * Edits that give the setting at `path` (below `cacheOps.environments`) a value: its old one is replaced, a missing one
 * is added with the objects around it. Keeps the same as `addEnvironmentEdits`, and throws the same OpsError `settings`.
 */
export function replaceValueEdits(
  settingsText: string,
  scope: SettingsScope,
  path: SettingPath,
  value: unknown,
): readonly TextEdit[] {
  const root = parseStrictly(settingsText);
  const layout = layoutOf(settingsText);
  const keys = [...keysToSetting(scope), ...path];
  if (root === undefined) {
    const before = settingsText.trim() === '' || /[\r\n]\s*$/.test(settingsText) ? '' : layout.lineEnd;
    const content = `${before}${writeJson(nest(keys, value), layout, '')}${layout.lineEnd}`;
    return [{ offset: settingsText.length, length: 0, content }];
  }
  let object = root;
  for (const [index, key] of keys.entries()) {
    requireContainer(object, key, keys.slice(0, index));
    const inner = valueOf(propertyOf(object, key));
    if (inner === undefined)
      return insertProperty(settingsText, object, String(key), nest(keys.slice(index + 1), value));
    object = inner;
  }
  const content = writeJson(value, layout, indentationAt(settingsText, object.offset));
  return [{ offset: object.offset, length: object.length, content }];
}

/** Applies edits as the editor would. */
export function applyTextEdits(text: string, edits: readonly TextEdit[]): string {
  return edits
    .toSorted((a, b) => b.offset - a.offset)
    .reduce(
      (result, { offset, length, content }) => result.slice(0, offset) + content + result.slice(offset + length),
      text,
    );
}

function nest(keys: SettingPath, value: unknown): unknown {
  return keys.reduceRight<unknown>((inner, key) => ({ [key]: inner }), value);
}

function requireContainer(node: Node, key: string | number, keys: SettingPath): void {
  if (node.type === 'object' || (node.type === 'array' && propertyOf(node, key) !== undefined)) return;
  const where = keys.length === 0 ? 'The settings file' : `“${keys.join('.')}” in the settings file`;
  throw new OpsError('settings', `${where} is not an object in braces. Nothing was written.`, {
    next: 'Correct it there, then try again.',
  });
}
