import assert from 'node:assert/strict';
import { openDocument } from '../../../../src/core/checklist/parse.ts';
import { checkConfiguration } from '../../../../src/core/checks/checkConfiguration.ts';
import type { ConfigurationExpectation } from '../../../../src/core/checks/configuration.ts';
import { readConfigurationExpectations } from '../../../../src/core/checks/configurationExpectations.ts';
import { readConfigurationFile } from '../../../../src/core/checks/configurationFile.ts';
import { configurationReportText, summarizeConfiguration } from '../../../../src/core/checks/configurationReport.ts';

const read = (text: string): readonly ConfigurationExpectation[] =>
  readConfigurationExpectations(openDocument(text).checklist, text);

/** Each limit on one line: `cache.ttl = 60`. */
function said(text: string): readonly string[] {
  return read(text).map((one) => {
    if (one.kind === 'present') return `${one.path} is there`;
    if (one.kind !== 'between')
      return `${one.kind === 'every' ? 'every ' : ''}${one.path} = ${JSON.stringify(one.value)}`;
    const bound = (sign: string, limit: typeof one.low): string =>
      limit === undefined ? '' : ` ${sign}${limit.inclusive ? '=' : ''} ${limit.value}`;
    return `${one.path}${bound('>', one.low)}${bound('<', one.high)}`;
  });
}

/** The verdicts for a file, each with its reason and lines. */
function judged(document: string, file: string, preferred: readonly string[] = []): readonly string[] {
  return checkConfiguration(read(document), readConfigurationFile('config.yaml', file), preferred).map(
    ({ verdict, lines }) =>
      [verdict.kind, ...(verdict.why === undefined ? [] : [verdict.why]), lines.map((line) => line + 1).join()].join(
        '; ',
      ),
  );
}

const drawn = `# Guide

\`\`\`text
Configuration:
├── config.yaml Validation:
│   ├── lookup.min_score: 0.7 (measured)
│   ├── reduce.samples: 100 (was 1000)
│   ├── lookup.neighbours: 1-20
│   ├── mode: "strict"
│   └── All parts enabled: true
├── Environment:
│   └── LEVEL: INFO
\`\`\`
`;

describe('what a document expects of a configuration file', () => {
  it('is read from a drawn list that names the file', () => {
    assert.deepEqual(said(drawn), [
      'lookup.min_score = 0.7',
      'reduce.samples = 100',
      'lookup.neighbours >= 1 <= 20',
      'mode = "strict"',
      'every enabled = true',
    ]);
    assert.ok(read(drawn).every(({ file }) => file === 'config.yaml'));
    assert.equal(read(drawn)[0]?.range.line, 5);
  });

  it('is read from items below one, and below a heading, that name the file', () => {
    const text =
      '# Plan\n\n## Check `settings.json`\n\n- [ ] `cache.ttl: 3600` as agreed\n- [ ] cache.size: at most 500\n- [ ] Required sections: cache, log\n\n## Other\n\n- [ ] time: 5\n';
    assert.deepEqual(said(text), ['cache.size <= 500', 'cache is there', 'log is there']);
    assert.deepEqual(said('# P\n\n1. Edit conf/app.yml:\n   - ttl: 60\n   - retries: >= 3\n'), [
      'ttl = 60',
      'retries >= 3',
    ]);
  });

  it('is read from a validating program', () => {
    const text =
      "# P\n\n```python\nrequired_keys = ['cache', \"log\"]\nif not 0.0 <= config['cache']['min_score'] < 1.0:\n    raise ValueError('min_score must be between 0 and 1')\n```\n";
    assert.deepEqual(said(text), ['cache is there', 'log is there', 'cache.min_score >= 0 < 1', 'min_score >= 0 <= 1']);
  });

  it('is read from sentences', () => {
    assert.deepEqual(said('# P\n\nThe `min_score` must be between 0 and 1. `cache.ttl` should be at least 60.\n'), [
      'min_score >= 0 <= 1',
      'cache.ttl >= 60',
    ]);
    assert.deepEqual(said('# P\n\nThe back_up must be done first. Everything must be green.\n'), []);
  });

  it('is said once', () => {
    const text = '# P\n\n`lookup.min_score` must be between 0 and 1. Again: `min_score` must be between 0 and 1.\n';
    assert.deepEqual(said(text), ['lookup.min_score >= 0 <= 1']);
  });
});

describe('a configuration file', () => {
  const good = 'lookup:\n  min_score: 0.7\n  neighbours: 20\n  enabled: true\nreduce:\n  samples: 100\nmode: strict\n';

  it('passes, with the lines it was judged by', () => {
    assert.deepEqual(judged(drawn, good), ['passed; 2', 'passed; 6', 'passed; 3', 'passed; 7', 'passed; 4']);
  });

  it('fails where it differs, and says how', () => {
    const bad = good.replace('0.7', '"0.7"').replace('100', '1000').replace('20', '21').replace('true', 'false');
    assert.deepEqual(judged(drawn, bad), [
      'failed; lookup.min_score is "0.7", expected 0.7; 2',
      'failed; reduce.samples is 1000, expected 100; 6',
      'failed; lookup.neighbours is 21, expected a number from 1 to 20; 3',
      'passed; 7',
      'failed; lookup.enabled is false, expected true; 4',
    ]);
  });

  it('is inconclusive about what is not set, and fails where a section is missing', () => {
    assert.match(
      judged(drawn, '{}').join('\n'),
      /^(?:inconclusive; .*is not set; what the program does then is not known here; \n){4}inconclusive; no key named enabled/,
    );
    assert.deepEqual(judged("# P\n\n```py\nrequired_keys = ['cache']\n```\n", 'other: 1\n'), [
      'failed; cache is missing; ',
    ]);
    assert.match(judged(drawn, '').join(), /^inconclusive/);
  });

  it('counts below its own environment, where it has one', () => {
    const both = 'production:\n  mode: strict\nstaging:\n  mode: loose\n';
    const text = '# P\n\n1. config.yaml:\n   - mode: strict\n';
    assert.deepEqual(judged(text, both, ['production']), ['passed; 2']);
    assert.deepEqual(judged(text, both, ['staging']), ['failed; staging.mode is "loose", expected "strict"; 4']);
    assert.deepEqual(judged(text, both), ['failed; staging.mode is "loose", expected "strict"; 2,4']);
  });

  it('shows no secret', () => {
    assert.deepEqual(judged('# P\n\n1. config.yaml:\n   - api_key: none\n', 'api_key: hunter2\n'), [
      'failed; api_key is another value, expected "none"; 1',
    ]);
  });

  it('may be JSON, hold several documents and anchors', () => {
    assert.deepEqual(judged('# P\n\n1. a.json:\n   - a.b: 1\n', '{\n  "a": {"b": 1}\n}'), ['passed; 2']);
    assert.deepEqual(judged('# P\n\n1. a.yaml:\n   - b: 1\n', 'x: &one 1\n---\ny: 2\n---\nz: &two 1\nb: *two\n'), [
      'passed; 6',
    ]);
    assert.ok(readConfigurationFile('a.yaml', 'a: &a [1]\nb: [*a, *a]\n').length < 20);
  });

  it('that cannot be read is named with its line', () => {
    assert.throws(
      () => readConfigurationFile('config.yaml', 'a: 1\nb: [1\nc: 2\n'),
      /config\.yaml cannot be read, line \d/,
    );
    assert.throws(() => readConfigurationFile('config.yaml', 'a: 1\na: 2\n'), /line 2/);
  });

  it('is reported with where', () => {
    const results = checkConfiguration(read(drawn), readConfigurationFile('config.yaml', good.replace('0.7', '2')), []);
    assert.equal(summarizeConfiguration(results), '4 passed, 1 failed');
    const text = configurationReportText('docs/guide.md', 'config.yaml', results, '10:00');
    assert.ok(
      text.includes('| `lookup.min_score` is `0.7` | ✗ failed | lookup.min\\_score is 2, expected 0.7 | 2 | 6 |'),
      text,
    );
    assert.ok(text.includes('`lookup.neighbours` is a number from 1 to 20'));
  });
});
