import { mkdir, open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { OpsError } from '../core/errors.ts';
import { chainStart, hashIn, seal } from '../core/journal/chain.ts';
import type { JournalLine } from '../core/journal/lines.ts';
import { acquireLock } from './lockFile.ts';

const pieceBytes = 64 * 1024;
/** Another window writes a line in a few milliseconds. */
const patienceMs = 3_000;

/**
 * Appends a line to the journal at `path`, chained to the one before; makes file and folder where there are none. On
 * disk when it resolves. A torn last line is taken away first and the repair noted. Where the line cannot be written as
 * a whole, the file is left as it was, and OpsError `file` says why.
 */
export async function appendToJournal(path: string, line: JournalLine, signal?: AbortSignal): Promise<void> {
  const lock = await patiently(() => acquireLock(`${path}.lock`, 'a journal entry'), signal);
  try {
    await mkdir(dirname(path), { recursive: true });
    const file = await open(path, 'a+', 0o644);
    try {
      await append(file, line);
    } finally {
      await file.close();
    }
    // A new file is there for good only when its folder is on disk as well.
    await syncFolder(dirname(path));
  } catch (cause) {
    if (cause instanceof OpsError) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new OpsError('file', `The journal ${path} could not be written (${reason}).`, {
      cause,
      next: 'Make room or choose another folder in cacheOps.journal.folder. Without a journal nothing is changed.',
    });
  } finally {
    lock.dispose();
  }
}

async function append(file: FileHandle, line: JournalLine): Promise<void> {
  const { size } = await file.stat();
  const { last, wholeBytes } = await lastLine(file, size);
  let previous = last === undefined ? chainStart : hashIn(last);
  let text = '';
  if (wholeBytes < size) {
    const repair = seal({ type: 'repaired', at: new Date().toISOString(), lostBytes: size - wholeBytes }, previous);
    text = `${repair}\n`;
    previous = hashIn(repair);
    await file.truncate(wholeBytes);
  }
  text += `${seal(line, previous)}\n`;
  try {
    await file.appendFile(text);
    await file.sync();
  } catch (error) {
    await file.truncate(wholeBytes).catch(() => undefined);
    throw error;
  }
}

/** The last line that has its end, read from the back, and how many bytes all lines with an end take. */
async function lastLine(file: FileHandle, size: number): Promise<{ last: string | undefined; wholeBytes: number }> {
  let tail = Buffer.alloc(0);
  let from = size;
  for (;;) {
    const end = tail.lastIndexOf(0x0a);
    const begin = end <= 0 ? -1 : tail.lastIndexOf(0x0a, end - 1);
    if (end >= 0 && (begin >= 0 || from === 0)) {
      return { last: tail.toString('utf8', begin + 1, end), wholeBytes: from + end + 1 };
    }
    if (from === 0) return { last: undefined, wholeBytes: 0 };
    const length = Math.min(pieceBytes, from);
    from -= length;
    const piece = Buffer.alloc(length);
    await file.read(piece, 0, length, from);
    tail = Buffer.concat([piece, tail]);
  }
}

/** Windows knows no such thing, and needs none. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r').catch(() => undefined);
  await folder?.sync().catch(() => undefined);
  await folder?.close();
}

async function patiently<T>(work: () => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  const until = performance.now() + patienceMs;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof OpsError) || error.code !== 'busy' || performance.now() > until) throw error;
      await wait(5 + Math.random() * 15, undefined, signal ? { signal } : {});
    }
  }
}
