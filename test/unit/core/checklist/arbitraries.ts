import * as fc from 'fast-check';

/** Lines that open, continue or close every construct a checklist is made of, and some that break them. */
const LINES = [
  '',
  '',
  '',
  '# Roll out the cache',
  '## Before',
  '### Rollback',
  '#### Check ##',
  'Heading below a rule',
  '===',
  '---',
  '- [ ] Warm the cache',
  '- [x] **Back up** first',
  '- [ ]',
  '- plain bullet',
  '* [X] `redis-cli ping` answers',
  '  - [ ] nested',
  '\t- [x] nested by a tab',
  '    - [ ] deeper, or code',
  '1. First step',
  '2. [ ] Second step',
  '10) Tenth',
  '   continued',
  '```bash',
  '```',
  '~~~',
  '  ```',
  '# [ ] All panels load',
  '// [x] Compiled',
  'redis-cli INFO memory # Expected: used_memory',
  '├── Check the keys first',
  '│   └── Nothing evicted yet',
  '> - [ ] quoted',
  '> quoted text',
  '>> ## deeper quote',
  '<!-- hidden',
  '-->',
  '<!-- - [ ] hidden -->',
  '<details>',
  '</details>',
  '| a | b |',
  '|---|---|',
  '[docs]: https://example.com',
  'Some words about `code` and **more**.',
  '- [ ](https://example.com) link',
  '`- [ ]` in code',
  'caf\u00e9 \u2705 \ud83d\ude80',
  '\u0000\ud800',
  'owner: nobody',
];

export const line = fc.oneof(
  { weight: 12, arbitrary: fc.constantFrom(...LINES) },
  { weight: 1, arbitrary: fc.string({ unit: 'grapheme', maxLength: 30 }) },
);

const lineEnd = fc.oneof(
  { weight: 20, arbitrary: fc.constant('\n') },
  { weight: 3, arbitrary: fc.constant('\r\n') },
  { weight: 1, arbitrary: fc.constant('\r') },
);

export const markdown = fc
  .tuple(
    fc.constantFrom('', '', '', '\ufeff', '---\nowner: nobody\n---\n', '---\n'),
    fc.array(fc.tuple(line, lineEnd), { maxLength: 60 }),
  )
  .map(([start, lines]) => start + lines.map(([text, end]) => text + end).join(''));

/** One list of several thousand characters, with all that may be in its items. */
export const longList = fc
  .array(
    fc.constantFrom(
      '- [ ] Check that the cache answers in time',
      '- [x] Check that nothing was evicted meanwhile',
      '- a bullet that is no item',
      '  - [ ] nested below whatever is above',
      '  - a note to what is above',
      '    1. a step, further in',
      '  a line that goes on',
      '',
    ),
    { minLength: 150, maxLength: 250 },
  )
  .map((lines) => `${lines.join('\n')}\n`);

/** One replacement; positions are fractions of the text it meets. */
export interface Edit {
  readonly at: number;
  readonly remove: number;
  readonly insert: string;
}

export const edit: fc.Arbitrary<Edit> = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  remove: fc.oneof(fc.constant(0), fc.nat({ max: 3 }), fc.nat({ max: 80 })),
  insert: fc.oneof(
    fc.constantFrom(
      '',
      ' ',
      'x',
      '\n',
      '\r',
      '\n\n',
      '-',
      '`',
      '#',
      '[ ]',
      '```\n',
      '<!--',
      '-->',
      '---',
      '    ',
      '> ',
    ),
    line,
    fc.array(line, { maxLength: 4 }).map((lines) => `\n${lines.join('\n')}\n`),
  ),
});
