import assert from 'node:assert/strict';
import type { ExpectedVariable, VariableSection } from '../../../../src/core/checklist/meaning/types.ts';
import { parseDotenv } from '../../../../src/core/checks/dotenv.ts';
import { variableReportText } from '../../../../src/core/checks/variableReport.ts';
import { compareVariables, summarizeVariables } from '../../../../src/core/checks/variables.ts';
import type { VariableState } from '../../../../src/core/checks/variables.ts';
import type { Tier } from '../../../../src/core/environment/environment.ts';

const range = { start: 0, end: 1, line: 6 };

function variable(name: string, value: string, other: Partial<ExpectedVariable> = {}): ExpectedVariable {
  return {
    name,
    value,
    note: undefined,
    placeholder: undefined,
    secret: false,
    isDefault: false,
    tierValues: {},
    range,
    ...other,
  };
}

function section(...variables: readonly ExpectedVariable[]): VariableSection {
  return { owner: 'a', title: 'Settings', range, variables };
}

function stateOf(expected: ExpectedVariable, actual: string | undefined, tier?: Tier): VariableState | undefined {
  const values = new Map(actual === undefined ? [] : [[expected.name, actual]]);
  return compareVariables([section(expected)], { name: '.env', values }, tier).sections[0]?.results[0]?.state;
}

describe('environment variables', () => {
  it('are the same, different or missing', () => {
    assert.equal(stateOf(variable('PORT', '6379'), '6379'), 'same');
    assert.equal(stateOf(variable('PORT', '6379'), '6380'), 'different');
    assert.equal(stateOf(variable('PORT', '6379'), undefined), 'missing');
    assert.equal(stateOf(variable('PORT', '6379'), ''), 'missing');
  });

  it('need only be set where the document leaves the value open', () => {
    assert.equal(stateOf(variable('API_KEY', '<key>', { placeholder: '<key>', secret: true }), 'k3'), 'set');
    assert.equal(stateOf(variable('NAME', ''), 'x'), 'set');
  });

  it('may be left to a default', () => {
    assert.equal(stateOf(variable('HOST', 'localhost', { isDefault: true }), undefined), 'default');
    assert.equal(stateOf(variable('HOST', 'localhost', { isDefault: true }), 'other'), 'set');
  });

  it('are not set while a placeholder stands in for the value', () => {
    for (const left of [
      '<api-key>',
      'your-api-key',
      'CHANGEME',
      'change_me',
      'TODO',
      'xxx',
      '{{ key }}',
      '<secure-password>',
    ])
      assert.equal(
        stateOf(variable('API_KEY', '<key>', { placeholder: '<key>', secret: true }), left),
        'placeholder',
        left,
      );
    assert.equal(stateOf(variable('LEVEL', 'INFO'), '<level>'), 'placeholder');
  });

  it('are held against the value for the tier', () => {
    const host = variable('HOST', 'localhost', { tierValues: { production: 'redis-1.internal' } });
    assert.equal(stateOf(host, 'redis-1.internal', 'production'), 'same');
    assert.equal(stateOf(host, 'localhost', 'production'), 'different');
    assert.equal(stateOf(host, 'localhost', 'staging'), 'same');
    assert.equal(stateOf(host, 'localhost'), 'same');
  });
});

describe('secrets among environment variables', () => {
  const secrets = ['hunter2-expected', 'hunter2-actual'];
  const [expected = '', actual = ''] = secrets;
  const cases: readonly (readonly [ExpectedVariable, string])[] = [
    [variable('REDIS_PASSWORD', expected, { secret: true }), actual],
    [variable('SERVICE_TOKEN', expected), actual],
    [variable('REDIS_URL', 'redis://cache:6379'), `redis://:${actual}@cache:6379`],
    [variable('DATABASE', `postgres://app:${expected}@db/app`), 'postgres://db/app'],
    [variable('ERROR_SINK', 'https://errors.example.org'), `https://${actual}@errors.example.org/7`],
    [variable('HOOK', 'https://hooks.example.org'), `https://hooks.example.org/?token=${actual}`],
  ];

  it('are compared, and in no result or report', () => {
    for (const [one, found] of cases) {
      const report = compareVariables(
        [section(one)],
        { name: '.env', values: new Map([[one.name, found]]) },
        undefined,
      );
      assert.equal(report.sections[0]?.results[0]?.state, 'different', one.name);
      const everything = JSON.stringify(report) + variableReportText('a.md', 'staging', [report], 'now');
      for (const secret of secrets) assert.ok(!everything.includes(secret), `${one.name}: ${everything}`);
    }
  });

  it('are the same when they are', () => {
    assert.equal(stateOf(variable('REDIS_PASSWORD', 'a b', { secret: true }), 'a b'), 'same');
  });
});

describe('the report on environment variables', () => {
  const report = compareVariables(
    [
      section(
        variable('A', '1', { note: 'first | one' }),
        variable('B', 'x`y'),
        variable('C', ''),
        variable('P_TOKEN', 't'),
      ),
    ],
    {
      name: 'deploy/.env',
      values: new Map([
        ['A', '1'],
        ['B', 'p|q'],
        ['C', 'c'],
      ]),
    },
    undefined,
  );
  const text = variableReportText('docs/plan.md', 'staging', [report], '10:00');

  it('says state, values, line and note of each', () => {
    assert.equal(summarizeVariables([report]), '2 set, 1 missing, 1 different');
    assert.ok(text.includes('## deploy/.env: 2 set, 1 missing, 1 different'));
    assert.ok(text.includes('| `A` | ✓ set, the same | `1` | `1` | 7 | first \\| one |'));
    assert.ok(text.includes('| `B` | ✗ different | `` x`y `` | `p\\|q` | 7 |  |'));
    assert.ok(text.includes('| `C` | ✓ set | any value | `c` | 7 |  |'));
    assert.ok(text.includes('| `P_TOKEN` | ✗ missing | a secret | nothing | 7 |  |'));
  });

  it('says so when there is nothing', () => {
    assert.equal(summarizeVariables([]), 'no variable');
  });
});

describe('a .env file', () => {
  const read = (text: string): Record<string, string> => Object.fromEntries(parseDotenv(text));

  it('is read with quotes, comments, export and values over several lines', () => {
    assert.deepEqual(
      read(
        'A=1\nexport B = two words \nC="x # y" # note\nD=\'${A}\'\n#E=5\nF=a#b\nG="1\n2"\nH=\nI=" p\\n\\"q\\" "\r\nnot a line\n',
      ),
      {
        A: '1',
        B: 'two words',
        C: 'x # y',
        D: '${A}',
        F: 'a#b',
        G: '1\n2',
        H: '',
        I: ' p\n"q" ',
      },
    );
    assert.deepEqual(read('\uFEFFA=1\r\nA=2\r\n'), { A: '2' });
  });

  it('fills in references, and leaves dollars in passwords alone', () => {
    assert.deepEqual(read('A=1\nB=${A}/${X:-y}/${Z}\nP=pa$word$1\n'), { A: '1', B: '1/y/', P: 'pa$word$1' });
  });

  it('keeps what is not closed on its line', () => {
    assert.deepEqual(read('A="open\nB=2\n'), { A: '"open', B: '2' });
  });
});
