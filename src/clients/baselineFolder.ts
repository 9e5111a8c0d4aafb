import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { baselineName, isBaselineName, parseBaseline } from '../core/baseline/baseline.ts';
import type { Baseline } from '../core/baseline/baseline.ts';
import type { Capture } from '../core/baseline/capture.ts';
import { baselineReport } from '../core/baseline/report.ts';
import { OpsError } from '../core/errors.ts';
import { fileError, readTextFile } from './files.ts';
import { writeNewFile } from './newFile.ts';

const largestBytes = 1024 * 1024;

/**
 * The newest baseline of an environment in a folder; undefined where there is none. A file that is no baseline is passed
 * over. Throws OpsError `file` where the folder is there and cannot be read.
 */
export async function newestBaseline(folder: string, environment: string): Promise<Baseline | undefined> {
  const names = await readdir(folder).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw fileError(error, folder);
  });
  for (const name of names
    .filter((one) => isBaselineName(one, environment))
    .toSorted()
    .toReversed()) {
    const { text } = await readTextFile(join(folder, name), largestBytes);
    const baseline = parseBaseline(text);
    if (baseline?.environment === environment) return baseline;
  }
  return undefined;
}

/** The files of a baseline. */
export interface BaselineFiles {
  readonly json: string;
  readonly markdown: string;
}

/**
 * Writes a baseline and its report side by side, both or neither; never over another one. Throws OpsError `file`: then
 * there is nothing of it.
 */
export async function writeBaseline(folder: string, capture: Capture): Promise<BaselineFiles> {
  const base = join(folder, baselineName(capture.baseline));
  const parts = [
    { path: `${base}.md`, text: baselineReport(capture) },
    // What counts as a baseline comes last.
    { path: `${base}.json`, text: `${JSON.stringify(capture.baseline, undefined, 2)}\n` },
  ];
  const made: string[] = [];
  try {
    await mkdir(folder, { recursive: true });
    const names = new Set(await readdir(folder));
    if (parts.some(({ path }) => names.has(path.slice(folder.length + 1))))
      throw new OpsError('file', `There is a baseline of that second already: ${base}.json; nothing was written.`, {
        next: 'Try again.',
      });
    for (const { path, text } of parts) made.push(await writeNewFile(`${path}.unfinished`, text));
    for (const [index, { path }] of parts.entries()) {
      await rename(made[index] ?? '', path);
      made[index] = path;
    }
    return { json: `${base}.json`, markdown: `${base}.md` };
  } catch (error) {
    for (const path of made) await rm(path, { force: true }).catch(() => undefined);
    throw fileError(error, base);
  }
}
