import assert from 'node:assert/strict';
import { mkdir, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Evidence } from '../../src/core/evidence/evidence.ts';
import { unitsOf } from '../../src/core/run/units.ts';
import { verifyUnits } from '../../src/core/run/verifyUnits.ts';
import type { Verdict } from '../../src/core/verdict.ts';
import { contextOf, environmentOf, readChecklist } from './support/runs.ts';

const folder = path.resolve(import.meta.dirname, '../../.sandbox/live-verify');

function bash(code: string): string {
  return `\`\`\`bash\n${code}\n\`\`\`\n`;
}

describe('verifying a checklist', () => {
  beforeEach(async () => {
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
  });

  async function verify(
    text: string,
    { reading, approved = false }: { readonly reading?: Verdict; readonly approved?: boolean } = {},
  ): Promise<readonly string[]> {
    const { checklist, meaning } = readChecklist(text);
    const evidence: Evidence[] = [];
    await verifyUnits(
      unitsOf(checklist, meaning),
      contextOf(text, environmentOf(), folder),
      {
        judgeCriterion: (criterion) =>
          Promise.resolve({ verdict: reading ?? { kind: 'passed' }, what: criterion.text }),
        isApprovedScript: () => Promise.resolve(approved),
        record: (_id, one) => evidence.push(one),
      },
      new AbortController().signal,
    );
    return evidence.map(({ what, verdict, by }) => `${by} ${what}: ${verdict.kind}`);
  }

  it('runs what only reads, and holds it against what is expected', async () => {
    const verdicts = await verify(
      `# Plan\n\n${bash('echo PONG\n# Expected: PONG')}\n${bash('echo DOWN\n# Expected: UP')}`,
    );
    assert.deepEqual(verdicts.toSorted(), ['verify echo DOWN: failed', 'verify echo PONG: passed']);
  });

  it('never runs what changes something, may, or does not end', async () => {
    const text = `# Plan\n\n${bash('touch changed\nrm -rf .\n./unknown.sh\ntail -f log\necho fine > written\necho read')}`;
    assert.deepEqual(await verify(text), ['verify echo read: passed']);
    assert.deepEqual(await readdir(folder), []);
  });

  it('does not guess: no command with a placeholder, and none of several ways', async () => {
    const text = `# Plan\n\n${bash('echo <name>')}\n**Method A: one**\n\n${bash('echo a')}\n**Method B: other**\n\n${bash('echo b')}`;
    assert.deepEqual(await verify(text), []);
  });

  it('runs a team’s own check script once that was approved', async () => {
    const text = `# Plan\n\n${bash('./check.sh')}`;
    assert.deepEqual(await verify(text), []);
    assert.deepEqual(await verify(text, { approved: true }), ['verify ./check.sh: failed'], 'it is not there');
  });

  it('gives a block the variables that an earlier one sets', async () => {
    const text = `# Plan\n\n${bash('name=cache')}\n${bash('echo "$name"\n# Expected: cache')}`;
    assert.deepEqual(await verify(text), ['verify name=cache: passed', 'verify echo "$name": passed']);
  });

  it('judges numbers by their reading', async () => {
    const text = '# Plan\n\n- [ ] Cache hit rate ≥ 60%\n';
    assert.deepEqual(await verify(text, { reading: { kind: 'inconclusive', why: 'no traffic' } }), [
      'verify Cache hit rate ≥ 60%: inconclusive',
    ]);
  });

  it('leaves to a person what is for a person', async () => {
    const text = `# Plan\n\n${bash('echo 2G\n# Ensure there is enough memory')}`;
    assert.deepEqual(await verify(text), ['verify echo 2G: inconclusive']);
  });
});
