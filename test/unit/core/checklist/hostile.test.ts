import assert from 'node:assert/strict';
import { openDocument } from '../../../../src/core/checklist/parse.ts';

const times = (count: number, text: string): string => text.repeat(count);
const stairs = (count: number, width: number): string =>
  Array.from({ length: count }, (_, index) => `${' '.repeat(index * width)}- [ ] deeper\n`).join('');

const documents: readonly (readonly [string, string])[] = [
  ['100,000 quotes in each other', `${times(100_000, '>')} - [ ] a`],
  ['100,000 quotes with spaces', `${times(100_000, '> ')}- [ ] a`],
  ['100,000 lists on one line', `${times(100_000, '- ')}a`],
  ['100,000 numbered lists on one line', `${times(100_000, '1. ')}a`],
  ['lists that nest with every line', stairs(700, 2)],
  ['one line of a million characters', `- [ ] ${times(100_000, '`a` **b** ')}`],
  ['a million asterisks', times(1_000_000, '*')],
  ['a million brackets', times(1_000_000, '[')],
  ['a million backticks', times(1_000_000, '`')],
  ['a million NUL characters', times(1_000_000, '\0')],
  ['a million lone surrogates', times(1_000_000, '\ud800')],
  ['a million spaces before a word', `a | b\n${times(1_000_000, ' ')}x`],
  ['a heading with a million marks', `#${times(500_000, ' #')}x`],
  ['a paragraph that may be a link reference', `[${times(100_000, 'a\n')}`],
  ['a paragraph that becomes a heading at its end', `${times(100_000, 'a\n')}---`],
  ['a tag with 100,000 attributes', `<a ${times(100_000, 'b ')}`],
  ['100,000 comments that never end', times(100_000, '<!--')],
  ['front matter over and over', times(50_000, '---\na: b\n')],
  ['a fence with a drawn tree of 3,000 levels', `\`\`\`\n${treeOf(3000)}`],
  ['a comment mark of half a million characters', `\`\`\`\n${times(250_000, '# ')}\n# [ ] a`],
];

function treeOf(levels: number): string {
  return Array.from({ length: levels }, (_, level) => `${times(Math.min(level, 150), '│ ')}├── one more thing`).join(
    '\n',
  );
}

describe('a document that means harm', () => {
  for (const [name, text] of documents) {
    it(`is read in time: ${name}`, function () {
      this.timeout(60_000);
      assert.ok(workMs(() => openDocument(text)) < 3000);
    });
  }

  it('takes four times the time for four times the text, and not sixteen', function () {
    this.timeout(120_000);
    // Long enough that the collector does not decide the ratio.
    for (const part of ['# a\n- [ ] b\n', '- [ ] a\n', '> > - [ ] a\n', '```\n# [ ] a\n```\n', '[a\n', 'a | b\n']) {
      const small = quickest(() => openDocument(times(10_000, part)));
      const large = quickest(() => openDocument(times(40_000, part)));
      assert.ok(
        large < 10 * small + 20,
        `${JSON.stringify(part)}: ${small.toFixed(0)} ms, then ${large.toFixed(0)} ms`,
      );
    }
  });
});

function quickest(act: () => unknown): number {
  return Math.min(...Array.from({ length: 3 }, () => workMs(act)));
}

/** How long this process is at work for it, whatever else runs on the machine. */
function workMs(act: () => unknown): number {
  const before = process.cpuUsage();
  act();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}
