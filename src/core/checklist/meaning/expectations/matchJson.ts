import { OpsError } from '../../../errors.ts';
import type { JsonPattern } from './types.ts';

/** The first difference between a value and a pattern, as a phrase with its path; undefined where it matches. */
export function jsonMismatch(pattern: JsonPattern, value: unknown, path = 'the answer'): string | undefined {
  switch (pattern.kind) {
    case 'any':
      return undefined;
    case 'value':
      return isSame(pattern.value, value) ? undefined : `${path} is ${shown(value)}, expected ${shown(pattern.value)}`;
    case 'like':
      return typeof value === pattern.type ? undefined : `${path} is ${shown(value)}, expected a ${pattern.type}`;
    case 'array':
      return arrayMismatch(pattern, value, path);
    case 'object':
      return objectMismatch(pattern, value, path);
  }
}

function isSame(expected: unknown, value: unknown): boolean {
  if (typeof expected !== 'string' || typeof value !== 'string') return expected === value;
  return expected.trim().toLowerCase() === value.trim().toLowerCase();
}

function arrayMismatch(pattern: JsonPattern & { kind: 'array' }, value: unknown, path: string): string | undefined {
  if (!Array.isArray(value)) return `${path} is ${shown(value)}, expected a list`;
  const list: readonly unknown[] = value;
  if (pattern.more) {
    const missing = pattern.elements.find((element) => list.every((one) => jsonMismatch(element, one) !== undefined));
    return missing === undefined ? undefined : `${path} holds none that is ${describe(missing)}`;
  }
  if (list.length !== pattern.elements.length)
    return `${path} has ${list.length} elements, expected ${pattern.elements.length}`;
  return first(pattern.elements.map((element, index) => jsonMismatch(element, list[index], `${path}[${index}]`)));
}

/** More fields than named are accepted, but not where the document says that there are none. */
function objectMismatch(pattern: JsonPattern & { kind: 'object' }, value: unknown, path: string): string | undefined {
  if (!isObject(value)) return `${path} is ${shown(value)}, expected an object`;
  const count = Object.keys(value).length;
  if (pattern.fields.length === 0 && !pattern.more && count > 0) return `${path} has ${count} fields, expected none`;
  return first(
    pattern.fields.map(({ key, pattern: field }) =>
      Object.hasOwn(value, key) ? jsonMismatch(field, value[key], `"${key}"`) : `"${key}" is missing`,
    ),
  );
}

/** The pattern matches the value or something in it. */
export function matchesAnywhere(pattern: JsonPattern, value: unknown): boolean {
  const waiting: unknown[] = [value];
  for (let seen = 0; waiting.length > 0; seen++) {
    if (seen > 1_000_000) throw new OpsError('protocol', 'The answer is too large to be searched.');
    const next = waiting.pop();
    if (jsonMismatch(pattern, next) === undefined) return true;
    if (Array.isArray(next)) for (const one of next) waiting.push(one);
    else if (isObject(next)) waiting.push(...Object.values(next));
  }
  return false;
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function first(mismatches: readonly (string | undefined)[]): string | undefined {
  return mismatches.find((mismatch) => mismatch !== undefined);
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'missing';
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

function describe(pattern: JsonPattern): string {
  return pattern.kind === 'value' ? shown(pattern.value) : 'as expected';
}

/** A pattern as lines, for showing it beside what came out. */
export function patternLines(pattern: JsonPattern, indent = ''): readonly string[] {
  switch (pattern.kind) {
    case 'any':
      return ['...'];
    case 'value':
      return [JSON.stringify(pattern.value)];
    case 'like':
      return [pattern.type === 'number' ? '<number>' : '<text>'];
    case 'array':
      return bracketed(
        '[',
        ']',
        pattern.elements.map((element) => patternLines(element, `${indent}  `)),
        pattern.more,
        indent,
      );
    case 'object': {
      const fields = pattern.fields.map(({ key, pattern: field }) => {
        const [head = '', ...rest] = patternLines(field, `${indent}  `);
        return [`${JSON.stringify(key)}: ${head}`, ...rest];
      });
      return bracketed('{', '}', fields, pattern.more, indent);
    }
  }
}

function bracketed(
  open: string,
  close: string,
  parts: readonly (readonly string[])[],
  more: boolean,
  indent: string,
): readonly string[] {
  const all = more ? [...parts, ['...']] : parts;
  if (all.length === 0) return [open + close];
  const lines = all.flatMap(([head = '', ...rest], index) => {
    const comma = index < all.length - 1 ? ',' : '';
    const own = [`${indent}  ${head}`, ...rest];
    return [...own.slice(0, -1), `${own.at(-1) ?? ''}${comma}`];
  });
  return [open, ...lines, indent + close];
}
