import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

const file = readFileSync(new URL('../../../package.json', import.meta.url), 'utf8');
const keys = Object.keys(JSON.parse(file).contributes.configuration.properties);

describe('the keys of the settings', () => {
  it('never begin with another key: setting one would hide the other', () => {
    const hidden = keys.filter((key) => keys.some((other) => key.startsWith(`${other}.`)));
    assert.deepEqual(hidden, []);
  });
});
