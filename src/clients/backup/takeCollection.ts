import type { PartOf } from '../../core/backup/manifest.ts';
import { OpsError } from '../../core/errors.ts';
import type { StepContext } from '../../core/operations/operation.ts';
import type { BackupInProgress } from './backupFolder.ts';
import type { QdrantSnapshots } from './qdrantSnapshots.ts';

/**
 * Has Qdrant make a snapshot of a collection and fetches it. It is removed from the server afterwards, unless `keep` says
 * otherwise. Throws OpsError.
 */
export async function takeCollection(
  qdrant: QdrantSnapshots,
  collection: string,
  progress: BackupInProgress,
  keep: boolean,
  step: StepContext,
): Promise<PartOf<'qdrantSnapshot'>> {
  const { signal } = step;
  const { version = '', marks } = await qdrant.identify(signal);
  const points = await qdrant.count(collection, signal);
  const snapshot = await qdrant.create(collection, signal);
  let file;
  let pointsAfter;
  try {
    pointsAfter = await qdrant.count(collection, signal);
    const path = `qdrant/${encodeURIComponent(collection)}.snapshot`;
    const onProgress = (done: number, total = snapshot.bytes): void => step.report({ done, total, unit: 'bytes' });
    const got = await qdrant.download(collection, snapshot.name, await progress.place(path), { signal, onProgress });
    if (snapshot.sha256 !== undefined && snapshot.sha256 !== got.sha256) {
      throw new OpsError(
        'protocol',
        `What was downloaded of ${collection} is not the snapshot that Qdrant made: the SHA-256 differs.`,
      );
    }
    if (snapshot.sha256 === undefined)
      step.note('The server names no checksum: the file is compared with itself alone.');
    file = { path, ...got };
  } finally {
    // Also when it was cancelled: snapshots stay on the server's disk until somebody removes them.
    if (!keep) {
      await qdrant.remove(collection, snapshot.name, AbortSignal.timeout(60_000)).catch(() => {
        step.note(`The snapshot ${snapshot.name} could not be removed from the server: remove it by hand.`);
      });
    }
  }
  return {
    kind: 'qdrantSnapshot',
    version,
    address: qdrant.address,
    processId: marks['process id'],
    collection,
    points,
    pointsAfter,
    snapshot: snapshot.name,
    keptOnServer: keep,
    file,
  };
}
