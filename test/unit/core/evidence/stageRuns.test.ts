import assert from 'node:assert/strict';
import { openDocument } from '../../../../src/core/checklist/parse.ts';
import { nodesOf } from '../../../../src/core/checklist/walk.ts';
import { following } from '../../../../src/core/evidence/evidence.ts';
import type { KeptEvidence } from '../../../../src/core/evidence/evidence.ts';
import { stageRuns } from '../../../../src/core/evidence/stageRuns.ts';

const { checklist } = openDocument('# Release\n\n## Before\n\n- [ ] One\n- [ ] Two\n\n## After\n\n- [ ] Three\n');
const start = Date.UTC(2026, 2, 4);

function kept(item: string, minutes: number, verdict: 'passed' | 'failed', by: 'run' | 'verify' = 'run'): KeptEvidence {
  const why = verdict === 'failed' ? 'exit code 1' : '';
  const id = idOf(item);
  const atMs = start + minutes * 60_000;
  const evidence = { verdict: { kind: verdict, why }, atMs, durationMs: 1000, where: '', by, what: item };
  return { id: `${id}/$1`, content: item, twins: 1, rivals: [], evidence };
}

function idOf(text: string): string {
  return [...nodesOf(checklist.stages)].find((node) => node.kind === 'item' && node.text === text)?.id ?? '';
}

describe('The runs of a checklist’s stages', () => {
  it('bring together what was run of a stage without a long break; what was only verified is none', () => {
    const all = [
      kept('One', 10, 'passed'),
      kept('Two', 12, 'failed'),
      kept('Three', 70, 'passed'),
      kept('Three', 40, 'passed', 'verify'),
    ];
    const runs = stageRuns(checklist, all, start, start + 3_600_000 * 2);
    assert.deepEqual(
      runs.map(({ stage, fromMs, toMs, steps, passed }) => [stage.title, fromMs - start, toMs - start, steps, passed]),
      [
        ['Before', 599_000, 720_000, 2, 1],
        ['After', 4_199_000, 4_200_000, 1, 1],
      ],
    );
    assert.deepEqual(stageRuns(checklist, all, start, start + 60_000), []);
  });

  it('are not forgotten when their steps are verified afterwards, however often', () => {
    const ran = kept('One', 10, 'failed');
    const verified = [20, 30].reduce((before, minutes) => {
      const check = kept('One', minutes, 'passed', 'verify');
      return { ...check, evidence: following(check.evidence, before.evidence) };
    }, ran);
    assert.equal(verified.evidence.verdict.kind, 'passed');
    const all = (one: KeptEvidence) => stageRuns(checklist, [one], start, start + 3_600_000);
    assert.deepEqual(all(verified), all(ran));
  });
});
