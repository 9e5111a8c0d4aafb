import assert from 'node:assert/strict';
import { parseControlMessage } from '../../../../src/core/run/controlMessages.ts';

describe('Messages of the script', () => {
  it('are understood, with either decimal mark', () => {
    assert.deepEqual(parseControlMessage('started 3 1700000000.000250'), {
      kind: 'started',
      number: 3,
      atUs: 1_700_000_000_000_250,
    });
    assert.deepEqual(parseControlMessage('ended 3 127 1700000000,000250'), {
      kind: 'ended',
      number: 3,
      exitCode: 127,
      atUs: 1_700_000_000_000_250,
    });
    assert.deepEqual(parseControlMessage('exiting 0 '), { kind: 'exiting', exitCode: 0, atUs: undefined });
    assert.deepEqual(parseControlMessage('done'), { kind: 'done' });
  });

  it('do without a clock where bash has none', () => {
    assert.deepEqual(parseControlMessage('started 1 '), { kind: 'started', number: 1, atUs: undefined });
  });

  for (const line of ['', 'started', 'started x 1', 'ended 1', 'ended 1 -1 0', 'hello', 'started 12345678901 1'])
    it(`are not: ${JSON.stringify(line)}`, () => assert.equal(parseControlMessage(line), undefined));
});
