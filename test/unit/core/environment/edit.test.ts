import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { parse } from 'jsonc-parser';
import type { ParseError } from 'jsonc-parser';
import { addEnvironmentEdits, applyTextEdits, replaceValueEdits } from '../../../../src/core/environment/edit.ts';
import type { SettingsScope } from '../../../../src/core/environment/locate.ts';
import { OpsError } from '../../../../src/core/errors.ts';

const local = { redis: { url: 'redis://localhost' } };

function add(text: string, scope: SettingsScope = 'settings', name = 'local'): string {
  return applyTextEdits(text, addEnvironmentEdits(text, scope, name, local));
}

function replace(text: string, path: readonly string[], value: unknown): string {
  return applyTextEdits(text, replaceValueEdits(text, 'settings', path, value));
}

const lines = (...all: readonly string[]) => all.join('\n');

describe('Adding an environment to a settings file', () => {
  const written = lines(
    '{',
    '    "cacheOps.environments": {',
    '        "local": {',
    '            "redis": {',
    '                "url": "redis://localhost"',
    '            }',
    '        }',
    '    }',
    '}',
    '',
  );

  it('writes an empty file', () => assert.equal(add(''), written));

  it('writes below the comments of a file that has nothing else', () => {
    assert.equal(add('// ours\n'), `// ours\n${written}`);
    assert.equal(add('// ours'), `// ours\n${written}`);
  });

  it('writes into an empty object', () => {
    assert.equal(add('{\n}\n'), written);
    assert.equal(add('{}\n'), written);
  });

  it('keeps comments, and each with the line it belongs to', () => {
    const before = lines('{', '  // first', '  "a": 1 // one', '  /* end */', '}');
    const after = lines(
      '{',
      '  // first',
      '  "a": 1, // one',
      '  "cacheOps.environments": {',
      '    "local": {',
      '      "redis": {',
      '        "url": "redis://localhost"',
      '      }',
      '    }',
      '  }',
      '  /* end */',
      '}',
    );
    assert.equal(add(before), after);
  });

  it('keeps trailing commas, tabs and Windows line ends', () => {
    const before = '{\r\n\t"cacheOps.environments": {\r\n\t\t"x": {}, // x\r\n\t},\r\n}\r\n';
    const added = '\t\t"local": {\r\n\t\t\t"redis": {\r\n\t\t\t\t"url": "redis://localhost"\r\n\t\t\t}\r\n\t\t},\r\n';
    assert.equal(add(before), before.replace('// x\r\n', `// x\r\n${added}`));
  });

  it('writes into a workspace file below its settings', () => {
    const text = add('{\n  "folders": [{ "path": "." }]\n}\n', 'workspaceFile');
    assert.deepEqual(JSON.parse(text), { folders: [{ path: '.' }], settings: { 'cacheOps.environments': { local } } });
    assert.ok(text.startsWith('{\n  "folders": [{ "path": "." }],\n  "settings": {\n    "cacheOps.environments": {\n'));
  });

  it('keeps the byte order mark', () => assert.equal(add('\uFEFF{}').codePointAt(0), 0xfeff));

  it('refuses a name that is there', () => {
    assert.throws(
      () => add('{"cacheOps.environments": {"local": {}}}'),
      (error) =>
        error instanceof OpsError &&
        error.code === 'conflict' &&
        error.message.startsWith('cacheOps.environments.local is there already.'),
    );
  });

  const broken: readonly (readonly [text: string, message: string])[] = [
    [
      '{\n  "a": ,\n}',
      'The settings file is not valid JSON: in line 2, column 8, a value is missing. Nothing was written.',
    ],
    [
      '{\n  "a": 1\n',
      'The settings file is not valid JSON: in line 3, column 1, a closing brace is missing. Nothing was written.',
    ],
    [
      '{"a": 1 "b": 2}',
      'The settings file is not valid JSON: in line 1, column 9, a comma is missing. Nothing was written.',
    ],
    ['[]', 'The settings file is not an object in braces. Nothing was written.'],
    [
      '{"cacheOps.environments": []}',
      '“cacheOps.environments” in the settings file is not an object in braces. Nothing was written.',
    ],
  ];
  for (const [text, message] of broken) {
    it(`refuses ${JSON.stringify(text)}`, () => {
      assert.throws(
        () => add(text),
        (error) => error instanceof OpsError && error.code === 'settings' && error.message === message,
      );
    });
  }
});

describe('Replacing a value in a settings file', () => {
  const text = lines(
    '{',
    '  "cacheOps.environments": {',
    '    "a": { "redis": { "url": "redis://:x@h" /* here */ } }',
    '  }',
    '}',
  );

  it('changes only that value', () => {
    assert.equal(replace(text, ['a', 'redis', 'url'], 'redis://h'), text.replace('redis://:x@h', 'redis://h'));
  });

  it('adds what is missing on the same line', () => {
    assert.equal(
      replace(text, ['a', 'redis', 'password'], '${secret}'),
      text.replace('"redis://:x@h"', '"redis://:x@h", "password": "${secret}"'),
    );
  });

  it('adds the objects around what is missing', () => {
    const after: unknown = parse(replace(text, ['b', 'redis', 'tls'], true));
    assert.deepEqual(after, {
      'cacheOps.environments': { a: { redis: { url: 'redis://:x@h' } }, b: { redis: { tls: true } } },
    });
  });

  it('changes the last of two equal names, the one that counts', () => {
    const twice = '{"cacheOps.environments": {"a": {"tier": "x"}, "a": {"tier": "x"}}}';
    assert.equal(
      replace(twice, ['a', 'tier'], 'y'),
      '{"cacheOps.environments": {"a": {"tier": "x"}, "a": {"tier": "y"}}}',
    );
  });

  it('gives valid JSON with everything that was there, however it is laid out', function () {
    this.timeout(20_000);
    const blank = fc.constantFrom('', ' ', '\n', '\r\n  ', '\t', '/* c */', ' // c\n');
    const object = fc
      .tuple(
        fc.array(fc.tuple(blank, fc.constantFrom('"a": 1', '"b": {"c": []}', '"d": "x, }"'), blank), { maxLength: 3 }),
        blank,
        fc.boolean(),
      )
      .map(([members, inside, comma]) => {
        const unique = [...new Map(members.map((member) => [member[1], member])).values()];
        const body = unique.map((member) => member.join('')).join(',');
        return `{${body}${comma && body !== '' ? ',' : ''}${inside}}`;
      });
    fc.assert(
      fc.property(object, blank, fc.constantFrom<unknown>('s', 5, { x: [1] }), (environments, around, value) => {
        const before = `${around}{"z": 0,${around}"cacheOps.environments":${around}${environments}}${around}`;
        const after = replace(before, ['new', 'key'], value);
        const errors: ParseError[] = [];
        const read: unknown = parse(after, errors, { allowTrailingComma: true });
        assert.deepEqual(errors, [], after);
        const had: Record<string, object> = parse(before, [], { allowTrailingComma: true });
        assert.deepEqual(read, {
          ...had,
          'cacheOps.environments': { ...had['cacheOps.environments'], new: { key: value } },
        });
        assert.equal(after.split('c */').length, before.split('c */').length);
        assert.equal(after.split('// c').length, before.split('// c').length);
      }),
    );
  });
});
