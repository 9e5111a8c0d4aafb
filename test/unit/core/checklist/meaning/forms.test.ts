import assert from 'node:assert/strict';
import { expectedVariables } from '../../../../../src/core/checklist/meaning/variables.ts';
import { meaningOf } from './understood.ts';

describe('variables a checklist lists', () => {
  const listed = (markdown: string) => expectedVariables(meaningOf(markdown));

  it('are exports with a remark', () => {
    const variables = listed(
      '# A\n\n```bash\n# Redis\nexport REDIS_HOST=localhost  # Production: redis.prod.svc\nexport REDIS_PASSWORD=<secure-password> # From the vault\nexport NAME="a b"\nexport APP_URL=${APP_URL:-http://127.0.0.1:8310}\n```\n',
    );
    assert.deepEqual(
      variables.map(({ name, value, note, placeholder, secret, isDefault }) => [
        name,
        value,
        note,
        placeholder,
        secret,
        isDefault,
      ]),
      [
        ['REDIS_HOST', 'localhost', 'Production: redis.prod.svc', undefined, false, false],
        ['REDIS_PASSWORD', '<secure-password>', 'From the vault', '<secure-password>', true, false],
        ['NAME', 'a b', undefined, undefined, false, false],
        ['APP_URL', 'http://127.0.0.1:8310', undefined, undefined, false, true],
      ],
    );
    assert.deepEqual(variables[0]?.tierValues, { production: 'redis.prod.svc' });
  });

  it('are not the settings of a command, nor what is worked out', () => {
    assert.deepEqual(listed('```bash\nexport A=1\nredis-cli ping\n```\n'), []);
    assert.deepEqual(listed('```bash\nexport DAY=$(date)\n```\n'), []);
    assert.deepEqual(listed('```bash\nURL="http://x"\nKEY="<key>"\n```\n'), []);
  });

  it('are known as secrets by their names', () => {
    const secrets = listed(
      '```bash\nexport A_TOKEN=1\nexport API_KEY=2\nexport DB_PASSWORD=3\nexport KEYBOARD=4\nexport TTL=5\n```\n',
    );
    assert.deepEqual(
      secrets.filter(({ secret }) => secret).map(({ name }) => name),
      ['A_TOKEN', 'API_KEY', 'DB_PASSWORD'],
    );
  });

  it('stand where they are', () => {
    const text = '1. Set:\n\n   ```bash\n   export A=1  # one\n   ```\n';
    const [variable] = listed(text);
    assert.equal(text.slice(variable?.range.start, variable?.range.end), 'export A=1  # one');
  });
});

describe('forms', () => {
  const blanks = (markdown: string) =>
    meaningOf(markdown).blanks.map(({ range, label, group, unit }) => [
      markdown.slice(range.start, range.end),
      label,
      group,
      unit,
    ]);

  it('have blanks in tables, named by row and column', () => {
    assert.deepEqual(
      blanks(
        '# A\n\n| What | Before | After |\n|--|--|--|\n| Hit rate, all | ____ % | ____ % |\n| p95 | 3 ms | ___ ms |\n',
      ),
      [
        ['____', 'Hit rate, all', 'Before', '%'],
        ['____', 'Hit rate, all', 'After', '%'],
        ['___', 'p95', 'After', 'ms'],
      ],
    );
  });

  it('have blanks in blocks, named by their lines', () => {
    assert.deepEqual(
      blanks('```\nResponse time:\n  p50: _____ ms (improvement: ___%)\n\nCache:\n  Hits: __MB\n```\n'),
      [
        ['_____', 'p50', 'Response time', 'ms'],
        ['___', 'p50 improvement', 'Response time', '%'],
        ['__', 'Hits', 'Cache', 'MB'],
      ],
    );
  });

  it('have blanks in sentences, with any line end', () => {
    assert.deepEqual(blanks('- [ ] Snapshot taken at: ________\r\n\r\n> Reason: ____\r\n'), [
      ['________', 'Snapshot taken at', undefined, undefined],
      ['____', 'Reason', undefined, undefined],
    ]);
  });

  it('have no blanks where underscores are part of a name', () => {
    assert.deepEqual(blanks('- `redis.__version__` and **bold** and __strong__\n\n```python\n__init__ = 1\n```\n'), []);
  });

  it('are signed by role', () => {
    const markdown =
      '## Sign-off\n\n| Role | Name | Date |\n|--|--|--|\n| Developer | | |\n| QA | x | |\n\n**Approved By:** ________\n';
    const cells = meaningOf(markdown).signOff;
    assert.deepEqual(
      cells.map(({ role, column, value }) => `${role}/${column}=${value}`),
      ['Developer/Name=', 'Developer/Date=', 'QA/Name=x', 'QA/Date=', 'Approved By/Name='],
    );
    const [empty] = cells;
    const filled = markdown.slice(0, empty?.range.start) + ' me ' + markdown.slice(empty?.range.end);
    assert.match(filled, /\| Developer \| me \| \|/);
  });

  it('have a state, or several of which one is to be chosen', () => {
    const status = (markdown: string) =>
      meaningOf(`# A\n\n${markdown}`).status.map(({ value, options }) => [
        value,
        options.map(({ label, chosen }) => label + (chosen ? '!' : '')),
      ]);
    assert.deepEqual(status('**Status:** In Progress\n'), [['In Progress', []]]);
    assert.deepEqual(status('**Status**: ⬜ Pending | ⬜ In Progress | ⬜ Complete | ⬜ Rolled Back\n'), [
      [undefined, ['Pending', 'In Progress', 'Complete', 'Rolled Back']],
    ]);
    assert.deepEqual(status('**Status:** ⬜ Pending | ✅ Complete\n'), [['Complete', ['Pending', 'Complete!']]]);
    assert.deepEqual(status('**Status:** â¬œ Pending | â¬œ Complete\n'), [[undefined, ['Pending', 'Complete']]]);
    assert.deepEqual(status('The status of this is unknown.\n'), []);
    const markdown = '# A\n\n**Status:** ⬜ Pending | ⬜ Complete\n';
    const [line] = meaningOf(markdown).status;
    assert.deepEqual(
      line?.options.map(({ range }) => markdown.slice(range.start, range.end)),
      ['⬜ Pending', '⬜ Complete'],
    );
  });
});
