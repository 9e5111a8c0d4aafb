import assert from 'node:assert/strict';
import { understand } from '../../../../src/core/checklist/meaning/understand.ts';
import { openDocument } from '../../../../src/core/checklist/parse.ts';
import { checkConfiguration } from '../../../../src/core/checks/checkConfiguration.ts';
import { readConfigurationExpectations } from '../../../../src/core/checks/configurationExpectations.ts';
import { readConfigurationFile } from '../../../../src/core/checks/configurationFile.ts';
import { parseDotenv } from '../../../../src/core/checks/dotenv.ts';
import { compareVariables, summarizeVariables } from '../../../../src/core/checks/variables.ts';
import { applyEdits } from '../../../../src/core/rollout/applyEdits.ts';
import { finishEdits } from '../../../../src/core/rollout/finishRollout.ts';
import { readRollout } from '../../../../src/core/rollout/rollout.ts';
import type { Rollout } from '../../../../src/core/rollout/rollout.ts';
import { rolloutText } from '../../../../src/core/rollout/startRollout.ts';
import { readSample, skipWithoutSamples } from '../../../fixtures/samples.ts';

/** What a value is in one sample, read off the documents by eye. */
const limits = [
  '105 cache.similarity_threshold value 0.65',
  '106 pca.training_samples value 100',
  '107 context.divergence_threshold value 0.3',
  '108 federated.initial_tau value 0.85',
  '109 enabled every true',
  '466 cache present',
  '466 context present',
  '466 pca present',
  '466 federated present',
  '472 cache.similarity_threshold between 0 1',
];

describe('checks and rollouts of checklists as teams wrote them', () => {
  before(function () {
    skipWithoutSamples(this);
  });

  it('finds the limits of the one that gives any', () => {
    for (const index of [0, 1, 2, 4])
      assert.deepEqual(readConfigurationExpectations(openDocument(readSample(index)).checklist, readSample(index)), []);
    const found = readConfigurationExpectations(openDocument(readSample(3)).checklist, readSample(3));
    const said = found.map((one) => {
      const value =
        one.kind === 'between' ? `${one.low?.value} ${one.high?.value}` : one.kind === 'present' ? '' : one.value;
      return `${one.range.line + 1} ${one.path} ${one.kind} ${value}`.trim();
    });
    assert.deepEqual(said, limits);
  });

  it('judges a file by them, below the part for its own tier', () => {
    const text = readSample(3);
    const expectations = readConfigurationExpectations(openDocument(text).checklist, text);
    // The file that the document itself shows: its part for production is complete, that for staging is not.
    const yaml = /```yaml\n(# config\.prod\.yaml[^]*?)```/.exec(text)?.[1] ?? '';
    const entries = readConfigurationFile('config.yaml', yaml);
    const kinds = (preferred: string): readonly string[] =>
      checkConfiguration(expectations, entries, [preferred]).map(({ verdict }) => verdict.kind);
    assert.ok(kinds('production').every((kind) => kind === 'passed'));
    const broken = readConfigurationFile(
      'config.yaml',
      yaml.replace('training_samples: 100 ', 'training_samples: 1000 '),
    );
    assert.deepEqual(
      checkConfiguration(expectations, broken, ['production']).flatMap(({ verdict }) => verdict.why ?? []),
      ['production.pca.training_samples is 1000, expected 100'],
    );
  });

  it('compares the variables each of them lists', () => {
    const values = parseDotenv(
      'ENABLE_SEMANTIC_CACHE_V2=0\nREDIS_HOST=redis-primary.prod.svc\nREDIS_PORT=6379\nREDIS_PASSWORD=x\nQDRANT_API_KEY=<api-key>\nPYTHONPATH=/opt/app\nLOG_LEVEL=INFO\n',
    );
    const said = (index: number, tier: 'production' | 'development'): string => {
      const { checklist } = openDocument(readSample(index));
      return summarizeVariables([
        compareVariables(understand(checklist, readSample(index)).variables, { name: '.env', values }, tier),
      ]);
    };
    assert.equal(said(0, 'production'), '4 set, 11 missing, 1 different, 1 never filled in');
    assert.equal(said(0, 'development'), '3 set, 11 missing, 2 different, 1 never filled in');
    assert.equal(said(1, 'production'), 'no variable');
    assert.equal(said(2, 'production'), '1 set, 6 missing, 1 different');
    assert.equal(said(3, 'production'), '2 set, 2 missing');
    assert.equal(said(4, 'production'), 'no variable');
  });

  /** The line that says how it stands; none: the document has none. */
  const statusLines = [6, 291, undefined, 6, undefined];

  for (const [index, statusLine] of statusLines.entries()) {
    it(`starts and ends a rollout of sample ${index}, and changes nothing else`, () => {
      const text = readSample(index);
      const { checklist } = openDocument(text);
      const rollout: Rollout = {
        checklist: 'a.md',
        environment: 'staging',
        tier: 'staging',
        commit: undefined,
        branch: undefined,
        who: 'Operations',
        started: '2025-01-02T03:04:05+00:00',
        finished: undefined,
        outcome: 'In Progress',
      };
      const copy = rolloutText({ text, checklist, meaning: understand(checklist, text) }, rollout);
      const opened = openDocument(copy).checklist;
      assert.equal(opened.counts.boxes, checklist.counts.boxes);
      assert.equal(opened.counts.ticked, 0);
      const end = applyEdits(
        copy,
        finishEdits(copy, understand(opened, copy), 'Rolled Back', '2025-01-02T04:00:00+00:00'),
      );
      assert.equal(readRollout(end)?.outcome, 'Rolled Back');
      const saysNow = (document: string): string | undefined =>
        understand(openDocument(document).checklist, document).status[0]?.value;
      assert.equal(saysNow(copy), statusLine && 'In Progress');
      assert.equal(saysNow(end), statusLine && 'Rolled Back');
      // Front matter stands before what was there.
      const added = copy.split('\n').length - text.split('\n').length;
      const changed = copy
        .split('\n')
        .slice(added)
        .flatMap((line, at) => {
          const before = text.split('\n')[at];
          return line === before || line === before?.replace(/\[[xX]\]/, '[ ]') ? [] : [at + 1];
        });
      assert.deepEqual(changed, statusLine === undefined ? [] : [statusLine]);
    });
  }
});
