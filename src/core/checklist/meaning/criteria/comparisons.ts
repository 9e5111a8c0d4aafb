import { AMOUNT, toAmount } from './amount.ts';
import { detailsOf, isMetric, metricOf } from './draft.ts';
import type { CriterionDraft } from './draft.ts';
import { relationOf } from './relative.ts';
import type { NumberComparator } from '../expectations/types.ts';

const WORDS: readonly (readonly [RegExp, NumberComparator])[] = [
  [/at least|minimum of|no less than|not less than/i, '>='],
  [/at most|maximum of|no more than|not more than|up to/i, '<='],
  [/below|under|less than|fewer than|lower than/i, '<'],
  [/above|over|more than|greater than|higher than|exceed/i, '>'],
];

const SIGN = '(?<![-=<])(?:<=|>=|==|<(?![a-z/])|>|(?<=\\s)=(?=\\s*~?\\d))';
const WORD =
  '\\b(?:at least|minimum of|no less than|not less than|at most|maximum of|no more than|not more than|below|under|less than|fewer than|lower than|above|over|more than|greater than|higher than|exceed(?:s|ing)?)\\b';
const COMPARISON = new RegExp(`(${SIGN}|${WORD})\\s*${AMOUNT}`, 'gi');

interface Found {
  readonly start: number;
  readonly end: number;
  readonly comparator: NumberComparator;
  readonly number: string;
  readonly unit: string | undefined;
}

/** Every "metric comparator number" in a text: `hit rate >= 60%`, `p95 stays above 400 ms`, `Response time: <1ms, …`. */
export function readComparisons(text: string, label: string | undefined): readonly CriterionDraft[] {
  const stated = text.replace(/[,;]?\s+(?:unless|except|otherwise)\b.*$/i, '');
  const found = Array.from(stated.matchAll(COMPARISON), toFound);
  const drafts: CriterionDraft[] = [];
  found.forEach((one, index) => {
    const from = found[index - 1]?.end ?? 0;
    const last = drafts.at(-1);
    const draft = readOne(text, one, from, found[index + 1]?.start ?? text.length, label ?? last?.metric);
    if (draft !== undefined) drafts.push(draft);
    else if (last !== undefined && isWish(text.slice(from, one.start))) drafts[drafts.length - 1] = withAim(last, one);
  });
  return drafts;
}

function toFound(match: RegExpExecArray): Found {
  const [all, sign = '', number = '', unit] = match;
  return { start: match.index, end: match.index + all.length, comparator: comparatorOf(sign), number, unit };
}

function comparatorOf(sign: string): NumberComparator {
  if (sign === '<' || sign === '<=' || sign === '>' || sign === '>=') return sign;
  return WORDS.find(([words]) => words.test(sign))?.[1] ?? '=';
}

function isWish(before: string): boolean {
  return /\b(?:optimal|ideally|ideal|recommended|target|better)\b:?\s*$/i.test(before);
}

function withAim(draft: CriterionDraft, { number, unit, comparator }: Found): CriterionDraft {
  const { value } = toAmount(number, unit);
  return { ...draft, aim: comparator.startsWith('>') ? { low: value, high: Infinity } : { low: 0, high: value } };
}

function readOne(
  text: string,
  found: Found,
  from: number,
  to: number,
  label: string | undefined,
): CriterionDraft | undefined {
  const after = clauseAfter(text.slice(found.end, to));
  const before = text.slice(from, found.start);
  const metric = findMetric(before, after, text.slice(0, found.start), from > 0, label, found.unit);
  if (metric === undefined) return undefined;
  const amount = toAmount(found.number, found.unit, after);
  const relation = relationOf(`${metric} ${before}`);
  const isPerMinute = amount.unit === 'count' && /\s*(?:\/|per )\s*min(?:ute)?$/i.test(metric);
  const isShare =
    amount.unit === 'count' &&
    /(?:hit|miss|error|failure|success)[-_ ]?(?:rate|ratio)$/i.test(metric) &&
    amount.value <= 1;
  return {
    metric: metric.replace(/\s*(?:\/|per )\s*min(?:ute)?$/i, ''),
    comparator: found.comparator,
    value: amount.value,
    unit: isShare ? 'ratio' : isPerMinute ? 'perMinute' : amount.unit,
    ...detailsOf(`${metric} ${before}`, after),
    ...(relation === undefined || amount.unit !== 'ratio' ? {} : { relativeToBaseline: relation }),
  };
}

/** Up to where the next thing begins; a closing bracket ends it. */
function clauseAfter(text: string): string {
  const end = text.search(/[;()]|,(?!\d)|\.\s|\.$|\bor\b.*$|\band\b/);
  return end < 0 ? text : text.slice(0, end);
}

function findMetric(
  before: string,
  after: string,
  head: string,
  isLater: boolean,
  label: string | undefined,
  unit: string | undefined,
): string | undefined {
  const open = before.lastIndexOf('(');
  const inside = open >= 0 && !before.slice(open).includes(')') ? before.slice(open + 1) : undefined;
  const own = named(lastClause(inside ?? before), unit);
  if (own !== undefined) return own;
  const behind = metricOf(after.replace(/^\s*(?:of\s+)?/, '').replace(/\b(?:for|over|on|during|while)\b.*$/i, ''));
  if (isMetric(behind) && NOUN.test(behind)) return behind;
  if (inside !== undefined) return named(lastClause(before.slice(0, open)), unit);
  if (label !== undefined && !isWishAgain(before, isLater)) return named(label, unit);
  return isLater ? undefined : named(head, unit);
}

/** "Target >40%, optimal >60%": the second is a wish, not another criterion. */
function isWishAgain(before: string, isLater: boolean): boolean {
  return isLater && isWish(before);
}

function lastClause(text: string): string {
  return text.split(/[,;]|\. |\bor\b|\band\b/i).at(-1) ?? '';
}

function named(text: string, unit: string | undefined): string | undefined {
  const isUse = /\b(?:using|uses)\s*$/i.test(text) && /b$/i.test(unit ?? '');
  const metric = metricOf(text.replace(/\b(?:improved|reduced|decreased|increased|lowered)(?:\s+by)?\s*$/i, ''));
  if (metric === '' || !isMetric(metric)) return undefined;
  return isUse ? `${metric} memory` : metric;
}

/** What a number can be of, where the words stand behind it. */
export const NOUN =
  /\b(?:rate|ratio|latency|time|memory|ram|uptime|availability|errors?|hits?|misses|evictions?|throughput|queries|requests|connections|disk|cpu|usage|coverage)\b/i;
