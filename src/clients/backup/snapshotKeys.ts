import { rm } from 'node:fs/promises';
import { freemem, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Backup } from '../../core/backup/backups.ts';
import { partsOf } from '../../core/backup/manifest.ts';
import type { BackedUpServer, PartOf, StoredFile } from '../../core/backup/manifest.ts';
import { leftOutOfSnapshot, snapshotIsElsewhere } from '../../core/backup/snapshotWords.ts';
import type { Clock } from '../../core/clock.ts';
import { formatBytes } from '../../core/format.ts';
import type { PlanContext } from '../../core/operations/operation.ts';
import { freeBytes } from './backupFolder.ts';
import { exportKeys, usualPace } from './redisExport.ts';
import type { ExportCounts } from './redisExport.ts';
import { inScratchRedis, readScratch, scratchObstacle } from './scratchRedis.ts';
import { makeScratchFolder } from './scratchFolder.ts';
import { findProgram, programVersion } from './scratchServer.ts';

/** Keys that can be put back: an export, and the folder in which its files lie. */
export interface KeySet {
  readonly part: PartOf<'redisExport'>;
  readonly folder: string;
}

export interface UnpackedSnapshot {
  readonly keys: KeySet;
  /** What the snapshot holds besides, and is not restored; whole sentences. */
  readonly leftOut: readonly string[];
}

interface FetchedServer extends BackedUpServer {
  readonly file: StoredFile;
}

/**
 * The keys of one database out of the RDB files of a backup. A server reads such a file when it starts, and only then: here
 * a scratch server on this machine does, and its keys are written down as an export, which can be compared and restored
 * one by one while the real servers go on.
 */
export class SnapshotKeys {
  readonly #backup: Backup;
  readonly #clock: Clock;
  #unpacked: { readonly db: number; readonly snapshot: UnpackedSnapshot } | undefined;
  #folder: string | undefined;

  constructor(backup: Backup, clock: Clock) {
    this.#backup = backup;
    this.#clock = clock;
  }

  /** Why they cannot be read on this machine. */
  async obstacles(signal: AbortSignal): Promise<readonly string[]> {
    const elsewhere = snapshotIsElsewhere(this.#backup.manifest);
    if (elsewhere !== undefined) return [elsewhere];
    const servers = this.#servers;
    const program = await findProgram('redis-server');
    const version = program === undefined ? undefined : await programVersion(program, signal);
    const sizes = servers.map(({ file }) => file.bytes);
    // One is loaded at a time; copies of it and of what is written out of all of them lie on the disk.
    const [largest, all] = [Math.max(0, ...sizes), sizes.reduce((sum, bytes) => sum + bytes, 0)];
    const why = scratchObstacle(program, version, servers, largest * 1.5, freemem());
    const free = (await freeBytes(tmpdir())) ?? Infinity;
    const reasons = [
      ...(why === undefined ? [] : [why]),
      ...(free < largest + all
        ? [`${tmpdir()} has room for ${formatBytes(free)}, and ${formatBytes(largest + all)} are needed.`]
        : []),
    ];
    return reasons.map((one) => `The Redis snapshot cannot be read on this machine: ${one}`);
  }

  /** Done once, however often it is asked for. Throws OpsError. */
  async unpack(db: number, context: Pick<PlanContext, 'signal' | 'report'>): Promise<UnpackedSnapshot> {
    if (this.#unpacked?.db === db) return this.#unpacked.snapshot;
    await this.close();
    this.#folder = await makeScratchFolder();
    try {
      const snapshot = await this.#unpack(db, this.#folder, context);
      this.#unpacked = { db, snapshot };
      return snapshot;
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  /** Removes what was written. */
  async close(): Promise<void> {
    const folder = this.#folder;
    this.#folder = this.#unpacked = undefined;
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  }

  async #unpack(
    db: number,
    folder: string,
    { signal, report }: Pick<PlanContext, 'signal' | 'report'>,
  ): Promise<UnpackedSnapshot> {
    const clock = this.#clock;
    const program = (await findProgram('redis-server')) ?? 'redis-server';
    const total = this.#servers.reduce((sum, { keys }) => sum + keys, 0);
    const part: PartOf<'redisExport'> = { kind: 'redisExport', db, pattern: '*', servers: [] };
    const leftOut = { expired: 0, otherDbs: new Map<number, number>() };
    for (const [index, { address, runId, file }] of this.#servers.entries()) {
      const before = part.servers.reduce((sum, { keys }) => sum + keys, 0);
      report({ done: before, total, unit: 'keys', now: `loading the snapshot of ${address}` });
      const path = `${db}-${index}.gz`;
      const onProgress = ({ keys }: ExportCounts): void => {
        const done = before + keys;
        report({ done, total: Math.max(total, done), unit: 'keys', now: 'reading the snapshot' });
      };
      await inScratchRedis(program, join(this.#backup.folder, file.path), signal, async (scratch) => {
        const target = { ...scratch, db };
        const request = { target, pattern: '*', path: join(folder, path), pace: usualPace, onProgress };
        // Values are as this scratch server gives them: its version decides who can take them.
        const { file: facts, ...result } = await exportKeys(request, clock, signal);
        part.servers.push({ ...result, address, runId, file: { path, ...facts } });
        const { info, expiredAtLoad } = await readScratch(scratch, clock, signal);
        leftOut.expired += expiredAtLoad + (info.expired_keys ?? 0);
        for (const one of info.keyspace.filter((own) => own.db !== db)) {
          leftOut.otherDbs.set(one.db, (leftOut.otherDbs.get(one.db) ?? 0) + one.keys);
        }
      });
    }
    return { keys: { part, folder }, leftOut: leftOutOfSnapshot(leftOut) };
  }

  get #servers(): readonly (PartOf<'redisSnapshot'>['servers'][number] & FetchedServer)[] {
    return partsOf(this.#backup.manifest, 'redisSnapshot')
      .flatMap(({ servers }) => servers)
      .flatMap((server) => (server.file ? [{ ...server, file: server.file }] : []));
  }
}
