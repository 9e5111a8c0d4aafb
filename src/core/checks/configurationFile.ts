import { isAlias, isMap, isScalar, isSeq, LineCounter, parseAllDocuments } from 'yaml';
import type { Document } from 'yaml';
import { OpsError } from '../errors.ts';
import type { ConfigurationEntry } from './configuration.ts';

const deepest = 50;

/** The keys of a YAML or JSON file, with their lines. Throws OpsError `file` with the line where it cannot be read. */
export function readConfigurationFile(name: string, text: string): readonly ConfigurationEntry[] {
  const lines = new LineCounter();
  const documents = parseAllDocuments(text, { lineCounter: lines, strict: true, uniqueKeys: true });
  // An empty text is an empty list with a mark of its own.
  const all = Array.isArray(documents) ? documents : [];
  const error = all.flatMap((document) => document.errors)[0];
  if (error !== undefined) {
    const line = lines.linePos(error.pos[0]).line;
    const [what = ''] = error.message.split(/ at line \d+|\n/);
    throw new OpsError('file', `${name} cannot be read, line ${line}: ${what}.`, {
      cause: error,
      next: 'Correct it first.',
    });
  }
  return all.flatMap((document) => [...entriesOf(document.contents, [], document, lines)]);
}

function* entriesOf(
  node: unknown,
  path: readonly string[],
  document: Document,
  lines: LineCounter,
): Generator<ConfigurationEntry, void> {
  if (path.length > deepest) return;
  if (isSeq(node)) {
    for (const [index, item] of node.items.entries())
      yield* entryOf(item, [...path, String(index)], item, document, lines);
  } else if (isMap(node)) {
    for (const { key, value } of node.items)
      if (isScalar(key)) yield* entryOf(value, [...path, String(key.value)], key, document, lines);
  }
}

function* entryOf(
  value: unknown,
  path: readonly string[],
  at: unknown,
  document: Document,
  lines: LineCounter,
): Generator<ConfigurationEntry, void> {
  const resolved = isAlias(value) ? value.resolve(document) : value;
  const offset =
    typeof at === 'object' && at !== null && 'range' in at && Array.isArray(at.range) ? Number(at.range[0]) : 0;
  yield { path, value: scalarOf(resolved), line: lines.linePos(offset).line - 1 };
  // What an alias stands for is read where it stands: read here too, it could grow without end.
  if (!isAlias(value)) yield* entriesOf(value, path, document, lines);
}

function scalarOf(node: unknown): ConfigurationEntry['value'] {
  if (node === null) return null;
  if (!isScalar(node)) return undefined;
  const { value } = node;
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return value;
  return undefined;
}
