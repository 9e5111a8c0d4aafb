import assert from 'node:assert/strict';
import { glob, readFile } from 'node:fs/promises';
import path from 'node:path';
import manifest from '../../../package.json' with { type: 'json' };

const source = path.resolve(import.meta.dirname, '../../../src');
const schema = manifest.contributes.configuration.properties['cacheOps.environments'].additionalProperties;
const groups = [...Object.keys(schema.properties), 'tls'];

describe('The next step of an error', () => {
  it('names only settings that exist', async () => {
    const known = settingsOf(schema, '');
    const advised: string[] = [];
    for await (const file of glob('**/*.ts', { cwd: source })) {
      const text = await readFile(path.join(source, file), 'utf8');
      const steps = text.matchAll(/\bnext:\s*(?:'([^']*)'|`([^`]*)`)/g);
      for (const [, plain = '', template = ''] of steps) advised.push(...settingsIn(plain + template));
    }
    assert.ok(advised.includes('tls.ca'), `What is advised was not found: ${advised.join(', ')}`);
    // TLS is set up alike for every service; an error there does not know which one it was.
    const wrong = advised.filter((name) => !known.has(name) && !known.has(`redis.${name}`));
    assert.deepEqual(wrong, []);
  });
});

/** `redis.url` or `tls.ca`, as they stand in a sentence. */
function settingsIn(sentence: string): readonly string[] {
  return sentence.match(new RegExp(`(?<![\\w.])(?:${groups.join('|')})(?:\\.[A-Za-z]+)+`, 'g')) ?? [];
}

/** The path of every setting that a JSON schema describes. */
function settingsOf(node: unknown, prefix: string): ReadonlySet<string> {
  if (typeof node !== 'object' || node === null) return new Set();
  const below = Object.entries(node).flatMap(([key, value]: [string, unknown]) => {
    if (Array.isArray(value) && /^(any|one)Of$/.test(key)) return value.flatMap((one) => [...settingsOf(one, prefix)]);
    if (key !== 'properties' || typeof value !== 'object' || value === null) return [];
    return Object.entries(value).flatMap(([name, inner]) => [
      `${prefix}${name}`,
      ...settingsOf(inner, `${prefix}${name}.`),
    ]);
  });
  return new Set(below);
}
