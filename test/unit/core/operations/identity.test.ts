import assert from 'node:assert/strict';
import { identityDifferences } from '../../../../src/core/operations/identity.ts';
import type { ServiceIdentity } from '../../../../src/core/operations/identity.ts';
import { confirmationForOperation } from '../../../../src/core/policy/confirmation.ts';
import { environmentOf } from './ports.ts';

const known: ServiceIdentity = { service: 'Redis', address: 'redis:6379', marks: { 'run id': 'a' } };
const unknown: ServiceIdentity = { ...known, marks: {}, resolved: '10.0.0.1:6379', unknown: 'INFO is denied' };

describe('a server that cannot be told from another', () => {
  it('is confirmed as in production, in every tier', () => {
    const asked = (identities: readonly ServiceIdentity[]) =>
      ['development', 'staging', 'production'].map((tier) =>
        confirmationForOperation(environmentOf({ tier }), identities),
      );
    assert.deepEqual(asked([known]), ['button', 'counts', 'name']);
    assert.deepEqual(asked([known, unknown]), ['name', 'name', 'name']);
  });

  it('is at least held to the address it led to; one that is known may be reached another way', () => {
    const elsewhere = (one: ServiceIdentity) => ({ ...one, resolved: '10.0.0.2:6379' });
    assert.deepEqual(identityDifferences([unknown], [elsewhere(unknown)]), [
      'Redis redis:6379: its network address was 10.0.0.1:6379, now it is 10.0.0.2:6379.',
    ]);
    assert.deepEqual(identityDifferences([known], [elsewhere(known)]), []);
    assert.deepEqual(identityDifferences([unknown], [unknown]), []);
  });
});
