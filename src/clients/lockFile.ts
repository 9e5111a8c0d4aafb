import { readFileSync, unlinkSync } from 'node:fs';
import { mkdir, open, readdir, readFile, stat, unlink } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import * as z from 'zod/mini';
import type { Disposable } from '../core/disposable.ts';
import { OpsError } from '../core/errors.ts';
import { isRunning, processIdentity } from './processIdentity.ts';

const holderSchema = z.object({
  pid: z.number(),
  started: z.exactOptional(z.string()),
  host: z.string(),
  since: z.string(),
  what: z.string(),
});

/** Who holds a lock. */
export type LockHolder = z.output<typeof holderSchema>;

/** A lock or a takeover that holds nothing readable is just being written, unless it is older than this. */
const halfWrittenMs = 10_000;

/**
 * Takes the lock at `path` for `what`, or throws OpsError `busy` that says who has it; never waits. It is a file that
 * names its holder, so that the lock of a program that was killed is known to be stale and taken over, which
 * `onTakenOver` is told. A holder on another machine cannot be looked at: its lock is believed.
 */
export async function acquireLock(path: string, what: string, onTakenOver?: () => void): Promise<Disposable> {
  await mkdir(dirname(path), { recursive: true }).catch((error: unknown) => {
    throw notWritten(path, error);
  });
  const own = JSON.stringify({ ...(await processIdentity()), host: hostname(), since: new Date().toISOString(), what });
  if (!(await create(path, own))) {
    await ensureFree(path);
    await takeOver(path, own);
    onTakenOver?.();
  }
  return { dispose: () => release(path, own) };
}

/** Throws as `acquireLock` does while somebody holds the lock at `path`. */
export async function ensureFree(path: string): Promise<void> {
  const holder = await liveHolder(path);
  if (holder) throw busy(path, holder);
}

/** Who holds it now; undefined when nobody does, or who did is no more. */
export async function liveHolder(path: string): Promise<LockHolder | undefined> {
  const found = await read(path);
  if (found === undefined) return undefined;
  const parsed = holderSchema.safeParse(parse(found.text));
  if (!parsed.success) return found.ageMs > halfWrittenMs ? undefined : unknownHolder(found.ageMs);
  const holder = parsed.data;
  return holder.host !== hostname() || (await isRunning(holder)) ? holder : undefined;
}

/** Whether a program was killed while it held one of the locks in a folder. */
export async function hasStaleLock(folder: string): Promise<boolean> {
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.lock'));
  for (const name of names) {
    const path = join(folder, name);
    if ((await read(path)) !== undefined && (await liveHolder(path)) === undefined) return true;
  }
  return false;
}

/** Two who find the same stale lock at once must not both have it: only one takes over at a time, and looks again. */
async function takeOver(path: string, own: string): Promise<void> {
  const gate = `${path}.takeover`;
  const before = await read(gate);
  if (before && before.ageMs > halfWrittenMs) await unlink(gate).catch(() => undefined);
  if (!(await create(gate, own))) throw busy(path, unknownHolder(0));
  try {
    await ensureFree(path);
    await unlink(path).catch(() => undefined);
    if (!(await create(path, own))) throw busy(path, (await liveHolder(path)) ?? unknownHolder(0));
  } finally {
    await unlink(gate).catch(() => undefined);
  }
}

/** Free when it returns. Somebody may have taken it over, should this program have slept for long: theirs is left alone. */
function release(path: string, own: string): void {
  try {
    if (readFileSync(path, 'utf8') === own) unlinkSync(path);
  } catch {
    // It is gone already, with its folder perhaps.
  }
}

async function create(path: string, text: string): Promise<boolean> {
  try {
    const file = await open(path, 'wx', 0o600);
    try {
      await file.writeFile(text);
    } finally {
      await file.close();
    }
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw notWritten(path, error);
  }
}

function notWritten(path: string, cause: unknown): OpsError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new OpsError('file', `The lock ${path} could not be written (${reason}); nothing was done.`, { cause });
}

async function read(path: string): Promise<{ readonly text: string; readonly ageMs: number } | undefined> {
  try {
    const [text, { mtimeMs }] = await Promise.all([readFile(path, 'utf8'), stat(path)]);
    // What was written later than now was written before the clock was set back.
    return { text, ageMs: Math.abs(Date.now() - mtimeMs) };
  } catch {
    return undefined;
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function unknownHolder(ageMs: number): LockHolder {
  return {
    pid: 0,
    host: hostname(),
    since: new Date(Date.now() - ageMs).toISOString(),
    what: 'something that is just beginning',
  };
}

function busy(path: string, { what, since, host, pid }: LockHolder): OpsError {
  const elsewhere = host !== hostname();
  const where = elsewhere ? ` on ${host}` : '';
  const window = pid === process.pid ? 'it is in this window' : `its window is process ${pid}`;
  return new OpsError('busy', `Another operation is at work${where} since ${since}: ${what}. Nothing was done.`, {
    next: elsewhere ? `Wait for it. If that machine is gone, delete ${path}.` : `Wait for it, or stop it; ${window}.`,
  });
}
