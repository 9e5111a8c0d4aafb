import assert from 'node:assert/strict';
import { readEnvironments } from '../../../../src/core/environment/read.ts';
import type { Environment } from '../../../../src/core/environment/environment.ts';
import { confirmationFor, worstEffect } from '../../../../src/core/policy/confirmation.ts';
import type { Confirmation, Effect } from '../../../../src/core/policy/confirmation.ts';

function environmentOf(settings: object): Environment {
  const [environment] = readEnvironments(
    { shop: { redis: { url: 'redis://localhost' }, ...settings } },
    undefined,
  ).environments;
  assert.ok(environment);
  return environment;
}

describe('confirmation', () => {
  const effects: readonly Effect[] = ['readOnly', 'changing', 'unknown', 'destructive'];
  const expected: Readonly<Record<string, readonly Confirmation[]>> = {
    development: ['none', 'none', 'button', 'button'],
    staging: ['none', 'button', 'button', 'button'],
    production: ['none', 'name', 'name', 'name'],
  };

  for (const [tier, confirmations] of Object.entries(expected)) {
    it(`in ${tier}`, () => {
      const environment = environmentOf({ tier });
      assert.deepEqual(
        effects.map((effect) => confirmationFor(environment, effect)),
        confirmations,
      );
    });
  }

  it('of an unknown command that was approved is that of a change, and in production no less than before', () => {
    const confirmations = ['development', 'staging', 'production'].map((tier) =>
      confirmationFor(environmentOf({ tier }), 'unknown', true),
    );
    assert.deepEqual(confirmations, ['none', 'button', 'name']);
  });

  it('is asked of a remote environment without a tier as of production', () => {
    assert.equal(confirmationFor(environmentOf({ redis: { url: 'redis://cache.example.org' } }), 'changing'), 'name');
  });

  it('does not help in a read-only environment: it refuses every change', () => {
    const environment = environmentOf({ tier: 'development', readOnly: true });
    assert.deepEqual(
      effects.map((effect) => confirmationFor(environment, effect)),
      ['none', 'refused', 'refused', 'refused'],
    );
  });

  it('of several things is that of the worst', () => {
    assert.equal(worstEffect([]), 'readOnly');
    assert.equal(worstEffect(['changing', 'readOnly', 'unknown']), 'unknown');
    assert.equal(worstEffect(['destructive', 'unknown']), 'destructive');
  });
});
