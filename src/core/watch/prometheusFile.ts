import { Document, isMap, isSeq, parseDocument } from 'yaml';
import type { YAMLMap, YAMLSeq } from 'yaml';
import { OpsError } from '../errors.ts';

// Changes one entry of a list in a YAML file and leaves all else as it stands, comments too.

/** The document of a file, or an empty one. Throws OpsError `file`, with the line, where it cannot be read. */
export function openYaml(name: string, before: string | undefined): Document {
  if (before === undefined || before.trim() === '') return new Document({});
  const document = parseDocument(before);
  const [error] = document.errors;
  if (error) {
    const line = error.linePos?.[0].line;
    const [what = ''] = error.message.split(/ at line \d+|\n/);
    throw new OpsError('file', `${name} cannot be read${line === undefined ? '' : `, line ${line}`}: ${what}.`, {
      cause: error,
      next: 'Correct it first; nothing was written.',
    });
  }
  if (document.contents === null) {
    const empty = new Document({});
    empty.commentBefore = document.comment ?? document.commentBefore;
    return empty;
  }
  if (!isMap(document.contents))
    throw new OpsError('file', `${name} is no list of settings; nothing was written.`, {
      next: 'Choose another file.',
    });
  return document;
}

/** The list under a key, made where it is missing. Throws OpsError `file` where something else stands there. */
export function listIn(name: string, document: Document, key: string): YAMLSeq {
  const found = document.get(key);
  if (isSeq(found)) return found;
  if (found !== undefined && found !== null)
    throw new OpsError('file', `${name}: “${key}” is no list; nothing was written.`, { next: 'Correct it first.' });
  const made = document.createNode([]);
  document.set(key, made);
  return made;
}

/** The entry of a list whose `field` has that value. */
export function entryOf(list: YAMLSeq, field: string, value: string): YAMLMap | undefined {
  return list.items.find((item): item is YAMLMap => isMap(item) && item.get(field) === value);
}

export function yamlText(document: Document): string {
  return document.toString({ lineWidth: 0 });
}
