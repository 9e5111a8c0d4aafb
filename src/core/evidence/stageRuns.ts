import type { Checklist, Stage } from '../checklist/model.ts';
import { nodesOf } from '../checklist/walk.ts';
import { lastDone } from './evidence.ts';
import type { Done, KeptEvidence } from './evidence.ts';

/** What was run or done by hand of one stage without a long break; of a step that was repeated, the last time counts. */
export interface StageRun {
  readonly stage: Pick<Stage, 'id' | 'title' | 'range'>;
  /** Wall clock, ms since 1970. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly steps: number;
  readonly passed: number;
}

interface Step {
  readonly id: string;
  readonly done: Done;
}

/** Steps further apart than this belong to two runs. */
const breakMs = 15 * 60_000;

/** The runs of a checklist's stages between two moments (wall clock, ms), oldest first; what was only verified is none. */
export function stageRuns(
  { stages }: Checklist,
  kept: readonly KeptEvidence[],
  fromMs: number,
  toMs: number,
): readonly StageRun[] {
  const all = [...nodesOf(stages)].filter((node) => node.kind === 'stage');
  const done = kept.flatMap(({ id, evidence }) => ({ id, done: lastDone(evidence) }));
  const within = done.filter(
    (one): one is Step => one.done !== undefined && one.done.atMs >= fromMs && one.done.atMs <= toMs,
  );
  const byStage = Map.groupBy(within, ({ id }) => stageAt(all, id));
  return [...byStage]
    .flatMap(([stage, steps]) => (stage ? runsOf(stage, steps) : []))
    .toSorted((a, b) => a.fromMs - b.fromMs);
}

/** The innermost: ids go on with those below them. */
function stageAt(stages: readonly Stage[], id: string): Stage | undefined {
  return stages.findLast((stage) => id.startsWith(`${stage.id}/`));
}

function runsOf(stage: Stage, steps: readonly Step[]): readonly StageRun[] {
  const runs: { stage: Stage; fromMs: number; toMs: number; steps: number; passed: number }[] = [];
  for (const { done } of steps.toSorted((a, b) => a.done.atMs - b.done.atMs)) {
    const beganMs = done.atMs - (done.durationMs ?? 0);
    let run = runs.at(-1);
    if (!run || beganMs - run.toMs > breakMs) {
      run = { stage, fromMs: beganMs, toMs: done.atMs, steps: 0, passed: 0 };
      runs.push(run);
    }
    run.toMs = done.atMs;
    run.steps += 1;
    if (done.verdict.kind === 'passed') run.passed += 1;
  }
  return runs;
}
