import assert from 'node:assert/strict';
import { codeOf } from '../../../../src/core/checklist/codeOf.ts';
import { everyNode } from './outline.ts';

function codesIn(text: string): string[] {
  return everyNode(text).flatMap((node) => (node.kind === 'block' ? [codeOf(text, node)] : []));
}

describe('the code of a block', () => {
  const cases: readonly (readonly [string, string, string])[] = [
    ['a fence', '```sh\na\n\n  b\n```\n', 'a\n\n  b'],
    ['a fence with CRLF', '```sh\r\na\r\nb\r\n```\r\n', 'a\nb'],
    ['a fence that never ends', '~~~\na\nb', 'a\nb'],
    ['a fence of four', '````\n```\n````', '```'],
    ['an empty fence', '```\n```', ''],
    ['a fence in a list', '1. x\n   ```\n   a\n     b\n\n   c\n   ```\n', 'a\n  b\n\nc'],
    ['a fence that opens a list item', '- [ ] x\n\n1. ```\n   a\n   ```', 'a'],
    ['a fence in a list, by tabs', '- x\n\n\t```\n\ta\n\t```', 'a'],
    ['a fence in a quote', '> ```\n> a\n>  b\n>\n> > c\n> ```', 'a\n b\n\n> c'],
    ['an indented block', 'x\n\n    a\n      b\n    c\n', 'a\n  b\nc'],
  ];
  for (const [name, text, code] of cases) {
    it(`is cut out of ${name}`, () => assert.deepEqual(codesIn(text), [code]));
  }

  it('knows its language', () => {
    const languages = everyNode('```Bash title\n```\n~~~ {.sh #id}\n~~~\n```yaml,ignore\n```\n```\n```').flatMap(
      (node) => (node.kind === 'block' ? [node.language] : []),
    );
    assert.deepEqual(languages, ['bash', 'sh', 'yaml', '']);
  });
});
