import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { parse } from 'yaml';
import { applyEdits } from '../../../../src/core/rollout/applyEdits.ts';
import { readFrontMatter, setFrontMatter } from '../../../../src/core/rollout/frontMatter.ts';
import { openDocument } from '../../../../src/core/checklist/parse.ts';

const set = (text: string, values: Readonly<Record<string, string>>): string =>
  applyEdits(text, setFrontMatter(text, values));

describe('front matter', () => {
  it('is made where there is none, behind a byte order mark and with the document’s line ends', () => {
    assert.equal(set('# A\n', { who: 'me' }), '---\nwho: me\n---\n\n# A\n');
    assert.equal(set('\uFEFF# A\r\n', { who: 'me' }), '\uFEFF---\r\nwho: me\r\n---\r\n\r\n# A\r\n');
    assert.equal(set('---\n\nA rule, no front matter.', {}).startsWith('---\n---\n'), true);
  });

  it('keeps what else stands in it', () => {
    const text = '---\n# note\ntitle: "A: b"\nwho: x # old\ntags:\n  - one\n---\n\n# A\n';
    const expected = '---\n# note\ntitle: "A: b"\nwho: you\ntags:\n  - one\noutcome: Rolled Back\n---\n\n# A\n';
    assert.equal(set(text, { who: 'you', outcome: 'Rolled Back' }), expected);
    assert.equal(readFrontMatter(text)?.values.get('who'), 'x');
    assert.equal(readFrontMatter(text)?.values.get('title'), 'A: b');
  });

  it('replaces a value of several lines as a whole', () => {
    const text = '---\nenvironment:\n  name: a\n\n  url: b\ntags:\n- one\n- two\nwho: >\n  me\n---\n# A\n';
    assert.equal(
      set(text, { environment: 'live', tags: 'none', who: 'you' }),
      '---\nenvironment: live\ntags: none\nwho: you\n---\n# A\n',
    );
  });

  it('is front matter for the checklist too', () => {
    const text = set('# A\n\n- [ ] B\n', { started: '2025-01-02T03:04:05+01:00', environment: 'a: b' });
    assert.deepEqual(
      openDocument(text).checklist.stages.map(({ title }) => title),
      ['A'],
    );
  });

  it('is what YAML reads, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 20 }), (value) => {
        const text = set('# A\n', { key: value });
        assert.equal(readFrontMatter(text)?.values.get('key'), value);
        const [, yaml = ''] = text.split('---\n');
        if (!text.slice(4).startsWith('---')) assert.deepEqual(parse(yaml), { key: value });
      }),
    );
    for (const value of [
      'true',
      'no',
      'null',
      '12',
      '1e3',
      '0x1f',
      '-',
      '- a',
      'a #b',
      'a: b',
      "it's",
      '',
      ' ',
      '.5',
      '.inf',
      '~',
      '2025-01-01',
      '=',
      '<<',
      'y',
      '/a b',
      'NaN',
      '.NaN',
    ])
      assert.deepEqual(parse(set('', { key: value }).split('---\n')[1] ?? ''), { key: value }, value);
  });
});
