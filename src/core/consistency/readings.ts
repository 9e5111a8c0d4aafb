import { formatCount, formatDuration, formatRatio } from '../format.ts';
import type { HealthState, Reading } from '../health/reading.ts';
import type { ConsistencyCheck, Share } from './model.ts';
import { keysWithoutPoint, pointsWithoutKey } from './model.ts';

/** Above this share of what was looked at, the two stores are said not to agree; some always expire before they are tidied up. */
export const usualLimit = 0.01;
/** Later, nothing is claimed of now. */
const currentMs = 24 * 3_600_000;

const base = { id: 'consistency', label: 'Consistency with Redis' };

/** The last check of an environment as a reading of its Qdrant. */
export function consistencyReading(
  check: ConsistencyCheck | undefined,
  nowMs: number,
  limit: number = usualLimit,
): Reading {
  if (!check) {
    const detail =
      'Nothing was looked at in this window. “Check Consistency…” holds points and keys against each other.';
    return { ...base, value: 'not checked yet', state: 'fact', detail };
  }
  const [points, keys] = [pointsWithoutKey(check), keysWithoutPoint(check)];
  const ageMs = nowMs - check.startedAtMs;
  const value = `${shareWords(points, 'points lead to no key')}; ${shareWords(keys, 'keys have no point')}; ${formatDuration(ageMs)} ago`;
  const failed = [...check.points, ...check.keys].flatMap(({ failure }) => failure ?? []);
  const notes = [
    `Degraded above ${formatRatio(limit)} of what was looked at.`,
    ...failed.map(({ message }) => message),
    ageMs > currentMs ? 'More than a day old: nothing is claimed of now.' : '',
  ].filter((note) => note !== '');
  return {
    ...base,
    value,
    state: ageMs > currentMs ? 'fact' : stateOf([points, keys], failed.length > 0, limit),
    detail: notes.join(' '),
    readAtMs: check.startedAtMs,
  };
}

function stateOf(shares: readonly Share[], hasFailed: boolean, limit: number): HealthState | 'fact' {
  if (shares.some(({ found, looked }) => looked > 0 && found / looked > limit)) return 'degraded';
  if (hasFailed) return 'unknown';
  return shares.some(({ looked }) => looked > 0) ? 'healthy' : 'fact';
}

/** `none of 1,000 points lead to no key`; `12 of 1,000 (1.2 %) points lead to no key`. */
export function shareWords({ found, looked }: Share, what: string): string {
  if (looked === 0) return `no ${what.split(' ')[0]} looked at`;
  if (found === 0) return `none of ${formatCount(looked)} ${what}`;
  return `${formatCount(found)} of ${formatCount(looked)} (${formatRatio(found / looked)}) ${what}`;
}

/** Whether vectors are as long as the settings say; undefined where they say nothing. */
export function sizeTrouble(sizes: readonly number[], wanted: number | undefined): string | undefined {
  if (wanted === undefined || sizes.length === 0 || sizes.includes(wanted)) return undefined;
  return `qdrant.vectorSize of the environment is ${formatCount(wanted)}: what embeds with that size cannot search here.`;
}
