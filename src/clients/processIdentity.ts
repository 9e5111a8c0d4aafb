import { readFile } from 'node:fs/promises';

/** A running program: its number, and where the system tells it, when it was started, since numbers are used again. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Clock ticks since boot, from /proc; undefined where there is none. */
  readonly started?: string;
}

export async function processIdentity(pid: number = process.pid): Promise<ProcessIdentity> {
  const started = await startOf(pid);
  return { pid, ...(started === undefined ? {} : { started }) };
}

/** Whether that program still runs on this machine. One of another user counts: it runs. */
export async function isRunning({ pid, started }: ProcessIdentity): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EPERM')) return false;
  }
  if (started === undefined) return true;
  const now = await startOf(pid);
  return now === undefined || now === started;
}

/** The 22nd field of /proc/PID/stat; the second is the program's name in parentheses, which may hold anything. */
async function startOf(pid: number): Promise<string | undefined> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}
