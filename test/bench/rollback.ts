import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { ran, startDesk } from '../live/support/desk.ts';
import type { Desk } from '../live/support/desk.ts';
import { median } from './figure.ts';
import type { Figure } from './figure.ts';

const rounds = 5;

export const names = ['rollback.immediate'];

/** The immediate rollback of the sample application under traffic, against the same by hand without looking whether it worked. */
export async function run(): Promise<Figure[]> {
  const desk = await startDesk(path.resolve(import.meta.dirname, '../../.sandbox/bench-rollback'));
  const ours: number[] = [];
  const byHand: number[] = [];
  try {
    for (let round = 0; round < rounds; round++) {
      await desk.reset();
      ours.push(await rolledBackMs(desk));
      await desk.reset();
      byHand.push(await byHandMs(desk));
    }
  } finally {
    await desk.stop();
  }
  return [
    {
      name: 'rollback.immediate',
      value: median(ours) / 1000,
      unit: 's',
      against: median(byHand) / 1000,
      limit: { of: 'value', max: 5 },
      note: 'from confirmation to flag off, restarted, healthy, hits standing still on /metrics; against sed, restart.sh and curl, unverified',
    },
  ];
}

async function rolledBackMs(desk: Desk): Promise<number> {
  let confirmedMs = Number.NaN;
  desk.operator.beforeConfirm = () => {
    confirmedMs = performance.now();
    return Promise.resolve();
  };
  const outcome = ran(await desk.rollBack('immediate', { skipped: [['watch', 'not measured']] }));
  const tookMs = performance.now() - confirmedMs;
  const flat = outcome.report.steps.find(({ id }) => id === 'flat');
  const isSeen = flat?.notes?.some((note) => note.includes('no hit in')) ?? false;
  if (outcome.report.ended !== 'completed' || !isSeen) throw new Error(JSON.stringify(outcome.report));
  return tookMs;
}

async function byHandMs({ folder, app }: Desk): Promise<number> {
  const script = `sed -i 's/^CACHE_ENABLED=true/CACHE_ENABLED=false/' .env && sh scripts/restart.sh sandbox && curl -fsS ${app.url}/health`;
  const begunMs = performance.now();
  await promisify(execFile)('sh', ['-c', script], { cwd: folder });
  return performance.now() - begunMs;
}
