import { formatBytes, formatCount, formatDuration } from '../format.ts';
import type { BackupPart, BackupTest, Manifest, StoredFile } from './manifest.ts';
import { sizeOf } from './manifest.ts';

/** A backup on disk. */
export interface Backup {
  /** Absolute. */
  readonly folder: string;
  readonly manifest: Manifest;
}

/** How long backups are kept. */
export interface Retention {
  /** At most so many of an environment; 0: any number. */
  readonly count: number;
  /** In days; 0: for ever. */
  readonly days: number;
}

const dayMs = 86_400_000;

/** `2026-11-20T10-16-47Z`: sorts by time, and is a name on every file system. */
export function backupId(wallMs: number): string {
  return `${new Date(wallMs).toISOString().slice(0, 19).replaceAll(':', '-')}Z`;
}

export function isBackupId(name: string): boolean {
  return /^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ$/.test(name);
}

/** The folder of an environment below the backups' own. No two environments share one, and none leads elsewhere. */
export function environmentFolder(environment: string): string {
  const safe = environment.replaceAll(/[^\p{L}\p{N} ._-]|^[. ]|[. ]$|%/gu, (one) =>
    [...new TextEncoder().encode(one)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join(''),
  );
  return safe;
}

/**
 * Which backups are not kept any longer: what is too old or one too many. The newest stays, and the newest that was
 * restored in a test, whatever their age. `coming`: how many newer ones there will be.
 */
export function expiredBackups(
  backups: readonly Backup[],
  keep: Retention,
  nowMs: number,
  coming = 0,
): readonly Backup[] {
  const newestFirst = backups.toSorted((a, b) => b.manifest.startedAtMs - a.manifest.startedAtMs);
  const verified = newestFirst.find(({ manifest }) => isVerified(manifest));
  return newestFirst.filter((one, older) => {
    const index = older + coming;
    if (index === 0 || one === verified) return false;
    const isTooMany = keep.count > 0 && index >= keep.count;
    const isTooOld = keep.days > 0 && nowMs - one.manifest.startedAtMs > keep.days * dayMs;
    return isTooMany || isTooOld;
  });
}

/** Its latest test restored it and found everything. */
export function isVerified({ tests }: Pick<Manifest, 'tests'>): boolean {
  return tests.at(-1)?.verdict === 'passed';
}

/** What a row or a choice says of a backup: `3 h ago · 164 MB · restored in a test 2 h ago`. */
export function describeBackup({ manifest }: Backup, nowMs: number): string {
  const ago = `${formatDuration(nowMs - manifest.startedAtMs)} ago`;
  const size = sizeOf(manifest);
  return [ago, ...(size > 0 ? [formatBytes(size)] : []), describeTest(manifest.tests.at(-1), nowMs)].join(' · ');
}

function describeTest(test: BackupTest | undefined, nowMs: number): string {
  if (!test) return 'untested copy';
  const ago = `${formatDuration(nowMs - test.atMs)} ago`;
  if (test.verdict === 'passed') return `restored in a test ${ago}`;
  return test.verdict === 'failed' ? `its test failed ${ago}` : `could not be tested whole ${ago}`;
}

/** One line for each thing it holds. */
export function describePart(part: BackupPart): string {
  switch (part.kind) {
    case 'redisSnapshot': {
      const fetched = part.servers.filter(({ file }) => file);
      const where = fetched.length === part.servers.length ? 'fetched' : 'on the server only';
      return `Redis snapshot of ${servers(part.servers.length)}, ${where}`;
    }
    case 'redisExport': {
      const { pattern, db } = part;
      const keys = part.servers.reduce((sum, one) => sum + one.keys, 0);
      const scope = pattern === '*' ? `db ${db}` : `${pattern} in db ${db}`;
      return `Redis export of ${scope}: ${formatCount(keys)} keys from ${servers(part.servers.length)}`;
    }
    case 'qdrantSnapshot':
      return `Qdrant collection ${part.collection}: ${formatCount(part.points)} points, ${sized(part.file)}`;
    case 'file':
      return `${part.source}${part.holdsSecrets ? ' (holds secrets)' : ''}: ${sized(part.file)}`;
    case 'gitTag':
      return `git tag ${part.tag} at ${part.commit.slice(0, 10)}`;
  }
}

function servers(count: number): string {
  return count === 1 ? '1 server' : `${count} servers`;
}

function sized({ bytes }: StoredFile): string {
  return formatBytes(bytes);
}
