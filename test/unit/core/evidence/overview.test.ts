import assert from 'node:assert/strict';
import { presentNode } from '../../../../src/core/checklist/present.ts';
import { tallyInFull, tallyOf, tallyWords } from '../../../../src/core/evidence/overview.ts';
import { withTally } from '../../../../src/core/evidence/rows.ts';
import { failed, knowing, passed, understood } from './understood.ts';

const fence = '```';
const text = `# Plan

## Before

- [x] It answers: \`redis-cli PING\`
- [ ] There is room

  ${fence}bash
  free --mega
  df --local
  ${fence}

- [ ] Nobody was told

### Late

${fence}bash
uptime --pretty
${fence}

## After

- [ ] Watch
`;

describe('what is known below a stage', () => {
  const document = understood(text);
  const [plan] = document.checklist.stages;
  const before = plan?.children.find((node) => node.kind === 'stage' && node.title === 'Before');
  assert.ok(plan && before);
  const descriptionOf = (outcomes: Parameters<typeof knowing>[1], changedAtMs?: number) =>
    withTally(presentNode(before), knowing(document, outcomes, changedAtMs).tallies.get(before.id)).description;

  it('is said behind its progress, what failed first', () => {
    assert.equal(descriptionOf({ PING: failed, uptime: passed }), '1 of 3 · 1 failed');
    assert.equal(descriptionOf({ PING: passed, uptime: passed }), '1 of 3 · 2 passed');
  });

  it('is not said where nothing is known', () => {
    assert.equal(descriptionOf({}), '1 of 3');
    const known = knowing(document, { PING: passed });
    assert.deepEqual(new Set(known.tallies.keys()), new Set([plan.id, before.id]), 'the stage after it has no tally');
  });

  it('counts an item with its blocks once, and not before all of it is known, unless a part failed', () => {
    assert.equal(descriptionOf({ free: passed }), '1 of 3');
    assert.equal(descriptionOf({ free: passed, df: passed }), '1 of 3 · 1 passed');
    assert.equal(descriptionOf({ df: failed }), '1 of 3 · 1 failed');
  });

  it('calls stale what is from before the last change', () => {
    assert.equal(descriptionOf({ PING: failed, uptime: passed }, passed.atMs + 1), '1 of 3 · 2 stale');
  });

  it('is the same for the rows of a stage together', () => {
    const known = knowing(document, { PING: failed, free: passed, df: passed, uptime: passed });
    const tally = tallyOf(before.children, known, undefined);
    assert.ok(tally);
    assert.equal(tallyWords(tally), '1 failed');
    assert.equal(tallyInFull(tally), '1 failed, 2 passed');
    assert.deepEqual(known.tallies.get(before.id), tally);
  });

  it('is heard by a screen reader, and said in full in the tooltip', () => {
    const known = knowing(document, { PING: failed, uptime: passed });
    const row = withTally(presentNode(before), known.tallies.get(before.id));
    assert.equal(row.spoken, 'Before, 1 of 3 ticked, 1 failed');
    assert.match(row.tooltip ?? '', /^1 failed, 1 passed$/m);
  });
});
