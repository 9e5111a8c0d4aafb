import type { Environment } from '../environment/environment.ts';
import { formatCount, formatRatio, formatTime } from '../format.ts';
import type { HitRate } from '../metrics/hitRate.ts';
import { windowWords } from '../metrics/hitRate.ts';
import { brokenLimit, judgeHitRate } from './hitRateLimits.ts';
import type { HitRateJudgement } from './hitRateLimits.ts';
import { environmentWords } from './present.ts';
import type { ServiceReport } from './reading.ts';
import { keyspaceSource } from './redisReadings.ts';
import type { RedisLimits } from './redisReport.ts';

export interface StatusBarView {
  readonly text: string;
  /** Plain lines. */
  readonly tooltip: readonly string[];
  readonly judgement: HitRateJudgement;
  readonly spoken: string;
}

export function presentStatusBar(
  environment: Environment,
  folderName: string | undefined,
  report: ServiceReport | undefined,
  rate: HitRate,
  nowWallMs: number,
  /** `1 critical alert`; undefined while none fires. */
  alerts?: string,
  /** The last hour in a line, as far as it is known. */
  lastHour?: string,
): StatusBarView {
  const limits: RedisLimits = environment.settings.limits ?? {};
  const judgement = judgeHitRate(rate, limits.hitRate);
  const where = environmentWords(environment, folderName);
  // What a colour says, words say too.
  const judged = judgement === 'warning' || judgement === 'critical' ? `, ${judgement}` : '';
  const down = report?.failure ? `: Redis ${report.summary}` : '';
  const firing = alerts === undefined ? '' : `, ${alerts}`;
  const said = `${rateWords(rate)}${judged}${down}${firing}`;
  const broken = brokenLimit(rate, limits.hitRate);
  const limitWords = broken === undefined ? [] : [broken];
  const failure = report?.failure ? [report.failure.message] : [];
  return {
    text: `$(database) ${where} ${said}`,
    tooltip: [
      `${where}: ${said}`,
      ...rateDetail(rate),
      ...(lastHour === undefined ? [] : [lastHour]),
      ...limitWords,
      ...failure,
      readWords(report, nowWallMs),
    ],
    judgement,
    spoken: `Cache Ops, ${where}, ${said}`,
  };
}

function readWords(report: ServiceReport | undefined, nowWallMs: number): string {
  if (report?.readAtMs === undefined) return report?.failure ? 'Never read.' : 'Not read yet.';
  return `${report.failure ? 'Last read' : 'Read'} at ${formatTime(report.readAtMs, nowWallMs)}.`;
}

function rateWords(rate: HitRate): string {
  if (rate.kind === 'rate')
    return `${formatRatio(rate.ratio)} keyspace hits${rate.windowMs === undefined ? ' since start' : ''}`;
  return rate.kind === 'noTraffic' ? 'no traffic' : 'no data';
}

function rateDetail(rate: HitRate): string[] {
  if (rate.kind === 'noData') return [`No data: ${rate.why}.`];
  if (rate.kind === 'noTraffic') return [`No lookup, ${windowWords(rate)}.`, keyspaceSource];
  const window =
    rate.windowMs === undefined
      ? 'since the server started counting; the last minutes had no traffic, or were not read yet'
      : windowWords(rate);
  return [`${formatCount(rate.hits)} hits, ${formatCount(rate.misses)} misses.`, `Window: ${window}.`, keyspaceSource];
}
