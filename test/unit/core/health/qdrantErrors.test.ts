import assert from 'node:assert/strict';
import { serverErrorReadings } from '../../../../src/core/health/qdrantErrors.ts';

const put = 'PUT /collections/{name}/points 500';

function said(now: number, earlier: number | undefined): string {
  const [reading] = serverErrorReadings({
    residentBytes: undefined,
    recoveryMode: false,
    serverErrors: now === 0 ? new Map() : new Map([[put, now]]),
    earlierErrors: earlier === undefined ? undefined : new Map([[put, earlier]]),
  });
  return reading === undefined ? 'nothing' : `${reading.state}: ${reading.value}`;
}

describe('answers of Qdrant with a server error', () => {
  it('are a finding when there are more than at the reading before', () => {
    assert.equal(said(12, 5), 'degraded: 7 since the last reading');
    assert.equal(said(3, 5), 'degraded: 3 since the last reading', 'it was restarted');
  });

  it('are a fact at first, and when they do not go on', () => {
    assert.equal(said(12, undefined), 'fact: 12 since start');
    assert.equal(said(12, 12), 'fact: none lately, 12 since start');
    assert.equal(said(0, undefined), 'nothing');
    assert.equal(said(0, 0), 'nothing');
  });
});
