import { understand } from '../../../../src/core/checklist/meaning/understand.ts';
import type { Meaning } from '../../../../src/core/checklist/meaning/types.ts';
import type { Checklist } from '../../../../src/core/checklist/model.ts';
import { openDocument } from '../../../../src/core/checklist/parse.ts';
import { planInSteps } from '../../../../src/core/evidence/anchors.ts';
import type { EvidencePlan } from '../../../../src/core/evidence/anchors.ts';
import type { Evidence } from '../../../../src/core/evidence/evidence.ts';
import { overviewOf } from '../../../../src/core/evidence/overview.ts';
import type { Overview } from '../../../../src/core/evidence/overview.ts';

export interface UnderstoodText {
  readonly text: string;
  readonly checklist: Checklist;
  readonly meaning: Meaning;
  readonly plan: EvidencePlan;
}

export function understood(text: string): UnderstoodText {
  const { checklist } = openDocument(text);
  const meaning = understand(checklist, text);
  const steps = planInSteps(checklist, meaning, text);
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return { text, checklist, meaning, plan: value };
  }
}

export const passed: Evidence = {
  verdict: { kind: 'passed' },
  atMs: 1_000,
  durationMs: 5,
  where: 'here',
  by: 'run',
  what: 'a command',
};
export const failed: Evidence = { ...passed, verdict: { kind: 'failed', why: 'exit code 1' } };

/** What is known once the commands that contain these words ended so. */
export function knowing(
  { checklist, plan, text }: UnderstoodText,
  outcomes: Readonly<Record<string, Evidence>>,
  changedAtMs?: number,
): Overview {
  const evidence = new Map<string, Evidence>();
  for (const [id, range] of plan.places) {
    const outcome = Object.entries(outcomes).find(([word]) => text.slice(range.start, range.end).includes(word));
    if (outcome) evidence.set(id, outcome[1]);
  }
  return overviewOf(checklist, plan, evidence, changedAtMs);
}
