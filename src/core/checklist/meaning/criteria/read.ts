import type { CriterionDraft } from './draft.ts';
import { normalize } from './draft.ts';
import { AMOUNT, toAmount } from './amount.ts';
import { readComparisons } from './comparisons.ts';
import { readPhrase, readWarning } from './phrases.ts';

/** Labels that say what kind of sentence follows, not what is measured. */
const GENERIC =
  /^(?:good|bad|symptoms?|issue|problem|target|goal|note|expected(?: results?| reduction)?|success|diagnosis|prevention|fix|immediate|short.term|long.term|step \d+|warning|critical|alert|check|todo)$/i;

/** Most texts hold neither a digit nor one of the words, and are done with. */
const MAY_SAY = /\d|stable|steady|consistent|flat|\bno\b|zero|improve|growing|spike|increase despite/i;

/**
 * The criteria in a text, without Markdown. Several where it says several: "<1ms for cache hits, <100ms for misses".
 * `warns` allows what is only a criterion in a warning: "memory growing".
 */
export function readCriteria(text: string, warns = false): readonly CriterionDraft[] {
  if (!MAY_SAY.test(text)) return [];
  const whole = normalize(text);
  if (whole.endsWith('?')) return []; // a question to a person
  const { label, rest } = splitLabel(whole);
  const isStable = /\b(?:stable|steady|consistent)\b/i.test(rest) && !/[<>]/.test(rest);
  const compared = isStable ? [] : readComparisons(rest, label);
  if (compared.length > 0) return compared.map((draft) => withRange(draft, rest));
  const phrase = readPhrase(rest, label) ?? (warns ? readWarning(rest) : undefined);
  return phrase === undefined ? [] : [withRange(phrase, rest)];
}

const WISHED = new RegExp(`\\b(?:target|goal|ideally)\\b:?\\s*(\\d+(?:\\.\\d+)?)\\s*%?\\s*[-–]\\s*${AMOUNT}`, 'i');

function splitLabel(text: string): { readonly label: string | undefined; readonly rest: string } {
  const [, label, rest] = /^([^:()<>]{2,60}?)\s*:\s+(.*)$/.exec(text) ?? [];
  if (label === undefined || rest === undefined) return { label: undefined, rest: text };
  if (GENERIC.test(label)) return splitLabel(normalize(rest));
  const bare = label.replace(/^(?:no|zero)\s+/i, '');
  return { label: /^[<>=]/.test(rest) ? bare : label, rest };
}

/** "(target: 70-80%)" */
function withRange(draft: CriterionDraft, text: string): CriterionDraft {
  const match = WISHED.exec(text);
  if (match === null) return draft;
  const [, low = '', high = '', unit] = match;
  const aim = { low: toAmount(low, unit).value, high: toAmount(high, unit).value };
  return toAmount(high, unit).unit === draft.unit ? { ...draft, aim } : draft;
}
