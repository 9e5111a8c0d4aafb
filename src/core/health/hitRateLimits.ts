import { formatRatio } from '../format.ts';
import type { HitRate } from '../metrics/hitRate.ts';

/** Ratios, 0 to 1. */
export interface HitRateLimits {
  readonly warning?: number | undefined;
  readonly critical?: number | undefined;
}

export type HitRateJudgement = 'ok' | 'warning' | 'critical' | 'unjudged';

/** A rate that does not exist, or for which no limit is set, is not judged. */
export function judgeHitRate(rate: HitRate, limits: HitRateLimits | undefined): HitRateJudgement {
  if (rate.kind !== 'rate' || (limits?.warning === undefined && limits?.critical === undefined)) return 'unjudged';
  if (limits.critical !== undefined && rate.ratio < limits.critical) return 'critical';
  return limits.warning !== undefined && rate.ratio < limits.warning ? 'warning' : 'ok';
}

/** `Below the warning limit of 60 %.`; undefined when no limit is broken. */
export function brokenLimit(rate: HitRate, limits: HitRateLimits | undefined): string | undefined {
  const judgement = judgeHitRate(rate, limits);
  if (judgement !== 'warning' && judgement !== 'critical') return undefined;
  return `Below the ${judgement} limit of ${formatRatio(limits?.[judgement] ?? 0)}.`;
}
