import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { withGeneratedSettings } from '../../manifest/settings.ts';
import type { Manifest } from '../../manifest/settings.ts';

interface Schema {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly pattern?: string;
  readonly patternErrorMessage?: string;
  readonly enum?: readonly string[];
  readonly enumDescriptions?: readonly string[];
  readonly markdownDescription?: string;
}

const file = readFileSync(new URL('../../../package.json', import.meta.url), 'utf8');
const manifest: Manifest = JSON.parse(file);
const setting: Schema = JSON.parse(file).contributes.configuration.properties['cacheOps.environments'];

/** Every schema below, with its path; `*` is any name, `[]` an element. */
function* schemasIn(schema: Schema, path = ''): Generator<readonly [path: string, schema: Schema]> {
  yield [path, schema];
  for (const [key, inner] of Object.entries(schema.properties ?? {})) yield* schemasIn(inner, `${path}.${key}`);
  if (typeof schema.additionalProperties === 'object') yield* schemasIn(schema.additionalProperties, `${path}.*`);
  if (schema.items) yield* schemasIn(schema.items, `${path}[]`);
  for (const inner of [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])]) yield* schemasIn(inner, path);
}

const all = [...schemasIn(setting)];

describe('cacheOps.environments in package.json', () => {
  it('is what the settings schema says (else: npm run manifest)', () => {
    assert.deepEqual(manifest, withGeneratedSettings(manifest));
  });

  it('describes every key', () => {
    const bare = all.filter(
      ([path, schema]) => /[\w\]*]$/.test(path) && !schema.markdownDescription && !coveredByParent(path),
    );
    assert.deepEqual(
      bare.map(([path]) => path),
      [],
    );
  });

  it('finds misspelled keys in every object with known keys', () => {
    const open = all.filter(([, schema]) => schema.properties !== undefined && schema.additionalProperties !== false);
    assert.deepEqual(
      open.map(([path]) => path),
      [],
    );
  });

  it('explains every pattern and every value of an enumeration', () => {
    for (const [path, { pattern, patternErrorMessage, enumDescriptions, enum: values }] of all) {
      assert.ok(pattern === undefined || patternErrorMessage?.startsWith('Expected '), path);
      assert.ok(enumDescriptions === undefined || enumDescriptions.length === values?.length, path);
      if (pattern !== undefined) assert.doesNotThrow(() => new RegExp(pattern, 'u'), path);
    }
  });

  it('needs no references, which do not resolve there', () => {
    assert.ok(!/"(\$ref|\$schema|\$defs|definitions|\$id)":/.test(JSON.stringify(setting)));
  });
});

/** Members of a union share the description of the whole. */
function coveredByParent(path: string): boolean {
  return all.some(([other, schema]) => other === path && schema.markdownDescription !== undefined);
}
