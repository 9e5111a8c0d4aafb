import { parseTree, printParseErrorCode } from 'jsonc-parser';
import type { Node, ParseError } from 'jsonc-parser';
import { OpsError } from '../errors.ts';
import { settingName } from './settingPath.ts';

/** What kind of file the text is: settings.json, or a .code-workspace file, where settings stand below `settings`. */
export type SettingsScope = 'settings' | 'workspaceFile';

/** The keys that lead to the environments in a file of this kind. */
export function keysToSetting(scope: SettingsScope): readonly string[] {
  return scope === 'settings' ? [settingName] : ['settings', settingName];
}

/** The syntax tree, as far as it can be read; undefined for a text without a value. Also for invalid JSON. */
export function readTree(text: string): Node | undefined {
  return parseTree(blankByteOrderMark(text), [], { allowTrailingComma: true, allowEmptyContent: true });
}

/** The syntax tree of valid JSON with comments; throws OpsError `settings` that names line and column otherwise. */
export function parseStrictly(text: string, file = 'The settings file'): Node | undefined {
  const errors: ParseError[] = [];
  const tree = parseTree(blankByteOrderMark(text), errors, { allowTrailingComma: true, allowEmptyContent: true });
  const [first] = errors;
  if (first === undefined) return tree;
  const { line, column } = positionOf(text, first.offset);
  const what = faults[printParseErrorCode(first.error)] ?? 'something is wrong';
  throw new OpsError(
    'settings',
    `${file} is not valid JSON: in line ${line}, column ${column}, ${what}. Nothing was written.`,
    {
      next: 'Correct it there, then try again.',
    },
  );
}

/** The last property of that name: of two equal ones, JSON keeps the last. */
export function propertyOf(object: Node | undefined, key: string | number): Node | undefined {
  if (object?.type === 'array') return typeof key === 'number' ? object.children?.[key] : undefined;
  return propertiesOf(object).findLast((property) => property.children?.[0]?.value === String(key));
}

export function propertiesOf(object: Node | undefined): readonly Node[] {
  return object?.type === 'object' ? (object.children ?? []) : [];
}

/** The value of a property; an element of an array is its own. */
export function valueOf(node: Node | undefined): Node | undefined {
  return node?.type === 'property' ? node.children?.[1] : node;
}

/** Line and column, both from 1. */
export function positionOf(text: string, offset: number): { readonly line: number; readonly column: number } {
  const lines = text.slice(0, offset).split(/\r\n|\r|\n/);
  return { line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1 };
}

/** The parser does not know it; a space keeps every offset. */
function blankByteOrderMark(text: string): string {
  return text.startsWith('\uFEFF') ? ` ${text.slice(1)}` : text;
}

const faults: Readonly<Record<string, string>> = {
  InvalidSymbol: 'there is a word that is not JSON',
  InvalidNumberFormat: 'a number is malformed',
  PropertyNameExpected: 'a name in double quotes is missing',
  ValueExpected: 'a value is missing',
  ColonExpected: 'a colon is missing',
  CommaExpected: 'a comma is missing',
  CloseBraceExpected: 'a closing brace is missing',
  CloseBracketExpected: 'a closing bracket is missing',
  EndOfFileExpected: 'the file should have ended',
  UnexpectedEndOfComment: 'a comment is not closed',
  UnexpectedEndOfString: 'a text is not closed',
};
