import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import * as z from 'zod/mini';

const tookSchema = z.object({
  count: z.number(),
  sha256: z.optional(z.string()),
  tookMs: z.number(),
  /** The most that the process held. */
  mostMb: z.number(),
  /** By how much that is more than when it began. */
  grownMb: z.number(),
});

export type Took = z.output<typeof tookSchema>;

/** Runs probe/backup.ts, bundled, in a process of its own. */
export async function took(probe: string, ...args: readonly string[]): Promise<Took> {
  const { stdout } = await promisify(execFile)(process.execPath, [probe, ...args]);
  return tookSchema.parse(JSON.parse(stdout));
}
