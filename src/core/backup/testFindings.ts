import { formatCount } from '../format.ts';
import type { BackupTest, PartOf } from './manifest.ts';

/** What trying one part of a backup has shown. */
export interface Finding {
  readonly verdict: BackupTest['verdict'];
  /** One whole sentence. */
  readonly words: string;
}

/** Passed when all was restored and found, failed when anything was not; else it could not be told. */
export function verdictOf(findings: readonly Finding[]): BackupTest['verdict'] {
  if (findings.some(({ verdict }) => verdict === 'failed')) return 'failed';
  return findings.length > 0 && findings.every(({ verdict }) => verdict === 'passed') ? 'passed' : 'inconclusive';
}

export interface RestoredKeys {
  /** Records in the file, by its own account. */
  readonly recorded: number;
  readonly restored: number;
  /** A key that came twice. */
  readonly repeated: number;
  readonly expiredBefore: number;
  /** DBSIZE afterwards. */
  readonly present: number;
  /** Counted by the scratch server: gone while it was tested. */
  readonly expiredSince: number;
  readonly compared: number;
  readonly same: number;
  readonly sampleExpired: number;
}

export function keysFinding(found: RestoredKeys): Finding {
  const { recorded, restored, repeated, expiredBefore, present, expiredSince, compared, same, sampleExpired } = found;
  const expired = expiredBefore + expiredSince;
  const gone = expired > 0 ? `, ${formatCount(expired)} have expired since` : '';
  const twice = repeated > 0 ? `, ${formatCount(repeated)} were in it twice` : '';
  const counts = `Redis export: ${formatCount(present)} of ${formatCount(recorded)} keys are there again in a scratch server${gone}${twice}`;
  if (restored + repeated + expiredBefore !== recorded || present + expiredSince !== restored) {
    return { verdict: 'failed', words: `${counts}; the rest is missing.` };
  }
  if (same + sampleExpired < compared) {
    return {
      verdict: 'failed',
      words: `${counts}; of ${formatCount(compared)} compared, ${formatCount(compared - same - sampleExpired)} are not what was exported.`,
    };
  }
  const sample = compared === 0 ? '' : `; a sample of ${formatCount(compared)} is the same, value and expiry`;
  // Nothing left to restore shows nothing.
  if (recorded > 0 && present === 0)
    return { verdict: 'inconclusive', words: `${counts}: nothing of it is left to be tried.` };
  return { verdict: 'passed', words: `${counts}${sample}.` };
}

/** RDB: more and fewer keys are to be expected, since others write while it is saved. */
export function rdbFinding(address: string, saved: number, loaded: number, expired: number): Finding {
  const words = `RDB file of ${address}: ${formatCount(loaded)} keys load in a scratch server (${formatCount(expired)} had expired), about ${formatCount(saved)} when it was saved`;
  if (loaded + expired === 0 && saved > 0) return { verdict: 'failed', words: `${words}: it is empty.` };
  const isNear = Math.abs(loaded + expired - saved) <= Math.max(100, saved * 0.05);
  return isNear
    ? { verdict: 'passed', words: `${words}.` }
    : { verdict: 'inconclusive', words: `${words}: that is far apart.` };
}

/** Points that are written while the snapshot is made may be in it or not. */
export function collectionFinding(
  { collection, points, pointsAfter = points }: Pick<PartOf<'qdrantSnapshot'>, 'collection' | 'points' | 'pointsAfter'>,
  found: number,
  where: string,
): Finding {
  const [least, most] = [Math.min(points, pointsAfter), Math.max(points, pointsAfter)];
  const of = least === most ? formatCount(points) : `${formatCount(least)} to ${formatCount(most)}`;
  const words = `Qdrant collection ${collection}: ${formatCount(found)} of ${of} points are there again in ${where}.`;
  if (found >= least && found <= most) return { verdict: 'passed', words };
  const isNear = found >= least - points * 0.01 && found <= most + points * 0.01;
  return { verdict: isNear ? 'inconclusive' : 'failed', words };
}
