import * as z from 'zod/mini';
import { OpsError } from '../errors.ts';

/** A file of the backup, as it was when it was written. */
const storedFile = z.object({
  /** Below the backup's folder, with forward slashes; never out of it. */
  path: z.string().check(z.regex(/^(?!\.\.?(\/|$))[^/\\:]+(\/(?!\.\.?(\/|$))[^/\\:]+)*$/)),
  bytes: z.number(),
  /** Hexadecimal. */
  sha256: z.string().check(z.regex(/^[0-9a-f]{64}$/)),
});

const server = z.object({
  /** `redis-1:6379` */
  address: z.string(),
  /** As INFO says; of Valkey its own. */
  version: z.string(),
  runId: z.string(),
});

const redisSnapshot = z.object({
  kind: z.literal('redisSnapshot'),
  servers: z.array(
    z.object({
      ...server.shape,
      /** DBSIZE of all databases when it was saved; about, since others go on writing. */
      keys: z.number(),
      /** By the server's clock. */
      savedAtMs: z.number(),
      tookMs: z.number(),
      /** The RDB file, where it was fetched; without it, it exists on the server only. */
      file: z.optional(storedFile),
    }),
  ),
});

const redisExport = z.object({
  kind: z.literal('redisExport'),
  db: z.number(),
  pattern: z.string(),
  servers: z.array(
    z.object({
      ...server.shape,
      file: storedFile,
      /** Records in the file; a key that SCAN gave twice counts twice. */
      keys: z.number(),
      /** Found by SCAN and gone when they were read: expired or removed meanwhile. */
      gone: z.number(),
      /** Not to be read by this user: missing from the file. */
      denied: z.number(),
      /** Before compression. */
      rawBytes: z.number(),
    }),
  ),
});

const qdrantSnapshot = z.object({
  kind: z.literal('qdrantSnapshot'),
  version: z.string(),
  /** `qdrant:6333` */
  address: z.string(),
  /** Made anew whenever it starts; missing where the key may not ask for it. */
  processId: z.optional(z.string()),
  collection: z.string(),
  /** Exact, just before the snapshot. */
  points: z.number(),
  /** Exact, just after it: the snapshot holds a number in between. */
  pointsAfter: z.optional(z.number()),
  /** Its name on the server. */
  snapshot: z.string(),
  keptOnServer: z.boolean(),
  file: storedFile,
});

const configurationFile = z.object({
  kind: z.literal('file'),
  /** As the environment's `files` names it. */
  source: z.string(),
  /** Such as 0o644. */
  mode: z.number(),
  /** It is a `.env` file or looks like one. */
  holdsSecrets: z.boolean(),
  file: storedFile,
});

const gitTag = z.object({ kind: z.literal('gitTag'), tag: z.string(), commit: z.string() });

const part = z.discriminatedUnion('kind', [redisSnapshot, redisExport, qdrantSnapshot, configurationFile, gitTag]);

const test = z.object({
  atMs: z.number(),
  verdict: z.enum(['passed', 'failed', 'inconclusive']),
  /** One sentence for each thing that was tried. */
  findings: z.array(z.string()),
});

const manifestSchema = z.object({
  format: z.literal('cache-ops backup 1'),
  /** Of the folder too: `2026-11-20T10-16-47Z`. */
  id: z.string(),
  environment: z.string(),
  tier: z.enum(['development', 'staging', 'production']),
  /** Where the stores were, as the settings named them: an environment may be pointed elsewhere later. */
  from: z.optional(z.object({ redis: z.optional(z.string()), qdrant: z.optional(z.string()) })),
  /** Why it was made, where it was not asked for as such: `before restoring 2026-…`. */
  purpose: z.optional(z.string()),
  startedAtMs: z.number(),
  endedAtMs: z.number(),
  git: z.optional(
    z.object({ commit: z.optional(z.string()), branch: z.optional(z.string()), isDirty: z.optional(z.boolean()) }),
  ),
  parts: z.array(part),
  /** What was learnt by testing it, the latest last. */
  tests: z.array(test),
});

/** What `manifest.json` of a backup says: what it holds, from where, and how it was tested. */
export type Manifest = z.output<typeof manifestSchema>;
export type BackupPart = z.output<typeof part>;
export type PartOf<K extends BackupPart['kind']> = Extract<BackupPart, { kind: K }>;
export type StoredFile = z.output<typeof storedFile>;
export type BackupTest = z.output<typeof test>;
export type BackedUpServer = z.output<typeof server>;

/** The text of `manifest.json`. */
export function formatManifest(manifest: Manifest): string {
  return `${JSON.stringify(manifest, undefined, 2)}\n`;
}

/** Throws OpsError `file` for what is no manifest, or one of a newer format. */
export function parseManifest(text: string): Manifest {
  try {
    return manifestSchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new OpsError('file', 'Its manifest.json cannot be read, or is of a newer Cache Ops.', { cause });
  }
}

/** Every file that the manifest names. */
export function filesOf({ parts }: Manifest): readonly StoredFile[] {
  return parts.flatMap((one) => {
    if (one.kind === 'gitTag') return [];
    return 'servers' in one ? one.servers.flatMap(({ file }) => file ?? []) : [one.file];
  });
}

export function partsOf<K extends BackupPart['kind']>({ parts }: Manifest, kind: K): readonly PartOf<K>[] {
  return parts.filter((one): one is PartOf<K> => one.kind === kind);
}

export function sizeOf(manifest: Manifest): number {
  return filesOf(manifest).reduce((sum, { bytes }) => sum + bytes, 0);
}

/** Names of files that usually hold passwords and keys. */
export function holdsSecrets(path: string): boolean {
  const name = path.split(/[\\/]/).at(-1) ?? '';
  return /^\.env(\.|$)|\.env$|secret|credential|\.(pem|key|p12|pfx)$/i.test(name);
}
