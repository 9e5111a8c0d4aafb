import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import type { Range } from '../../../../../src/core/checklist/model.ts';
import type { Meaning } from '../../../../../src/core/checklist/meaning/types.ts';
import { bindCriterion } from '../../../../../src/core/checklist/meaning/criteria/bind.ts';
import { judgeCriterion } from '../../../../../src/core/checklist/meaning/criteria/judge.ts';
import { readCriteria } from '../../../../../src/core/checklist/meaning/criteria/read.ts';
import { readExpectation, readExpectedBlock } from '../../../../../src/core/checklist/meaning/expectations/read.ts';
import { differenceOfOutput, judgeOutput } from '../../../../../src/core/checklist/meaning/judgeOutput.ts';
import { meaningOf } from './understood.ts';

const LINES = fc.constantFrom(
  '',
  '',
  '# Roll out',
  '## Rollback',
  '### Option A: one way',
  '### Option B: another',
  '- [ ] Hit rate > 60% (target: 70-80%)',
  '- [x] `redis-cli ping` returns `PONG`',
  '  - [ ] `NAME=value`',
  '- plain < 5ms bullet',
  '1. Do it (staging only):',
  '```bash',
  '   ```bash',
  '```console',
  '```json',
  '```',
  '```yaml',
  'redis-cli INFO memory # Expected: ...',
  '# Expected output:',
  '# ✅ NAME=value',
  '# Or: git reset --hard v1',
  '# OR',
  '# Option 1: this',
  '# Edit .env',
  'CACHE=false',
  'ssh host',
  'vi /etc/x',
  'cat << EOF',
  'EOF',
  'export A=<b> # note',
  '$ redis-cli ping',
  'PONG',
  'condition: "x > 5%"',
  'duration: "5m"',
  '**Expected:**',
  'Expected output: `OK`',
  '{"a": [1, ...], "b": {',
  '| Metric | Target |',
  '|---|---|',
  '| p95 | <200ms |',
  '| a | ___ % |',
  '**Status:** ⬜ A | ⬜ B',
  '**Method A: x**',
  '**Watch for**:',
  '- memory growing',
  '<!--',
  '-->',
  '> Reason: ____',
  '├── P95 > 100ms: bad',
  "echo 'unclosed",
  'if true; then',
  '\u00e2\u0153\u2026 \u00e2\u2030\u00a5 60%',
  '---',
  'front: matter',
  '\t- [ ] tab',
);
const MARKDOWN = fc
  .tuple(fc.array(LINES, { maxLength: 40 }), fc.constantFrom('\n', '\r\n', '\r'), fc.constantFrom('', '\ufeff'))
  .map(([lines, end, mark]) => mark + lines.join(end));

function* rangesOf(meaning: Meaning): Generator<Range, void> {
  for (const { parts, handOver } of meaning.blocks.values()) {
    for (const part of parts) {
      yield part.range;
      if (part.kind === 'command') for (const { range } of part.expectations) yield range;
    }
    if (handOver !== undefined) yield handOver.range;
  }
  for (const { commands, manual } of meaning.items.values())
    for (const { range } of [...commands, ...manual]) yield range;
  for (const { range } of meaning.criteria) yield range;
  for (const { options } of meaning.choices) for (const { range } of options) yield range;
  for (const { range, variables } of meaning.variables) yield* [range, ...variables.map((variable) => variable.range)];
  for (const { range } of [...meaning.blanks, ...meaning.signOff]) yield range;
  for (const { range, options } of meaning.status) yield* [range, ...options.map((option) => option.range)];
}

describe('understanding any document', () => {
  it('never throws, and lies inside the document', function () {
    this.timeout(30_000);
    fc.assert(
      fc.property(MARKDOWN, (text) => {
        const meaning = meaningOf(text);
        for (const { start, end, line } of rangesOf(meaning)) {
          assert.ok(start >= 0 && start <= end && end <= text.length, `${start}-${end} of ${text.length}`);
          assert.equal(text.slice(0, start).split(/\r\n|\n|\r/).length - 1, line);
        }
        for (const criterion of meaning.criteria) {
          bindCriterion(criterion, {});
          judgeCriterion(criterion, 1, 2);
        }
      }),
      { numRuns: 1500 },
    );
  });

  it('refers only to choices that it offers', () => {
    fc.assert(
      fc.property(MARKDOWN, (text) => {
        const { blocks, choices } = meaningOf(text);
        const offered = new Set(choices.flatMap(({ id, options }) => options.map((option) => `${id} ${option.id}`)));
        assert.equal(new Set(choices.map(({ id }) => id)).size, choices.length);
        for (const { choice, parts } of blocks.values()) {
          for (const ref of [choice, ...parts.map((part) => part.choice)]) {
            if (ref !== undefined) assert.ok(offered.has(`${ref.choice} ${ref.option}`));
          }
        }
      }),
      { numRuns: 500 },
    );
  });

  it('takes any text for a criterion, an expectation and an output', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), fc.string({ maxLength: 200 }), (phrase, stdout) => {
        readCriteria(phrase, true);
        for (const expectation of [readExpectation(phrase, { command: 'grep x' }), readExpectedBlock(phrase)]) {
          if (expectation === undefined) continue;
          const output = { exitCode: 0, stdout, stderr: '', durationMs: 1 };
          judgeOutput(expectation, output, output);
          differenceOfOutput(expectation, output);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('is quick with texts made to be slow', () => {
    const start = performance.now();
    for (const part of [
      'no ',
      '`',
      '<a',
      '1 < ',
      '(',
      'a: ',
      '"',
      '{"a":',
      '| ',
      '__ ',
      '- [ ] `x',
      'or, ',
      '> 5% ',
      '... ',
      "it's ",
    ]) {
      const text = part.repeat(4000);
      readCriteria(text.slice(0, 4000), true);
      readExpectation(text, { command: 'x' });
      meaningOf(`# A\n\n- [ ] ${text}\n\n\`\`\`bash\n# ${text}\n${text}\n\`\`\`\n`);
    }
    assert.ok(performance.now() - start < 15_000);
  }).timeout(60_000);
});
