import { findNodeAtLocation } from 'jsonc-parser';
import { isAlias, isMap, isPair, isScalar, isSeq, LineCounter, parseAllDocuments } from 'yaml';
import type { Document, Scalar } from 'yaml';
import { parseStrictly } from '../environment/settingsText.ts';
import { OpsError } from '../errors.ts';
import type { TextFlag } from './textFlag.ts';

/**
 * A key of a YAML or JSON file; `key` leads inwards with dots. Only the value's own characters change, and it keeps its
 * type: a text stays a text, a number or `true` stays one. Other kinds of file are an OpsError that says what to use.
 */
export function keyFlag(file: string, key: string): TextFlag {
  const path = key.split('.');
  const locate = /\.(json|jsonc|json5)$/i.test(file) ? inJson : /\.ya?ml$/i.test(file) ? inYaml : undefined;
  if (locate === undefined)
    throw new OpsError('settings', `${file} is neither YAML nor JSON, so the key ${key} cannot be set in it.`, {
      next: 'Use “line” instead of “key”, or commands.',
    });
  return {
    valueOf: (text) => locate(text, path, file)?.value,
    withValue: (text, value) => {
      const found = locate(text, path, file);
      if (found === undefined || value === undefined)
        throw new OpsError('conflict', `${file} has no ${key}; nothing was changed.`, {
          next: 'Add the key to the file first, or correct “key” in the flag’s settings.',
        });
      return text.slice(0, found.start) + found.write(value) + text.slice(found.end);
    },
  };
}

export interface Located {
  readonly value: string;
  readonly start: number;
  readonly end: number;
  write(value: string): string;
}

function inJson(text: string, path: readonly string[], file: string): Located | undefined {
  const root = parseStrictly(text, file);
  const segments = path.map((part) => part);
  const node =
    root &&
    (findNodeAtLocation(root, segments) ??
      findNodeAtLocation(
        root,
        segments.map((part) => numeric(part)),
      ));
  if (node === undefined) return undefined;
  const { offset, length, type } = node;
  if (type === 'object' || type === 'array') throw holdsMore(file, path);
  const isText = type === 'string';
  return {
    value: isText ? String(node.value) : text.slice(offset, offset + length),
    start: offset,
    end: offset + length,
    write: (value) => (isText ? JSON.stringify(value) : literal(value, file, path)),
  };
}

/** Elements of a list are named by their number. */
function numeric(part: string): string | number {
  return /^\d+$/.test(part) ? Number(part) : part;
}

/** The one scalar at `path` of all documents of a YAML text. */
export function inYaml(text: string, path: readonly string[], file: string): Located | undefined {
  const lines = new LineCounter();
  const documents = parseAllDocuments(text, { lineCounter: lines, strict: true, uniqueKeys: true });
  const all: readonly Document[] = Array.isArray(documents) ? documents : [];
  const error = all.flatMap((document) => document.errors)[0];
  if (error !== undefined)
    throw new OpsError(
      'file',
      `${file} cannot be read, line ${lines.linePos(error.pos[0]).line}: ${firstLine(error)}.`,
      {
        cause: error,
        next: 'Correct it first.',
      },
    );
  const found = all.flatMap((document) => nodeAt(document.contents, path) ?? []);
  const [node] = found;
  if (node === undefined) return undefined;
  if (found.length > 1)
    throw new OpsError('conflict', `${file} has ${path.join('.')} in ${found.length} documents.`, {
      next: 'Keep one.',
    });
  if (isAlias(node) || (isScalar(node) && node.anchor !== undefined))
    throw new OpsError(
      'conflict',
      `${path.join('.')} in ${file} is shared by an anchor: other keys would change too.`,
      {
        next: 'Write the value out, or set it by hand.',
      },
    );
  if (!isScalar(node) || !node.range) throw holdsMore(file, path);
  return locatedScalar(text, node, file, path);
}

function locatedScalar(text: string, node: Scalar, file: string, path: readonly string[]): Located {
  const [start = 0, end = start] = node.range ?? [];
  const isText = typeof node.value === 'string';
  if (node.type === 'BLOCK_FOLDED' || node.type === 'BLOCK_LITERAL') throw holdsMore(file, path);
  return {
    value: isText ? String(node.value) : text.slice(start, end),
    start,
    end,
    write: (value) => {
      if (node.type === 'QUOTE_SINGLE') return `'${value.replaceAll("'", "''")}'`;
      if (node.type === 'QUOTE_DOUBLE') return JSON.stringify(value);
      // A text that would read as a number, as true or as null has to be quoted to stay a text.
      if (isText) return /^[A-Za-z][\w./-]*$/.test(value) && !isLiteral(value) ? value : JSON.stringify(value);
      return literal(value, file, path);
    },
  };
}

function nodeAt(node: unknown, [first, ...rest]: readonly string[]): unknown {
  if (first === undefined) return node ?? undefined;
  if (isSeq(node)) return nodeAt(node.items[Number(first)], rest);
  if (!isMap(node)) return undefined;
  // A key may itself hold dots: the longest that is there is taken.
  for (let count = rest.length; count >= 0; count--) {
    const key = [first, ...rest.slice(0, count)].join('.');
    const pair = node.items.find((one) => isPair(one) && isScalar(one.key) && String(one.key.value) === key);
    if (pair !== undefined) return nodeAt(pair.value, rest.slice(count));
  }
  return undefined;
}

/** What YAML 1.1 or 1.2, or JSON, would not read as a text. */
function isLiteral(value: string): boolean {
  return /^(?:true|false|null|yes|no|on|off|y|n|~|[-+]?[\d.].*)$/i.test(value);
}

function literal(value: string, file: string, path: readonly string[]): string {
  if (/^(?:true|false|null|True|False|TRUE|FALSE|yes|no|on|off|-?\d+(?:\.\d+)?)$/.test(value)) return value;
  throw new OpsError(
    'settings',
    `${path.join('.')} in ${file} is no text, and ${JSON.stringify(value)} is one; nothing was changed.`,
    {
      next: 'Correct the flag’s values for on and off.',
    },
  );
}

function holdsMore(file: string, path: readonly string[]): OpsError {
  return new OpsError('conflict', `${path.join('.')} in ${file} is not a single value on one line.`, {
    next: 'Correct “key” in the flag’s settings.',
  });
}

function firstLine(error: Error): string {
  return error.message.split(/ at line \d+|\n/)[0] ?? '';
}
