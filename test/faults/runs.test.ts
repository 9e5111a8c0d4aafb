import assert from 'node:assert/strict';
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { understand } from '../../src/core/checklist/meaning/understand.ts';
import { openDocument } from '../../src/core/checklist/parse.ts';
import { planInSteps } from '../../src/core/evidence/anchors.ts';
import type { AnchorIndex } from '../../src/core/evidence/anchorIndex.ts';
import { keepEvidence, placeEvidence } from '../../src/core/evidence/place.ts';
import { runChecklist, TestPerson } from '../live/support/runs.ts';
import { startRedis } from '../sandbox/redis.ts';

const folder = path.resolve(import.meta.dirname, '../../.sandbox/faults-runs');

function bash(code: string): string {
  return `\`\`\`bash\n${code}\n\`\`\`\n`;
}

function anchorsOf(text: string): AnchorIndex {
  const { checklist } = openDocument(text);
  const steps = planInSteps(checklist, understand(checklist, text), text);
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value.anchors;
  }
}

describe('a run in trouble', () => {
  beforeEach(async () => {
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
  });

  it('stops where the server is gone, and says what the client said', async () => {
    const server = await startRedis({ folder: path.join(folder, 'redis') });
    const ping = `redis-cli -h 127.0.0.1 -p ${server.port} PING\n# Expected: PONG`;
    const text = `# Plan\n\n${bash(ping)}\n${bash(`kill -9 ${server.pid}\nwhile redis-cli -p ${server.port} PING 2>/dev/null; do :; done`)}\n${bash(ping)}\n${bash('touch after')}`;
    const person = new TestPerson();
    const summary = await runChecklist(text, person, folder);
    await server.stop();
    assert.equal(summary.failed, 1);
    assert.match(summary.stopped ?? '', /Stopped after a failure/);
    assert.ok(!person.verdicts.some((verdict) => verdict.startsWith('touch after')));
    assert.match(person.asked.at(-1) ?? '', /^failed redis-cli .*(refused|exit code 1)/i);
  });

  it('in a document that is edited meanwhile, leaves its evidence at no other command', async () => {
    const before = `# Plan\n\n${bash('echo one\necho two')}`;
    const person = new TestPerson();
    await runChecklist(before, person, folder);
    const now = before.replace('echo two', 'echo three\necho twos');
    const anchors = anchorsOf(now);
    const kept = keepEvidence([], anchors, person.evidence);
    const placed = [...placeEvidence(kept, anchors).values()].map(({ what }) => what);
    assert.deepEqual(placed, ['echo one'], 'what was run as "echo two" is no longer there');
  });
});
