import { formatCount } from '../format.ts';
import { partsOf } from './manifest.ts';
import type { Manifest } from './manifest.ts';

/** Why a snapshot of Redis cannot be restored from here; undefined: its RDB files were fetched, or there is none. */
export function snapshotIsElsewhere(manifest: Manifest): string | undefined {
  const servers = partsOf(manifest, 'redisSnapshot').flatMap((part) => part.servers);
  const far = servers.filter(({ file }) => !file).map(({ address }) => address);
  if (far.length === 0) return undefined;
  return `The RDB file of the Redis snapshot exists only on the disk of ${far.join(', ')}: it cannot be tested or restored from here. To restore it, stop the server, put the file into its folder, and start it.`;
}

export interface LeftOutOfSnapshot {
  /** Their time was over when the snapshot was read. */
  readonly expired: number;
  readonly otherDbs: ReadonlyMap<number, number>;
}

/** What a snapshot holds and is not restored; whole sentences. */
export function leftOutOfSnapshot({ expired, otherDbs }: LeftOutOfSnapshot): readonly string[] {
  const others = [...otherDbs].map(([db, keys]) => `${formatCount(keys)} keys of db ${db}`);
  return [
    ...(expired > 0 ? [`${formatCount(expired)} keys of the snapshot have expired since and cannot come back.`] : []),
    ...(others.length > 0 ? [`The snapshot also holds ${others.join(', ')}: they are not restored.`] : []),
  ];
}
