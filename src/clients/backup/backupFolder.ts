import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { chmod, lstat, mkdir, open, readdir, readFile, rename, rm, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Backup } from '../../core/backup/backups.ts';
import { backupId, environmentFolder, isBackupId } from '../../core/backup/backups.ts';
import type { Manifest, StoredFile } from '../../core/backup/manifest.ts';
import { filesOf, formatManifest, parseManifest } from '../../core/backup/manifest.ts';
import { OpsError, explain } from '../../core/errors.ts';
import { chunksOf } from '../chunks.ts';
import { fileError, replaceFile } from '../files.ts';

const manifestName = 'manifest.json';
/** Such a folder is no backup: it is being made, or was left when that ended half way. */
const unfinished = '.unfinished';
const removing = '.removing';

/** What lies in the folder of an environment's backups. */
export interface BackupShelf {
  readonly backups: readonly Backup[];
  /** Folders that look like backups and are not whole: their name and why. */
  readonly broken: readonly { readonly folder: string; readonly why: string }[];
  /** Left by a backup that ended half way. */
  readonly unfinished: readonly string[];
}

/** Reads the backups of an environment below `root`, newest first. A folder that is missing holds none. Throws OpsError. */
export async function readShelf(root: string, environment: string): Promise<BackupShelf> {
  const folder = join(root, environmentFolder(environment));
  const names = await readdir(folder).catch((error: unknown) => {
    if (isMissing(error)) return [];
    throw fileError(error, folder);
  });
  const backups: Backup[] = [];
  const broken: { folder: string; why: string }[] = [];
  for (const name of names.filter(isBackupId).toSorted().toReversed()) {
    const own = join(folder, name);
    try {
      const manifest = parseManifest(await readFile(join(own, manifestName), 'utf8'));
      // What somebody else put there is neither offered nor ever removed.
      if (manifest.id === name && manifest.environment === environment) backups.push({ folder: own, manifest });
      else broken.push({ folder: own, why: 'its manifest is of another backup' });
    } catch (error) {
      broken.push({ folder: own, why: isMissing(error) ? 'it has no manifest.json' : explain(error) });
    }
  }
  return {
    backups,
    broken,
    unfinished: names.filter(isLeftover).map((name) => join(folder, name)),
  };
}

/** The name of what a backup, or its removal, left when it ended half way. */
export function isLeftover(name: string): boolean {
  return name.startsWith('.') && (name.endsWith(unfinished) || name.endsWith(removing));
}

/** A backup while it is made: in a folder that has no backup's name until all of it is on the disk. */
export class BackupInProgress {
  readonly id: string;
  /** Where its files go. */
  readonly folder: string;
  readonly #final: string;

  private constructor(id: string, folder: string, final: string) {
    this.id = id;
    this.folder = folder;
    this.#final = final;
  }

  /** Makes the folder, and those above it that are missing; nobody else can look into them. Throws OpsError. */
  static async begin(root: string, environment: string, nowMs: number): Promise<BackupInProgress> {
    const shelf = join(root, environmentFolder(environment));
    try {
      await mkdir(shelf, { recursive: true, mode: 0o700 });
      await chmod(shelf, 0o700);
      for (let atMs = nowMs; ; atMs += 1000) {
        const id = backupId(atMs);
        const final = join(shelf, id);
        const folder = join(shelf, `.${id}${unfinished}`);
        // One that ended half way in the same second may still lie there.
        if ((await isThere(final)) || (await isThere(folder))) continue;
        await mkdir(folder, { mode: 0o700 });
        return new BackupInProgress(id, folder, final);
      }
    } catch (error) {
      throw fileError(error, shelf);
    }
  }

  /** One that was left when making it ended half way. */
  static resume(folder: string): BackupInProgress {
    const id = folder.slice(dirname(folder).length + 2, -unfinished.length);
    return new BackupInProgress(id, folder, join(dirname(folder), id));
  }

  /** Makes a folder in it where needed; gives the absolute path. */
  async place(path: string): Promise<string> {
    const absolute = join(this.folder, path);
    await mkdir(dirname(absolute), { recursive: true, mode: 0o700 });
    return absolute;
  }

  /** Writes the manifest and gives the folder its name: from then on it is a backup. Throws OpsError. */
  async finish(manifest: Manifest): Promise<Backup> {
    const text = formatManifest(manifest);
    try {
      await writeThrough(join(this.folder, manifestName), text);
      await rename(this.folder, this.#final);
      await syncFolder(dirname(this.#final));
      return { folder: this.#final, manifest: parseManifest(text) };
    } catch (error) {
      throw fileError(error, this.folder);
    }
  }

  async discard(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true }).catch((error: unknown) => {
      throw fileError(error, this.folder);
    });
  }
}

/** Replaces what the manifest says, as a whole. Throws OpsError, also where somebody else changed it meanwhile. */
export async function updateManifest({ folder, manifest }: Backup, change: Partial<Manifest>): Promise<Backup> {
  const path = join(folder, manifestName);
  const text = formatManifest({ ...manifest, ...change });
  const expected = await readFile(path).catch((error: unknown) => {
    throw fileError(error, path);
  });
  if (JSON.stringify(parseManifest(expected.toString())) !== JSON.stringify(manifest)) {
    throw new OpsError('conflict', `${path} was changed meanwhile.`, { next: 'Try again.' });
  }
  await replaceFile(path, expected, Buffer.from(text));
  return { folder, manifest: parseManifest(text) };
}

/**
 * Removes a backup and the archive beside it. Only what was made here: a folder of its own, no link, whose manifest names
 * it. Throws OpsError.
 */
export async function removeBackup({ folder, manifest }: Backup): Promise<void> {
  try {
    const found = await lstat(folder);
    const now = parseManifest(await readFile(join(folder, manifestName), 'utf8'));
    if (!found.isDirectory() || now.id !== manifest.id || !isBackupId(now.id) || !folder.endsWith(now.id)) {
      throw new OpsError('conflict', `${folder} is not the backup it was; it was not removed.`);
    }
    // First it loses its name, so that half of a backup never looks like one.
    const leaving = join(dirname(folder), `.${manifest.id}${removing}`);
    await rename(folder, leaving);
    await rm(leaving, { recursive: true, force: true });
    await rm(`${folder}.tar.gz`, { force: true });
  } catch (error) {
    throw fileError(error, folder);
  }
}

/** What is wrong with the files of a backup, one sentence each. Throws `cancelled`. */
export async function checkFiles(
  backup: Backup,
  signal: AbortSignal,
  onProgress?: (bytes: number) => void,
): Promise<readonly string[]> {
  const wrong: string[] = [];
  let done = 0;
  for (const file of filesOf(backup.manifest)) {
    const hash = createHash('sha256');
    let bytes = 0;
    try {
      for await (const chunk of chunksOf(createReadStream(join(backup.folder, file.path), { signal }))) {
        hash.update(chunk);
        bytes += chunk.length;
        onProgress?.(done + bytes);
      }
      done += bytes;
      if (bytes !== file.bytes) wrong.push(`${file.path} has ${bytes} bytes instead of ${file.bytes}.`);
      else if (hash.digest('hex') !== file.sha256)
        wrong.push(`${file.path} is not what was written: its SHA-256 differs.`);
    } catch (error) {
      if (signal.aborted) throw new OpsError('cancelled', 'Cancelled.', { cause: error });
      wrong.push(explain(fileError(error, file.path)));
    }
  }
  return wrong;
}

/** Copies bytes into a new file, mode 0600. Throws OpsError. */
export async function storeFile(progress: BackupInProgress, path: string, bytes: Uint8Array): Promise<StoredFile> {
  const place = await progress.place(path);
  try {
    await writeThrough(place, bytes);
  } catch (error) {
    throw fileError(error, place);
  }
  return { path, bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
}

/** Bytes free to this user where `folder` is or will be; undefined where the system does not tell. */
export async function freeBytes(folder: string): Promise<number | undefined> {
  try {
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize;
  } catch {
    return dirname(folder) === folder ? undefined : freeBytes(dirname(folder));
  }
}

async function writeThrough(path: string, content: string | Uint8Array): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** A name is on the disk only with its folder. Not every system lets a folder be synchronised. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => undefined);
  await handle?.sync().catch(() => undefined);
  await handle?.close();
}

async function isThere(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
