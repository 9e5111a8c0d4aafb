import assert from 'node:assert/strict';
import { roleOf } from '../../../../src/core/checklist/role.ts';
import { openDocument } from '../../../../src/core/checklist/parse.ts';
import { progressOf } from '../../../../src/core/checklist/progress.ts';
import { find, readFixture } from './outline.ts';

describe('what a stage is for', () => {
  const headings: Readonly<Record<string, readonly string[]>> = {
    rollback: [
      'Rollback Procedure (If Needed)',
      '🚨 Rolling back',
      '8. Roll-back',
      'Back-out plan',
      'Revert the release',
    ],
    troubleshooting: ['Troubleshooting Guide', 'Trouble shooting', 'Common Issues and Solutions', 'Known problems'],
    contact: [
      'Contact & Escalation',
      '📞 Support',
      'Emergency contacts',
      'On-call and escalation path',
      'Getting support',
    ],
    work: [
      'Sign-off',
      'Test the rollback',
      'Rollback rehearsal',
      'Enable TLS support',
      'Contact data is encrypted',
      'Backup',
      '',
    ],
  };
  for (const [role, titles] of Object.entries(headings)) {
    for (const title of titles) it(`"${title}" is ${role}`, () => assert.equal(roleOf(title, 'work'), role));
  }

  it('passes on to the stages below it', () => {
    const stage = find(readFixture('rollout.md'), 'How we know it worked');
    assert.ok(stage.kind === 'stage' && stage.role === 'rollback');
  });
});

describe('progress', () => {
  const text = readFixture('rollout.md');

  it('counts list boxes and commented boxes, without those of stages that are no work', () => {
    assert.deepEqual(progressOf(openDocument(text).checklist), { done: 8, total: 17 });
    assert.deepEqual(progressOf(find(text, 'Rolling out')), { done: 8, total: 16 });
    assert.deepEqual(progressOf(find(text, 'Deploy')), { done: 2, total: 3 });
  });

  it('of an item counts the item and what is below it', () => {
    assert.deepEqual(progressOf(find(text, 'Qdrant')), { done: 1, total: 3 });
    assert.deepEqual(progressOf(find(text, 'Watch it')), { done: 0, total: 0 });
  });

  it('of a rollback is its own', () => {
    assert.deepEqual(progressOf(find(text, 'Rollback plan')), { done: 0, total: 3 });
  });
});
