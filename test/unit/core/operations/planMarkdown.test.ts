import assert from 'node:assert/strict';
import { systemClock } from '../../../../src/core/clock.ts';
import { OperationRunner } from '../../../../src/core/operations/runner.ts';
import { planMarkdown } from '../../../../src/core/operations/planMarkdown.ts';
import { environmentOf, operationOf, recordingPorts } from './ports.ts';

describe('planMarkdown', () => {
  it('says where, what, how much, what is lost and how to get back', async () => {
    const environment = environmentOf({ tier: 'production' }, 'live');
    const { ports } = recordingPorts({
      clock: { ...systemClock, wallMs: () => 3_600_000 },
      lastBackup: () => Promise.resolve({ takenAtMs: 0, what: 'Redis export', from: 'redis:6379', source: 'same' }),
    });
    const operation = operationOf(environment, {
      title: 'Flush `a`|*',
      plan: () =>
        Promise.resolve({
          effect: 'destructive',
          summary: '12 keys',
          targets: [{ what: 'Redis redis:6379', count: { value: 1200, unit: 'keys', exact: false }, detail: 'a|*' }],
          irreversible: ['The keys are gone for good.'],
          undo: 'Warm the cache up.',
          warnings: ['<script> is not run.'],
          steps: [{ id: 'one', title: 'Unlink', commands: ['echo ```'], skip: 'done by hand' }],
          sections: [{ title: 'Sample', lines: ['key\tbytes', 'a:1\t3'], as: 'table' }],
          detail: undefined,
        }),
    });
    const text = planMarkdown(await new OperationRunner(ports).plan(operation));
    for (const said of [
      '# Flush \\`a\\`\\|\\*',
      '**Destructive.** 12 keys',
      '- \\<script\\> is not run.',
      '| Environment | **live** (production) |',
      '| Redis | redis:6379 (run id a) |',
      '| Redis redis:6379 | about 1,200 keys (estimate) | `a\\|*` |',
      '- The keys are gone for good.',
      'Last backup: Redis export of redis:6379, 1 h before this plan; never test-restored, so it may not be one.',
      '1. Unlink – **skipped**: done by hand',
      '   ````bash\n   echo ```\n   ````',
      '| key | bytes |\n| --- | --- |\n| a:1 | 3 |',
    ])
      assert.ok(text.includes(said), `${said}\n---\n${text}`);
  });
});
