import { formatBytes, formatCount, formatMilliseconds, formatRatio } from '../../../format.ts';
import type { Verdict } from '../../../verdict.ts';
import type { Criterion, CriterionUnit } from './types.ts';
import type { NumberComparator } from '../expectations/types.ts';

/** Growth that is still "stable": what a cache's readings vary by from hour to hour. */
const STABLE_GROWTH = 0.1;

/**
 * Holds a reading against a criterion. `value` and `baseline` are in the base unit of the reading (ratio 0 to 1, bytes,
 * milliseconds). No data and NaN are inconclusive, never passed and never failed. An alarm whose condition holds has
 * failed.
 */
export function judgeCriterion(
  criterion: Criterion,
  value: number | undefined,
  baseline = criterion.baseline,
): Verdict {
  if (value === undefined) return inconclusive(`There is no reading of "${criterion.metric}".`);
  if (Number.isNaN(value))
    return inconclusive(`The reading of "${criterion.metric}" is not a number; usually there was no traffic.`);
  if (criterion.comparator === 'stable' || criterion.comparator === 'rising') {
    return judgeTrend(criterion, criterion.comparator, value, baseline);
  }
  if (criterion.relativeToBaseline !== undefined) return judgeChange(criterion, criterion.comparator, value, baseline);
  const holds = compare(value, criterion.comparator, criterion.value);
  const says = `${inUnit(value, criterion.unit)}, and ${wanted(criterion)}`;
  return verdict(criterion, holds, says);
}

function judgeTrend(
  criterion: Criterion,
  trend: 'stable' | 'rising',
  value: number,
  baseline: number | undefined,
): Verdict {
  if (!isUsable(baseline)) return inconclusive(noBaseline(criterion));
  const growth = baseline === 0 ? (value === 0 ? 0 : Infinity) : (value - baseline) / Math.abs(baseline);
  const isRising = growth > STABLE_GROWTH;
  const share = Number.isFinite(growth) ? `${growth < 0 ? '−' : '+'}${percent(Math.abs(growth))}` : 'from nothing';
  const says = `${share} against the baseline; up to ${percent(STABLE_GROWTH)} more counts as stable`;
  return verdict(criterion, trend === 'rising' ? isRising : !isRising, says);
}

function judgeChange(
  criterion: Criterion,
  comparator: NumberComparator,
  value: number,
  baseline: number | undefined,
): Verdict {
  if (!isUsable(baseline)) return inconclusive(noBaseline(criterion));
  if (baseline === 0)
    return inconclusive(`The baseline of "${criterion.metric}" is 0; a change in percent cannot be told.`);
  const isReduction = criterion.relativeToBaseline === 'reduction';
  const change = (isReduction ? baseline - value : value - baseline) / Math.abs(baseline);
  const holds = compare(change, comparator, criterion.value);
  const way = change < 0 === isReduction ? 'more' : 'less';
  const says = `${percent(Math.abs(change))} ${way} than the baseline, and ${wanted(criterion)}`;
  return verdict(criterion, holds, says);
}

function noBaseline({ metric }: Criterion): string {
  return `There is no baseline of "${metric}" to compare with. Capture one before the change (“Capture Baseline…”).`;
}

function isUsable(baseline: number | undefined): baseline is number {
  return baseline !== undefined && !Number.isNaN(baseline);
}

function verdict({ sense }: Criterion, holds: boolean, says: string): Verdict {
  const isGood = sense === 'target' ? holds : !holds;
  return isGood ? { kind: 'passed', why: says } : { kind: 'failed', why: says };
}

function inconclusive(why: string): Verdict {
  return { kind: 'inconclusive', why };
}

const SENSES: Readonly<Record<Criterion['sense'], string>> = { target: 'wanted is', alarm: 'wrong is' };

function wanted(criterion: Criterion): string {
  const unit = criterion.relativeToBaseline === undefined ? criterion.unit : 'ratio';
  return `${SENSES[criterion.sense]} ${criterion.comparator} ${inUnit(criterion.value, unit)}`;
}

export function compare(value: number, comparator: NumberComparator, limit: number): boolean {
  switch (comparator) {
    case '<':
      return value < limit;
    case '<=':
      return value <= limit;
    case '>':
      return value > limit;
    case '>=':
      return value >= limit;
    case '=':
      return value === limit;
  }
}

/** A number as a person reads it. */
export function inUnit(value: number, unit: CriterionUnit): string {
  switch (unit) {
    case 'ratio':
      return percent(value);
    case 'bytes':
      return formatBytes(value);
    case 'ms':
      return formatMilliseconds(value);
    case 'count':
      return Number.isInteger(value) ? formatCount(value) : String(Number(value.toPrecision(4)));
    case 'perMinute':
      return `${String(Number(value.toPrecision(4)))} per minute`;
    case 'perSecond':
      return `${String(Number(value.toPrecision(4)))} per second`;
  }
}

/** 0.6 as the document has it, "60 %": digits only where they say something. */
function percent(ratio: number): string {
  return Number.isInteger(Number((ratio * 100).toPrecision(12)))
    ? `${Number((ratio * 100).toPrecision(12))} %`
    : formatRatio(ratio);
}
