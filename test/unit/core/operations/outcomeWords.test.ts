import assert from 'node:assert/strict';
import { resultOf } from '../../../../src/core/operations/outcomeWords.ts';

describe('the result of an operation', () => {
  it('is no success, and no return either, where the servers show something else', () => {
    const passed = { verdict: { kind: 'passed' } } as const;
    const failed = { verdict: { kind: 'failed', why: 'it runs with the new value' } } as const;
    const unknown = { verdict: { kind: 'inconclusive', why: 'nobody answers' } } as const;
    assert.equal(resultOf({ ended: 'completed' }, failed), 'failed');
    assert.equal(resultOf({ ended: 'completed' }, unknown), 'unverified');
    assert.equal(resultOf({ ended: 'undone' }, passed), 'undone');
    assert.equal(resultOf({ ended: 'undone' }, failed), 'failed');
    assert.equal(resultOf({ ended: 'cancelled' }, failed), 'cancelled');
  });
});
