import * as z from 'zod/mini';

/** What is to be backed up; kept in the journal, and in the folder of a backup that ended half way. */
export const backUpRequest = z.object({
  /** BGSAVE on every primary; `fetch`: and the RDB file brought here by replication. */
  redisSnapshot: z.optional(z.object({ fetch: z.boolean() })),
  /** The keys of the environment's database that match; `*`: all. */
  redisExport: z.optional(z.object({ pattern: z.string() })),
  collections: z.optional(z.array(z.string())),
  /** Leave the snapshots on Qdrant's disk too. */
  keepSnapshots: z.optional(z.boolean()),
  /** The environment's `files`. */
  files: z.optional(z.boolean()),
  /** Name of a git tag for the commit that is checked out. */
  gitTag: z.optional(z.string()),
  /** Also as one `.tar.gz` beside the folder. */
  archive: z.optional(z.boolean()),
  /** Why, where nobody asked for a backup as such. */
  purpose: z.optional(z.string()),
  /** The unfinished folder to go on with. */
  resume: z.optional(z.string()),
});

export type BackUpRequest = z.output<typeof backUpRequest>;

export const testRequest = z.object({
  /** Folder of the backup. */
  backup: z.string(),
  /** Where snapshots of Qdrant are restored to see whether that works. */
  qdrant: z.enum(['scratchServer', 'scratchCollection', 'none']),
});

export type TestRequest = z.output<typeof testRequest>;

export const restoreRequest = z.object({
  backup: z.string(),
  redis: z.optional(
    z.object({
      existing: z.enum(['replace', 'skip']),
      /** Every expiry is put off by the backup's age. */
      extend: z.boolean(),
      /** Out of what; without it, the exports. */
      from: z.optional(z.array(z.enum(['export', 'snapshot']))),
    }),
  ),
  collections: z.optional(z.array(z.string())),
  /** As the environment's `files` names them. */
  files: z.optional(z.array(z.string())),
});

export type RestoreRequest = z.output<typeof restoreRequest>;

/** `Redis export of cache:*, 2 collections, files` */
export function requestWords({ redisSnapshot, redisExport, collections = [], files, gitTag }: BackUpRequest): string {
  const parts = [
    redisExport ? (redisExport.pattern === '*' ? 'Redis keys' : `Redis keys ${redisExport.pattern}`) : '',
    redisSnapshot ? 'Redis snapshot' : '',
    collections.length === 1
      ? `collection ${collections[0]}`
      : collections.length > 1
        ? `${collections.length} collections`
        : '',
    files === true ? 'files' : '',
    gitTag === undefined ? '' : 'git tag',
  ].filter((part) => part !== '');
  return parts.join(', ');
}
