import type { Environment } from '../environment/environment.ts';
import type { EnvironmentSettings } from '../environment/schema.ts';
import type { HitRateSource, SourcedHitRate } from '../metrics/sourcedHitRate.ts';
import { hitRateSources, withoutRate } from '../metrics/sourcedHitRate.ts';
import type { HitRateJudgement } from './hitRateLimits.ts';
import { judgeHitRate } from './hitRateLimits.ts';
import type { ServiceId } from './monitorServices.ts';
import type { HealthState, ServiceReport } from './reading.ts';

/** The hit rate of an environment: of all ways to measure it that its settings name, the best that gives one. */
export interface EnvironmentHitRate {
  /** All that the settings name, best first; empty where they name none. */
  readonly sources: readonly SourcedHitRate[];
  /** The first that has a rate, or knows that there is no traffic; where none does, the best. */
  readonly used: SourcedHitRate | undefined;
  /** That of the keyspace was all there is, while the settings say how the application’s own is measured. */
  readonly isSubstitute: boolean;
  readonly judgement: HitRateJudgement;
  readonly state: HealthState | 'fact';
}

/** The service that a source is read from. */
export const serviceOfSource: Readonly<Record<HitRateSource, ServiceId>> = {
  prometheus: 'prometheus',
  metricsPage: 'application',
  statistics: 'application',
  keyspace: 'redis',
};

export function environmentHitRate(
  environment: Environment,
  reports: ReadonlyMap<ServiceId, ServiceReport | undefined>,
): EnvironmentHitRate {
  const sources = sourcesOf(environment.settings).map((source) => read(source, reports));
  const used = sources.find(({ rate }) => rate.kind !== 'noData') ?? sources[0];
  const isSubstitute = used?.source === 'keyspace' && sources.length > 1;
  const judgement =
    used === undefined || isSubstitute || used.doubt !== undefined
      ? 'unjudged'
      : judgeHitRate(used.rate, environment.settings.limits?.hitRate);
  return { sources, used, isSubstitute, judgement, state: stateOf(used, isSubstitute, judgement) };
}

/** The sources that the settings name, best first. */
export function sourcesOf({
  metrics,
  prometheus,
  application,
  redis,
}: Pick<EnvironmentSettings, 'metrics' | 'prometheus' | 'application' | 'redis'>): readonly HitRateSource[] {
  const named: Readonly<Record<HitRateSource, boolean>> = {
    prometheus: metrics !== undefined && prometheus !== undefined,
    metricsPage: metrics !== undefined && application?.metrics !== undefined,
    statistics: application?.stats !== undefined,
    keyspace: redis !== undefined,
  };
  return hitRateSources.filter((source) => named[source]);
}

/** What the service last said of it, or why it says nothing. */
function read(source: HitRateSource, reports: ReadonlyMap<ServiceId, ServiceReport | undefined>): SourcedHitRate {
  const report = reports.get(serviceOfSource[source]);
  if (!report) return withoutRate(source, 'not read yet');
  const found = report.failure ? undefined : report.hitRates?.find((one) => one.source === source);
  return found ?? withoutRate(source, report.summary);
}

/** No traffic is nothing to judge; what is not known is unknown, and so is the application’s rate behind a substitute. */
function stateOf(
  used: SourcedHitRate | undefined,
  isSubstitute: boolean,
  judgement: HitRateJudgement,
): EnvironmentHitRate['state'] {
  if (used?.rate.kind === 'noData' || isSubstitute || used?.doubt !== undefined) return 'unknown';
  if (judgement === 'unjudged') return 'fact';
  return judgement === 'ok' ? 'healthy' : 'degraded';
}
