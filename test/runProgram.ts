import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');

export interface ProgramResult {
  readonly ok: boolean;
  readonly timedOut: boolean;
  /** Both streams together; empty when they were shown. */
  readonly output: string;
}

/** Runs a program in the repository's root to its end, or kills it after `timeoutMs`. */
export async function runProgram(
  command: string,
  args: readonly string[],
  options: { readonly timeoutMs: number; readonly show?: boolean },
): Promise<ProgramResult> {
  mkdirSync(path.join(root, 'out'), { recursive: true });
  const child = spawn(command, args, {
    cwd: root,
    ...(options.show === true
      ? { stdio: ['ignore', 'inherit', 'inherit'] }
      : { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, NO_COLOR: '1' } }),
  });
  let output = '';
  child.stdout?.on('data', (data: Buffer) => (output += data.toString()));
  child.stderr?.on('data', (data: Buffer) => (output += data.toString()));
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    child.kill('SIGTERM');
    setTimeout(() => child.kill('SIGKILL'), 5_000).unref();
  }, options.timeoutMs);
  const killWithUs = (): void => void child.kill('SIGTERM');
  process.once('exit', killWithUs);
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    return { ok: code === 0 && !timedOut, timedOut, output };
  } finally {
    clearTimeout(timer);
    process.off('exit', killWithUs);
  }
}
