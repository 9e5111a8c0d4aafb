import type { Environment } from '../environment/environment.ts';
import { formatTime } from '../format.ts';
import type { EnvironmentHitRate } from './environmentHitRate.ts';
import type { HitRateJudgement } from './hitRateLimits.ts';
import { environmentWords } from './present.ts';
import { hitRateDetail, hitRateWords } from './presentHitRate.ts';
import type { ServiceReport } from './reading.ts';

export interface StatusBarView {
  readonly text: string;
  /** Plain lines. */
  readonly tooltip: readonly string[];
  readonly judgement: HitRateJudgement;
  readonly spoken: string;
}

/** `redis` is what is known of the environment’s Redis, which is said when it fails. */
export function presentStatusBar(
  environment: Environment,
  folderName: string | undefined,
  hitRate: EnvironmentHitRate,
  redis: ServiceReport | undefined,
  nowWallMs: number,
  /** `1 critical alert`; undefined while none fires. */
  alerts?: string,
  /** The last hour in a line, as far as it is known. */
  lastHour?: string,
): StatusBarView {
  const where = environmentWords(environment, folderName);
  const down = redis?.failure ? `: Redis ${redis.summary}` : '';
  // What a colour says, words say too.
  const firing = alerts === undefined ? '' : `, ${alerts}`;
  const said = `${hitRateWords(hitRate)}${down}${firing}`;
  const failure = redis?.failure ? [redis.failure.message, lastRead(redis, nowWallMs)] : [];
  return {
    text: `$(database) ${where} ${said}`,
    tooltip: [
      `${where}: ${said}`,
      ...hitRateDetail(environment, hitRate, nowWallMs),
      ...(lastHour === undefined ? [] : [lastHour]),
      ...failure,
    ],
    judgement: hitRate.judgement,
    spoken: `Cache Ops, ${where}, ${said}`,
  };
}

function lastRead({ readAtMs }: ServiceReport, nowWallMs: number): string {
  return readAtMs === undefined
    ? 'Redis was never read.'
    : `Redis was last read at ${formatTime(readAtMs, nowWallMs)}.`;
}
