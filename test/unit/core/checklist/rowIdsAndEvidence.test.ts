import assert from 'node:assert/strict';
import { understand } from '../../../../src/core/checklist/meaning/understand.ts';
import { openDocument } from '../../../../src/core/checklist/parse.ts';
import type { ParsedDocument } from '../../../../src/core/checklist/parse.ts';
import { rowIdOf } from '../../../../src/core/checklist/rowId.ts';
import { nodesOf } from '../../../../src/core/checklist/walk.ts';
import { planInSteps } from '../../../../src/core/evidence/anchors.ts';
import type { EvidencePlan } from '../../../../src/core/evidence/anchors.ts';
import type { Evidence, KeptEvidence } from '../../../../src/core/evidence/evidence.ts';
import { keepEvidence, placeEvidence } from '../../../../src/core/evidence/place.ts';

const passed: Evidence = {
  verdict: { kind: 'passed' },
  atMs: 1_000,
  durationMs: 5,
  where: 'here',
  by: 'run',
  what: 'redis-cli PING',
};

const text = `# Plan

## Before

- [ ] It answers: \`redis-cli PING\`

## After

- [ ] It answers: \`redis-cli PING\`
`;

function planOf({ checklist, text: whole }: ParsedDocument): EvidencePlan {
  const steps = planInSteps(checklist, understand(checklist, whole), whole);
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
  }
}

/** Records that a command passed, under the heading; what is kept besides stays. */
function recordBelow(heading: string, document: ParsedDocument, kept: readonly KeptEvidence[] = []): KeptEvidence[] {
  const plan = planOf(document);
  const below = document.text.indexOf(`## ${heading}\n`);
  const [id] = [...plan.places].find(([, { start }]) => start > below) ?? [];
  assert.ok(below >= 0 && id !== undefined);
  return keepEvidence(kept, plan.anchors, new Map([[id, passed]]));
}

/** The headings below which something is known. */
function knownBelow(document: ParsedDocument, kept: readonly KeptEvidence[]): string[] {
  const plan = planOf(document);
  const placed = placeEvidence(kept, plan.anchors);
  const stages = [...nodesOf(document.checklist.stages)].filter((node) => node.kind === 'stage' && node.level === 2);
  return stages.flatMap((stage) =>
    [...placed.keys()].flatMap((id) => {
      const { start } = plan.places.get(id) ?? { start: -1 };
      return stage.range.start <= start && start < stage.range.end && stage.kind === 'stage' ? [stage.title] : [];
    }),
  );
}

/** What the next window makes of it: nothing is left but the text and what was stored. */
function afterRestart(document: ParsedDocument, kept: readonly KeptEvidence[]): string[] {
  const stored: KeptEvidence[] = JSON.parse(JSON.stringify(kept));
  return knownBelow(openDocument(document.text), stored);
}

describe('evidence, where rows are called otherwise than they would be anew', () => {
  const typed = (...titles: readonly string[]): ParsedDocument =>
    titles.reduce((before, title) => before.update(before.text.replace(/^# .*$/m, `# ${title}`)), openDocument(text));

  it('is found after a restart when it was recorded after the edit', () => {
    const document = typed('Plans', 'Plans for', 'Plans for all');
    const rows = [...nodesOf(document.checklist.stages)];
    assert.ok(rows.every(({ id, rowId }) => rowId !== undefined && rowId !== id));
    const kept = recordBelow('Before', document);
    assert.deepEqual(knownBelow(document, kept), ['Before']);
    assert.deepEqual(afterRestart(document, kept), ['Before']);
  });

  it('is found after a restart when it was recorded before the edit', () => {
    const kept = recordBelow('After', openDocument(text));
    const document = typed('Plans', 'Plans for', 'Plans for all');
    assert.deepEqual(knownBelow(document, kept), ['After']);
    assert.deepEqual(afterRestart(document, kept), ['After']);
  });

  it('is not lost when more is recorded between two edits', () => {
    const first = recordBelow('After', openDocument(text));
    const kept = recordBelow('Before', typed('Plans'), first);
    const document = typed('Plans', 'Plans for all');
    assert.deepEqual(knownBelow(document, kept), ['Before', 'After']);
    assert.deepEqual(afterRestart(document, kept), ['Before', 'After']);
  });

  it('does not land on an item that came under the old name', () => {
    const ahead = openDocument(text).update(text.replace('## Before', '## Ahead'));
    const kept = recordBelow('Ahead', ahead);
    const item = '- [ ] It answers: `redis-cli PING`\n';
    const document = ahead.update(ahead.text.replace('## Ahead', `## Before\n\n${item}\n## Ahead`));
    const rowIds = new Set([...nodesOf(document.checklist.stages)].map(rowIdOf));
    assert.ok(rowIds.has('plan/before') && rowIds.has('plan/before~2'));
    assert.deepEqual(knownBelow(document, kept), ['Ahead']);
    assert.deepEqual(afterRestart(document, kept), ['Ahead']);
  });
});
