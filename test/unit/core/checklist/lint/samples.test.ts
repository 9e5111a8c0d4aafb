import assert from 'node:assert/strict';
import { readSample, skipWithoutSamples } from '../../../../fixtures/samples.ts';
import { lint } from './lint.ts';

/** By rule, the lines it marks; read off the documents by eye. A line stands as often as it is marked. */
type Expected = Readonly<Record<string, readonly number[]>>;

const expected: readonly Expected[] = [
  {
    'password-on-command-line': [101, 105, 121, 122, 482, 526, 530, 530, 545, 564, 567],
    'qdrant-endpoint-missing': [109, 125],
    'grafana-alerts-endpoint': [313],
    'compose-restart-keeps-environment': [457, 465],
    'git-reset-as-rollback': [476],
    placeholder: [57, 64, 223, 261, 485, 600, 601],
  },
  { placeholder: [164] },
  { 'production-host': [54], 'compose-restart-keeps-environment': [247], placeholder: [279] },
  { placeholder: [137, 224] },
  { 'git-reset-as-rollback': [85, 329], placeholder: [115, 176, 219] },
];

/** Looks at something of which nothing is expected; and, of the same documents, looks of which something is. */
const looks: readonly { readonly open: readonly number[]; readonly expected: readonly number[] }[] = [
  { open: [564, 567, 583, 586], expected: [101, 109, 113, 215, 219, 223, 252] },
  { open: [51, 225, 226], expected: [46] },
  { open: [121, 158, 296], expected: [38, 46, 170] },
  { open: [149, 1092, 1093], expected: [947, 1245] },
  { open: [48], expected: [137, 143] },
];

describe('lint: checklists as teams wrote them', () => {
  before(function () {
    skipWithoutSamples(this);
  });

  /** The lines of each rule's findings. */
  function linesOf(text: string): Record<string, number[]> {
    const found: Record<string, number[]> = {};
    for (const { rule, range } of lint(text)) (found[rule] ??= []).push(text.slice(0, range.start).split('\n').length);
    return found;
  }

  for (const [index, table] of expected.entries()) {
    it(`finds in sample ${index} what is there`, () => {
      const { 'expectation-missing': _, ...found } = linesOf(readSample(index));
      assert.deepEqual(found, table);
    });

    it(`knows in sample ${index} of which looks nothing is expected`, () => {
      const found = linesOf(readSample(index))['expectation-missing'] ?? [];
      const { open = [], expected: said = [] } = looks[index] ?? {};
      assert.deepEqual(
        open.filter((line) => !found.includes(line)),
        [],
      );
      assert.deepEqual(
        said.filter((line) => found.includes(line)),
        [],
      );
    });
  }

  it('finds a production host that the settings name', () => {
    const environments = { production: { tier: 'production', redis: { url: 'redis://redis-primary.prod.svc:6379' } } };
    const text = readSample(0);
    const lines = lint(text, { environments }).filter(({ rule }) => rule === 'production-host');
    assert.deepEqual(
      lines.map(({ range }) => text.slice(0, range.start).split('\n').length),
      [181],
    );
  });
});
