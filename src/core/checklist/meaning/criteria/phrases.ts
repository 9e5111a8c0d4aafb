import { AMOUNT, toAmount } from './amount.ts';
import { detailsOf, isMetric, metricOf } from './draft.ts';
import type { CriterionDraft } from './draft.ts';
import { NOUN } from './comparisons.ts';
import { isBetterHigh, relationOf } from './relative.ts';

type Reader = (text: string, label: string | undefined) => CriterionDraft | undefined;

/** What can be counted, so that there can be none of it. */
const COUNTABLE =
  /\b(?:evictions?|errors?|error logs|incidents?|slow queries|n\+1 queries|restarts?|timeouts?|exceptions?|failures?|crashes|ooms?|alerts?)$/i;

const CHANGED = new RegExp(`^(.*?)\\s+(reduced|decreased|lowered|improved|increased)(?:\\s+by)?\\s+${AMOUNT}`, 'i');
const TARGET = new RegExp(`\\b(?:target|goal)\\b:?\\s*${AMOUNT}\\s*([^,;()]*)`, 'i');
const REPORTED = new RegExp(`^\\s*${AMOUNT}(?![\\d.,]|\\s*-)`);
const MINIMUM = new RegExp(`^${AMOUNT}\\s+([\\w ]*?)\\s*\\bminimum\\b`, 'i');

/** Ways to state a criterion without a comparison, tried in this order. */
const READERS: readonly Reader[] = [
  stable,
  percentMore,
  changedBy,
  target,
  success,
  minimum,
  none,
  noneDetected,
  noWorse,
  improved,
];

/** What a text without "more than" or "<" says of a number: "Memory usage stable", "Zero errors", "20% faster". */
export function readPhrase(text: string, label: string | undefined): CriterionDraft | undefined {
  for (const read of READERS) {
    const draft = read(text, label);
    if (draft !== undefined && isMetric(draft.metric)) return draft;
  }
  return undefined;
}

function stable(text: string): CriterionDraft | undefined {
  const before = /^(.*?)\s+(?:(?:stays?|remains?|is|are)\s+)?(?:stable|steady|consistent|flat)\b/i.exec(text)?.[1];
  const behind = /(?:^|\()(?:stable|steady|consistent)\s+([^()]+)/i.exec(text)?.[1];
  const metric = metricOf((before !== undefined && !before.includes('(') ? before : behind) ?? '');
  const isMeasured = NOUN.test(metric) || /\b(?:performance|times|keys|clients)\b/i.test(metric);
  return isMeasured
    ? { metric, comparator: 'stable', value: NaN, unit: 'count', ...detailsOf(metric, text) }
    : undefined;
}

/** "20% faster repeat analyses", "67% less memory" */
function percentMore(text: string, label: string | undefined): CriterionDraft | undefined {
  const match = /(\d+(?:\.\d+)?)\s*%\s+(faster|less|lower|fewer|more|higher)\b\s*([^,;()]*)/i.exec(text);
  if (match === null) return undefined;
  const [, number = '', way = '', what = ''] = match;
  const metric = metricOf(what) || label || metricOf(text.slice(0, match.index));
  const relation = /more|higher/i.test(way) ? 'increase' : 'reduction';
  return { metric, comparator: '>=', ...toAmount(number, '%'), relativeToBaseline: relation, ...detailsOf(metric, '') };
}

/** "Memory usage reduced by 67%" */
function changedBy(text: string): CriterionDraft | undefined {
  const match = CHANGED.exec(text);
  const [, what = '', way = '', number = '', unit] = match ?? [];
  if (match === null || unit !== '%') return undefined;
  const metric = metricOf(what);
  const relation = relationOf(`${way} ${metric}`) ?? 'increase';
  return {
    metric,
    comparator: '>=',
    ...toAmount(number, unit),
    relativeToBaseline: relation,
    ...detailsOf(metric, ''),
  };
}

/** "Hit rate: 83.3% (target: 60%)", "Target 99.9% availability", "(target: 70-80%)" */
function target(text: string, label: string | undefined): CriterionDraft | undefined {
  const match = TARGET.exec(text);
  const [, number = '', unit, behind = ''] = match ?? [];
  if (match === null || unit === undefined) return undefined;
  const own = metricOf(
    text
      .slice(0, match.index)
      .replace(/\(\s*$/, '')
      .replace(/[:\s]*~?\d[\d.,-]*\s*%?\s*$/, ''),
  );
  const metric = NOUN.test(metricOf(behind)) ? metricOf(behind) : own || label || '';
  const reported = REPORTED.exec(text.slice(0, match.index));
  const relation = relationOf(metric);
  return {
    metric,
    comparator: isBetterHigh(metric) ? '>=' : '<=',
    ...toAmount(number, unit),
    ...detailsOf(metric, behind),
    ...(relation === undefined ? {} : { relativeToBaseline: relation }),
    ...(reported === null ? {} : { reported: toAmount(reported[1] ?? '', reported[2]).value }),
  };
}

/** "(100% success rate)" */
function success(text: string): CriterionDraft | undefined {
  const [, number, metric = ''] =
    /(\d+(?:\.\d+)?)\s*%\s+(success rate|uptime|availability|coverage)\b/i.exec(text) ?? [];
  return number === undefined ? undefined : { metric, comparator: '>=', ...toAmount(number, '%') };
}

/** "Memory: 8GB RAM minimum" */
function minimum(text: string, label: string | undefined): CriterionDraft | undefined {
  const [, number = '', unit, what = ''] = MINIMUM.exec(text) ?? [];
  if (unit === undefined) return undefined;
  return { metric: label ?? what, comparator: '>=', ...toAmount(number, unit) };
}

/** "Zero production errors", "No cache evictions", "acceptable (no slow queries)" */
function none(text: string, label: string | undefined): CriterionDraft | undefined {
  const whole = label !== undefined && /^(?:zero|no)\s/i.test(label) ? label : text;
  const [, what] = /(?:^|\()(?:zero|no)\s+([^(),:;]+)/i.exec(whole) ?? [];
  const metric = what?.replace(/\s+(?:in|during|since|on|logged|detected)\b.*$/i, '').trim() ?? '';
  return COUNTABLE.test(metric) ? { metric, comparator: '=', value: 0, unit: 'count' } : undefined;
}

/** "N+1 queries: 0 detected" */
function noneDetected(text: string, label: string | undefined): CriterionDraft | undefined {
  if (label === undefined || !/^0(?:\s+(?:detected|found|logged|seen))?$/i.test(text)) return undefined;
  return { metric: metricOf(label), comparator: '=', value: 0, unit: 'count' };
}

/** "No latency regressions for uncached calls", "No increase in error rates" */
function noWorse(text: string): CriterionDraft | undefined {
  const [, before, behind] =
    /^no\s+(?:(.*?)\s+(?:regressions?|degradation|increase)|increase in\s+([^(]+))/i.exec(text) ?? [];
  const metric = metricOf(before ?? behind ?? '');
  if (!NOUN.test(metric) && !/\brates\b/i.test(metric)) return undefined;
  return {
    metric,
    comparator: '<=',
    value: 0,
    unit: 'ratio',
    relativeToBaseline: 'increase',
    ...detailsOf(metric, text),
  };
}

/** "Dashboard performance improved", "Performance improvement confirmed" */
function improved(text: string): CriterionDraft | undefined {
  const [, metric = ''] =
    /^(.*?\b(?:performance|latency|times?|load|throughput))\s+improve(?:d|ments?)\b/i.exec(text) ?? [];
  const name = metricOf(metric);
  if (name === '') return undefined;
  const relation = isBetterHigh(name) ? 'increase' : 'reduction';
  return { metric: name, comparator: '>', value: 0, unit: 'ratio', relativeToBaseline: relation };
}

/** Only where a text warns: "Memory usage growing unbounded", "Sudden spike in misses". */
export function readWarning(text: string): CriterionDraft | undefined {
  const [, growing, spike, despite] =
    /^(.*?)\s+(?:is\s+)?growing\b|^(?:sudden\s+)?spikes? in\s+([\w ]+)|^(.*?)\s+increase despite\b/i.exec(text) ?? [];
  const metric = metricOf(growing ?? spike ?? despite ?? '');
  return isMetric(metric) && metric !== '' ? { metric, comparator: 'rising', value: NaN, unit: 'count' } : undefined;
}
