import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { lintRules } from '../../../src/core/checklist/lint/rules.ts';

const manifest: unknown = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'));

/** What is at a path of the manifest. */
function at(...keys: readonly string[]): unknown {
  return keys.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null ? Object.entries(value).find(([one]) => one === key)?.[1] : undefined,
    manifest,
  );
}

const setting = (...keys: readonly string[]): unknown =>
  at('contributes', 'configuration', 'properties', 'cacheOps.lint.rules', ...keys);

describe('cacheOps.lint.rules in package.json', () => {
  it('documents every rule of the table, with its own severity, and no other', () => {
    const documented = setting('properties');
    assert.ok(typeof documented === 'object' && documented !== null);
    assert.deepEqual(
      Object.keys(documented),
      lintRules.map(({ id }) => id),
    );
    for (const { id, severity, documentation } of lintRules) {
      assert.equal(setting('properties', id, 'default'), severity, id);
      assert.equal(setting('properties', id, 'markdownDescription'), documentation, id);
      assert.deepEqual(setting('properties', id, 'enum'), ['error', 'warning', 'information', 'hint', 'off'], id);
    }
  });

  it('knows a misspelled rule', () => {
    assert.equal(setting('additionalProperties'), false);
  });
});
