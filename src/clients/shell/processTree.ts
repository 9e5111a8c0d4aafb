import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import type { RunningProcess } from '../../core/run/model.ts';
import { markerVariable } from './surroundings.ts';

/** Everything that began with one shell, which leads a session of its own. */
export interface ProcessTree {
  /** Of the shell: also the number of its session and process group. */
  readonly pid: number;
  /** Value of the marker variable that the shell was started with. */
  readonly marker: string;
}

interface Member extends RunningProcess {
  readonly group: number;
}

const checkEveryMs = 50;
/** How long a process may take to vanish after KILL, which it cannot refuse. */
const vanishMs = 1_000;

/**
 * What still runs of the tree: members of its session, and those that left it but kept their environment. Only Linux
 * tells; elsewhere the list is empty.
 */
export async function membersOf(tree: ProcessTree): Promise<readonly RunningProcess[]> {
  return (await findMembers(tree)).map(({ pid, name }) => ({ pid, name }));
}

async function findMembers(tree: ProcessTree): Promise<readonly Member[]> {
  const entries = await readdir('/proc').catch(() => []);
  const found = await Promise.all(entries.filter((entry) => /^\d+$/.test(entry)).map((pid) => inspect(pid, tree)));
  return found.filter((member) => member !== undefined);
}

async function inspect(pid: string, tree: ProcessTree): Promise<Member | undefined> {
  const status = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  // The name stands in parentheses and may itself contain some; state, parent, group and session follow it.
  const match = /^\d+ \((.*)\) (\S) \d+ (\d+) (\d+) /su.exec(status);
  if (match === null || match[2] === 'Z' || match[2] === 'X') return undefined;
  const member = { pid: Number(pid), name: match[1] ?? '', group: Number(match[3]) };
  if (Number(match[4]) === tree.pid) return member;
  const environment = await readFile(`/proc/${pid}/environ`, 'latin1').catch(() => '');
  return environment.split('\0').includes(`${markerVariable}=${tree.marker}`) ? member : undefined;
}

/**
 * Ends the whole tree: asks it to (TERM), and after `graceMs` makes it (KILL). Resolves when it is gone, or with what
 * could not be ended: processes of another user, or stuck in the kernel.
 */
export async function endTree(tree: ProcessTree, graceMs: number): Promise<readonly RunningProcess[]> {
  await signalTree(tree, 'SIGTERM');
  if (await isGoneWithin(tree, graceMs)) return [];
  await signalTree(tree, 'SIGKILL');
  return (await isGoneWithin(tree, vanishMs)) ? [] : membersOf(tree);
}

async function signalTree(tree: ProcessTree, signal: NodeJS.Signals): Promise<void> {
  send(-tree.pid, signal);
  for (const { pid, group } of await findMembers(tree)) if (group !== tree.pid) send(pid, signal);
}

async function isGoneWithin(tree: ProcessTree, limitMs: number): Promise<boolean> {
  const deadline = performance.now() + limitMs;
  while (await isAlive(tree)) {
    if (performance.now() >= deadline) return false;
    await wait(checkEveryMs);
  }
  return true;
}

/** A group counts its dead until their parent has noticed, so where processes can be looked at, that decides. */
async function isAlive(tree: ProcessTree): Promise<boolean> {
  return process.platform === 'linux' ? (await findMembers(tree)).length > 0 : send(-tree.pid, 0);
}

/** Whether there was someone to send it to. */
function send(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
