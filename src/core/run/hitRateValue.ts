import type { EnvironmentHitRate } from '../health/environmentHitRate.ts';
import { windowWords } from '../metrics/hitRate.ts';
import { sourceNames } from '../metrics/sourcedHitRate.ts';

/** The hit rate that a criterion is about, and what it was read from; or why it is not known. */
export type HitRateValue =
  | { readonly kind: 'known'; readonly ratio: number; readonly from: string }
  | { readonly kind: 'unknown'; readonly why: string; readonly from: string };

/**
 * The environment's hit rate, or that of a namespace. The keyspace rate of a Redis counts only where the settings name
 * nothing that measures the application's own.
 */
export function hitRateValue(hitRate: EnvironmentHitRate, namespace: string | undefined): HitRateValue {
  const { sources, used, isSubstitute } = hitRate;
  if (!used) return { kind: 'unknown', why: 'The environment names nothing to measure it by.', from: 'no source' };
  const of = namespace === undefined ? 'hit rate' : `hit rate of ${namespace}`;
  const part = used.parts.find(({ kind, name }) => kind === 'namespace' && name === namespace);
  const rate = namespace === undefined ? used.rate : part?.rate;
  const from = `${of} from ${sourceNames[used.source]}${rate && rate.kind !== 'noData' ? `, ${windowWords(rate)}` : ''}`;
  if (isSubstitute || used.rate.kind === 'noData') {
    const tried = sources.filter(({ source }) => source !== 'keyspace' || !isSubstitute);
    const whys = tried.map(
      ({ source, rate: one }) => `${sourceNames[source]}: ${one.kind === 'noData' ? one.why : 'no rate'}`,
    );
    const substitute = isSubstitute ? ' The keyspace hit rate of Redis is not the application’s.' : '';
    return { kind: 'unknown', why: `${whys.join('; ')}.${substitute}`, from };
  }
  if (!rate || rate.kind === 'noData')
    return { kind: 'unknown', why: `${sourceNames[used.source]} tells no hit rate of ${namespace ?? ''}.`, from };
  if (namespace === undefined && used.doubt !== undefined) return { kind: 'unknown', why: used.doubt, from };
  if (rate.kind === 'noTraffic') return { kind: 'unknown', why: `There was no traffic, ${windowWords(rate)}.`, from };
  return { kind: 'known', ratio: rate.ratio, from };
}
