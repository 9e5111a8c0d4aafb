import type { Tier } from '../../environment/environment.ts';
import type { PreparedCode } from '../../shell/prepare.ts';
import { findPlaceholders } from '../../shell/placeholders.ts';
import type { Range } from '../model.ts';
import type { ExpectedVariable, Meaning } from './types.ts';

const SECRET =
  /(?:PASSWORD|PASSWD|PASSPHRASE|SECRET|TOKEN|API_?KEY|PRIVATE_?KEY|ACCESS_?KEY|CREDENTIALS?|AUTH)(?:_|$)/i;
const LINE =
  /^[ \t]*(?:export[ \t]+)?([A-Za-z_]\w*)=("(?:[^"\\]|\\.)*"|'[^']*'|(?:\\.|\$\{[^}]*\}|<[^<>\n]*>|[^\s"'#;&|])*)[ \t]*(?:#[ \t]*(.*))?$/gm;
const DEFAULT = /^\$\{\w+:?[-=]([^}]*)\}$/;

/** The variables a block of `export NAME=value # note` lines lists; none where it holds anything else. */
export function variablesInCode({ code, rangeOf }: PreparedCode): readonly ExpectedVariable[] {
  const lines = code.split('\n').filter((line) => line.trim() !== '' && !line.trimStart().startsWith('#'));
  const matches = Array.from(code.matchAll(LINE));
  if (matches.length !== lines.length || !lines.some((line) => /^\s*export\s/.test(line)) || /\$\(|`/.test(code))
    return [];
  return matches.map((match) => {
    const lead = match[0].length - match[0].trimStart().length;
    const start = match.index + lead;
    const range = rangeOf({ start, end: match.index + match[0].trimEnd().length });
    return variableOf(match[1] ?? '', match[2] ?? '', match[3], range);
  });
}

/** `NAME=value`, alone in the text of an item; undefined where it is anything else. */
export function variableInText(text: string, range: Range): ExpectedVariable | undefined {
  const [, name, value = '', note] =
    /^`?(?:export\s+)?([A-Z_][A-Z0-9_]*)=([^`\s]*)`?\s*(?:[#(–—-]\s*(.*?)\)?)?$/.exec(text.trim()) ?? [];
  return name === undefined ? undefined : variableOf(name, value, note, range);
}

/** `NAME: value` below "Environment Variables" in a drawn list; the value may be a sentence, then it is the note. */
export function variableInList(text: string, range: Range): ExpectedVariable | undefined {
  const [, name, value = ''] = /^([A-Z][A-Z0-9_]+):\s*(.+)$/.exec(text.trim()) ?? [];
  if (name === undefined) return undefined;
  const [, word, note] = /^(\S+)(?:\s+\(([^()]*)\))?$/.exec(value) ?? [];
  return word === undefined ? variableOf(name, '', value, range) : variableOf(name, word, note, range);
}

function variableOf(name: string, written: string, note: string | undefined, range: Range): ExpectedVariable {
  const bare = written.replace(/^(["'])(.*)\1$/s, '$2');
  const given = DEFAULT.exec(bare)?.[1];
  const value = given ?? bare;
  return {
    name,
    value,
    note: note === undefined || note.trim() === '' ? undefined : note.trim(),
    placeholder: findPlaceholders(value)[0]?.text,
    secret: SECRET.test(name),
    isDefault: given !== undefined,
    tierValues: tierValuesIn(note ?? ''),
    range,
  };
}

/** "Production: redis-primary.prod.svc" */
function tierValuesIn(note: string): Readonly<Partial<Record<Tier, string>>> {
  const values: Partial<Record<Tier, string>> = {};
  for (const [, tier = '', value = ''] of note.matchAll(
    /\b(development|staging|production)\s*[:=]\s*([\w.:/-]*[\w/])(?![\w ]*[a-z] )/gi,
  )) {
    const name = tier.toLowerCase();
    if ((name === 'development' || name === 'staging' || name === 'production') && /[\d.:/-]/.test(value))
      values[name] = value;
  }
  return values;
}

/** Every variable the document lists, once; the first mention counts. */
export function expectedVariables({ variables }: Pick<Meaning, 'variables'>): readonly ExpectedVariable[] {
  const seen = new Map<string, ExpectedVariable>();
  for (const section of variables) {
    for (const variable of section.variables) if (!seen.has(variable.name)) seen.set(variable.name, variable);
  }
  return [...seen.values()];
}
