import { execFile } from 'node:child_process';
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { ensureProgram } from '../sandbox/install.ts';
import { startQdrant } from '../sandbox/qdrant.ts';
import { change } from '../live/support/qdrantNode.ts';
import { snapshotsAnswer } from '../../src/clients/qdrantAnswers.ts';
import { buildProbe } from './buildProbe.ts';
import type { Figure } from './figure.ts';
import { median } from './figure.ts';
import { took } from './took.ts';

export const names = ['snapshot.stream', 'snapshot.memory'];

const folder = path.resolve(import.meta.dirname, '../../.sandbox/bench-snapshot');
const collection = 'cache_similarity';
/** Vectors of 1,536 dimensions and four bytes each: about 1 GB. */
const points = 165_000;
const dimensions = 1_536;
const batch = 500;
const rounds = 3;
const execute = promisify(execFile);

/** A snapshot of about 1 GB downloaded and checked, against curl, tee and sha256sum on the same file. */
export async function run(): Promise<Figure[]> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const curl = await ensureProgram('curl');
  const server = await startQdrant({ folder: path.join(folder, 'qdrant') });
  try {
    await fill(server.url);
    await change('POST', `${server.url}/collections/${collection}/snapshots?wait=true`);
    const listed = await fetch(`${server.url}/collections/${collection}/snapshots`);
    const [snapshot] = snapshotsAnswer.parse(await listed.json());
    if (!snapshot) throw new Error('There is no snapshot.');
    const probe = await buildProbe('backup', folder);
    const url = `${server.url}/collections/${collection}/snapshots/${snapshot.name}`;
    const [ours, theirs, grown]: [number[], number[], number[]] = [[], [], []];
    // In turns, so that both meet the same noise; the disk has the file in memory from the first on.
    for (let round = 0; round < rounds; round++) {
      const file = path.join(folder, 'copy');
      const script = `"${curl}" -s "${url}" | tee "${file}" | sha256sum`;
      const startedMs = performance.now();
      const { stdout } = await execute('bash', ['-c', script]);
      theirs.push((performance.now() - startedMs) / 1000);
      await rm(file);
      const one = await took(probe, 'download', url, file);
      if (one.sha256 !== stdout.slice(0, 64)) throw new Error('Another SHA-256 than sha256sum found.');
      ours.push(one.tookMs / 1000);
      grown.push(one.grownMb);
      await rm(file);
    }
    const size = `${(snapshot.sizeBytes / 1e9).toFixed(2)} GB`;
    return [
      {
        name: 'snapshot.stream',
        value: median(ours),
        unit: 's',
        against: median(theirs),
        limit: { of: 'ratio', max: 1.2 },
        note: `${size} with SHA-256; against curl | tee F | sha256sum`,
      },
      {
        name: 'snapshot.memory',
        value: Math.max(...grown),
        unit: 'MB',
        limit: { of: 'value', max: 50 },
        note: 'by how much a process grows at the most while it downloads',
      },
    ];
  } finally {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function fill(url: string): Promise<void> {
  await change('PUT', `${url}/collections/${collection}`, {
    vectors: { size: dimensions, distance: 'Dot', on_disk: true },
    // Indexing would take minutes, and what is in the file does not matter here.
    optimizers_config: { indexing_threshold: 0 },
  });
  const vector = Array.from({ length: dimensions }, () => 0.5);
  for (let from = 0; from < points; from += batch) {
    const some = Array.from({ length: batch }, (_, index) => ({ id: from + index, vector }));
    await change('PUT', `${url}/collections/${collection}/points`, { points: some });
  }
  await change('PUT', `${url}/collections/${collection}/points?wait=true`, { points: [{ id: points, vector }] });
}
