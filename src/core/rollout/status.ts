import type { StatusLine } from '../checklist/meaning/types.ts';
import type { TextEdit } from '../environment/jsonInsert.ts';
import type { RolloutOutcome } from './rollout.ts';

/** Marks of what is not chosen, and what they become: as they are, and as two encodings read them wrongly. */
const MARKS: readonly (readonly [open: string, chosen: string])[] = [
  ['⬜', '✅'],
  ['☐', '☑'],
  ['[ ]', '[x]'],
  ['( )', '(x)'],
  ['○', '●'],
  ['â¬œ', 'âœ…'],
  ['‚¨ú', '‚úÖ'],
];

/** The first of a document's status lines that can say how a rollout stands. */
export function findStatusLine(lines: readonly StatusLine[]): StatusLine | undefined {
  return lines.find(({ options }) => options.length > 0) ?? lines[0];
}

/**
 * Edits that make a status line say how the rollout stands: an option is chosen and the others are not; a line without
 * options, or with none that fits, gets the words in place of what it said.
 */
export function statusEdits(text: string, line: StatusLine, outcome: RolloutOutcome): readonly TextEdit[] {
  const fitting = line.options.find(({ label }) => wordsOf(label) === wordsOf(outcome));
  const edits = fitting === undefined ? undefined : choose(text, line, fitting);
  if (edits !== undefined) return edits;
  const { start, end } = line.range;
  const said = text.slice(start, end);
  const from = start + (said.length - said.trimStart().length);
  return [{ offset: from, length: from + said.trim().length - from, content: outcome }];
}

type Option = StatusLine['options'][number];

/** Undefined where the options have no marks that could be set. */
function choose(text: string, line: StatusLine, fitting: Option): readonly TextEdit[] | undefined {
  const edits: TextEdit[] = [];
  for (const option of line.options) {
    const mark = markOf(text, line, option);
    if (mark === undefined) return undefined;
    const content = mark.forms[option === fitting ? 1 : 0];
    if (content !== mark.written) edits.push({ offset: mark.at, length: mark.written.length, content });
  }
  return edits;
}

interface Mark {
  readonly at: number;
  readonly written: string;
  readonly forms: readonly [open: string, chosen: string];
}

/** The mark in front of an option's label, whether the option's range holds it or not. */
function markOf(text: string, line: StatusLine, option: Option): Mark | undefined {
  const labelAt = text.indexOf(option.label, option.range.start);
  if (labelAt < 0) return undefined;
  const before = line.options
    .filter(({ range }) => range.end <= labelAt && range.start < option.range.start)
    .reduce((end, { range }) => Math.max(end, range.end), line.range.start);
  const room = text.slice(before, labelAt);
  for (const forms of MARKS) {
    for (const written of forms) {
      const at = room.lastIndexOf(written);
      if (at >= 0) return { at: before + at, written, forms };
    }
  }
  return undefined;
}

function wordsOf(label: string): string {
  return label.toLowerCase().replace(/[^a-z]/g, '');
}
