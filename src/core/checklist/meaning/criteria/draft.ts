import { msOf } from './amount.ts';
import type { Criterion } from './types.ts';

/** What a text says of one number, before it is known whom it belongs to. */
export type CriterionDraft = Omit<Criterion, 'owner' | 'range' | 'sense' | 'text'>;

/** Text made easy to read: one kind of blank, signs for words, no marks in front. */
export function normalize(text: string): string {
  return text
    .replace(/[\u00a0\u2009\u202f]/g, ' ')
    .replaceAll('≥', '>=')
    .replaceAll('≤', '<=')
    .replaceAll('`', '')
    .replace(/^[^\p{L}\p{N}<>=(]+/u, '')
    .replace(/\s+/g, ' ')
    .trim();
}

const LEADING =
  /^(?:roll(?:ing)? ?back (?:when|if)|check(?: that)?|verify(?: that)?|ensure(?: that)?|monitor|watch(?: for)?|validate|look at|keep|bring|raise|get to|wait until|until|when(?:ever)?|if|alert (?:if|when)|that|the|an?|your|our|average|mean|avg\.?|maximum|max\.?|minimum|min\.?|target|goal|good|bad|low|high|and|or|but|with|symptoms?:|issue:|target:|goal:|limit:|total)\s+/i;
const TRAILING =
  /\s*(?:\b(?:stays?|stayed|is|are|be|was|should be|must be|should stay|must stay|remains?|stabilized|stabilised|stable|maintained|at|target|goal|optimal|ideally|recommended|of|has|have|consistently|always|now|currently|around|about|go(?:es)?|falls?|falling|drops?|dropping|rises?|rising|climbs?|stands?|overall|using|uses|should|must|by|to|in)|[:=,–—-])$/i;

/** What is measured, without the words around it; '' where nothing is left. */
export function metricOf(text: string): string {
  let metric = text.trim();
  for (let before = ''; before !== metric;) {
    before = metric;
    metric = metric.replace(LEADING, '').replace(TRAILING, '').trim();
    if (
      /^(?:target|goal|optimal|ideally|recommended|should be|limit|expected|good|bad|average|and|or|but)$/i.test(metric)
    )
      return '';
  }
  return metric.replace(/^["'(]+|["')]+$/g, '').trim();
}

const ENDS_OPEN = /\b(?:for|to|with|in|from|than|by|least|on|the|a|an|requires?|needs?|add|not)$/i;

/** Whether a phrase can be the name of something measured. */
export function isMetric(metric: string): boolean {
  return (
    /^(?!(?:no|not|little|poor|any)\b)\p{L}/iu.test(metric) &&
    metric.length <= 80 &&
    metric.split(' ').length <= 10 &&
    !ENDS_OPEN.test(metric)
  );
}

/** Properties that may stand in the metric or behind the number. */
export function detailsOf(metric: string, after: string): Partial<CriterionDraft> {
  const both = `${metric} ${after}`;
  const percentile = /(?<![a-z\d])p(\d{2,3})(?!\d)/i.exec(both)?.[1] ?? (/\bmedian\b/i.test(both) ? '50' : undefined);
  const statistic = /\b(?:average|avg|mean)\b/i.test(both)
    ? 'average'
    : /\b(?:max|maximum|peak)\b/i.test(after)
      ? 'maximum'
      : undefined;
  const scope = scopeOf(metric, after);
  const windowMs = windowOf(after);
  return {
    ...(percentile === undefined ? {} : { percentile: Number(percentile) === 999 ? 99.9 : Number(percentile) }),
    ...(statistic === undefined ? {} : { statistic }),
    ...(scope === undefined ? {} : { scope }),
    ...(windowMs === undefined ? {} : { windowMs }),
  };
}

function scopeOf(metric: string, after: string): 'cached' | 'uncached' | undefined {
  const both = `${metric} ${after}`;
  if (/\buncached\b/i.test(both) || /\b(?:for|of|on) cache miss(?:es)?\b/i.test(both)) return 'uncached';
  return /\bcached\b/i.test(both) || /\b(?:for|of|on) cache hits?\b/i.test(both) ? 'cached' : undefined;
}

const WINDOW =
  /\b(?:for|over|within|in|during)\s+(?:at least\s+|more than\s+)?(?:the\s+)?(?:last\s+|past\s+)?(\d+)?\s*(s|seconds?|m|min|minutes?|h|hours?|d|days?|weeks?)\b/i;

export function windowOf(text: string): number | undefined {
  const match = WINDOW.exec(text);
  if (match === null || (match[1] === undefined && !/\b(?:last|past)\b/i.test(match[0]))) return undefined;
  return Number(match[1] ?? 1) * msOf(match[2] ?? '');
}
