import { repairText } from '../encoding.ts';
import { cleanLabel } from '../label.ts';
import type { RowPiece, TextPiece } from './pieces.ts';
import type { SignOffCell, StatusLine } from './types.ts';

const ROLES = /^(?:role|sign-?off|approver|approved by|team|responsible|stakeholder)$/i;
const SIGNED = /^(?:name|date|signature|signed|approved|initials|time)$/i;

/** The cells to sign in a row of a sign-off table: | Role | Name | Date | Signature |. */
export function signOffInRow({ header, cells, stage }: RowPiece): readonly SignOffCell[] {
  const isTable = ROLES.test(header[0] ?? '') && header.some((title) => SIGNED.test(title));
  const isSigned = isTable || /\bsign-?off\b/i.test(stage.title);
  const [role] = cells;
  if (!isSigned || role === undefined || role.text === '') return [];
  return cells
    .slice(1)
    .map(({ text, range }, index) => ({ role: role.text, column: header[index + 1] ?? '', value: text, range }));
}

const LINE =
  /^(?:\*\*)?((?:deployed|approved|reviewed|verified|signed(?: off)?|tested|executed) by|deployment date|date of deployment|sign-?off date)\s*:?\s*(?:\*\*)?\s*:?[ \t]*/i;

/** "**Approved By:** ____" */
export function signOffInText({ range }: TextPiece, text: string): SignOffCell | undefined {
  const raw = text.slice(range.start, range.end);
  const match = LINE.exec(raw);
  if (match === null) return undefined;
  const value = raw.slice(match[0].length);
  return {
    role: match[1] ?? '',
    column: /date/i.test(match[1] ?? '') ? 'Date' : 'Name',
    value: /^[_\s]*$/.test(value) ? '' : value.trim(),
    range: {
      start: range.start + match[0].length,
      end: range.start + match[0].length + value.trimEnd().length,
      line: range.line,
    },
  };
}

const STATUS =
  /^[ \t>]*(?:#+[ \t]*)?(?:[-*][ \t]+)?(?:\*\*)?(?:deployment |rollout |current )?status(?:\*\*[ \t]*:|:[ \t]*\*\*|:)[ \t]*/i;
const BOXED = /^(?:⬜|☐|◻|🔲|\[ \])/u;
const CHOSEN = /^(?:☑|✅|✔|🔳|⬛|\[[xX]\])/u;

/** `**Status:** In Progress`, or a list of states of which one is to be marked. */
export function statusIn({ range }: TextPiece, text: string): StatusLine | undefined {
  const raw = text.slice(range.start, range.end).split(/[\r\n]/)[0] ?? '';
  const label = STATUS.exec(raw);
  if (label === null) return undefined;
  const value = raw.slice(label[0].length).trimEnd();
  const start = range.start + label[0].length;
  const own = { start, end: start + value.length, line: range.line };
  const parts = splitOptions(value);
  if (parts.length < 2) return value === '' ? undefined : { range: own, value: cleanLabel(value), options: [] };
  const options = parts.map(({ at, part }) => {
    const shown = repairText(part);
    return {
      label: cleanLabel(shown.replace(BOXED, '').replace(CHOSEN, '')),
      range: { start: start + at, end: start + at + part.length, line: range.line },
      chosen: CHOSEN.test(shown) && parts.some(({ part: other }) => BOXED.test(repairText(other))),
    };
  });
  return { range: own, value: options.find(({ chosen }) => chosen)?.label, options };
}

function splitOptions(value: string): readonly { readonly at: number; readonly part: string }[] {
  return Array.from(value.matchAll(/[^|/]+(?:\/(?! )[^|/]*)*/g), (match) => {
    const lead = match[0].length - match[0].trimStart().length;
    return { at: match.index + lead, part: match[0].trim() };
  }).filter(({ part }) => part !== '');
}
