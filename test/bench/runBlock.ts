import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { runBlock } from '../../src/clients/shell/runBlock.ts';
import type { Figure } from './figure.ts';
import { median } from './figure.ts';

export const names = ['run.block'];

const runProgram = promisify(execFile);
const statements = Array.from({ length: 50 }, (_, index) => ({ id: `${index}`, text: '/bin/true' }));
const rounds = 41;
/** What a run may cost once, however long its block. */
const allowedMs = 20;

/** A block of fifty statements, each told apart, against bash running the same fifty lines. */
export async function run(): Promise<Figure[]> {
  const folder = await mkdtemp(path.join(tmpdir(), 'cache-ops-bench-'));
  const script = path.join(folder, 'script.sh');
  await writeFile(script, `${statements.map(({ text }) => text).join('\n')}\n`);
  const ours: number[] = [];
  const theirs: number[] = [];
  try {
    for (let round = -3; round < rounds; round++) {
      const own = await durationOf(() => runOurs(folder));
      const plain = await durationOf(() => runProgram('bash', [script]));
      if (round < 0) continue;
      ours.push(own - allowedMs);
      theirs.push(plain);
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return [
    {
      name: 'run.block',
      value: median(ours),
      unit: 'ms',
      against: median(theirs),
      limit: { of: 'ratio', max: 1.2 },
      note: `${statements.length} × /bin/true less ${allowedMs} ms; against bash script.sh; median of ${rounds} turns each`,
    },
  ];
}

async function runOurs(cwd: string): Promise<void> {
  const { end } = await runBlock(
    {
      statements,
      cwd,
      environment: {},
      secrets: [],
      state: undefined,
      timeLimitMs: 60_000,
      stopOnFailure: true,
      bash: undefined,
    },
    () => undefined,
    new AbortController().signal,
  );
  if (end.kind !== 'completed') throw new Error(`The block did not run to its end: ${end.kind}.`);
}

async function durationOf(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}
