import assert from 'node:assert/strict';
import { isCommand } from '../../../../../src/core/checklist/meaning/commandLike.ts';
import { itemOf, meaningOf } from './understood.ts';

const inItem = (text: string) => itemOf(`# A\n\n- [ ] ${text}\n`);
const commands = (text: string) => inItem(text)?.commands.map(({ code }) => code) ?? [];
const expected = (text: string) =>
  inItem(text)?.commands.map(({ expectations }) =>
    expectations.map(({ expectation }) => `${expectation.kind} ${expectation.text}`).join(),
  ) ?? [];

describe('commands in the text of an item', () => {
  it('are code spans that call a program', () => {
    for (const code of [
      'docker-compose exec redis redis-cli ping',
      'pg_dump app > backup_$(date +%F).sql',
      'cp .env .env.backup',
      'mkdir -p config/redis',
      'curl http://localhost:8000/metrics | grep cache_hits',
      'pytest tests/test_cache.py::TestCache -v',
      'lsof -i :6379',
      './scripts/check.sh',
      'REDISCLI_AUTH=x redis-cli ping',
    ]) {
      assert.deepEqual(commands(`Something: \`${code}\``), [code]);
    }
  });

  it('are not files, settings, classes, routes, packages and words', () => {
    for (const code of [
      'REDIS_HOST=redis',
      'config/redis/redis.conf',
      'src/middleware/cache.py',
      '.env',
      'redis',
      'prometheus-client',
      'py_compile',
      'SentimentTool',
      '/api/cache/stats',
      'maxmemory-policy allkeys-lru',
      'access_count',
      '\\di',
      'EXPLAIN ANALYZE',
      'docker and compose',
      'time to live',
      'redis-cli',
      'KEYS *',
    ]) {
      assert.equal(isCommand(code), false, code);
    }
  });

  it('stand where they are in the document, also behind what was double-encoded', () => {
    const markdown = '# A\r\n\r\n- [x] âœ… Redis answers: `redis-cli ping`\r\n';
    const [command] = itemOf(markdown)?.commands ?? [];
    assert.equal(markdown.slice(command?.range.start, command?.range.end), 'redis-cli ping');
    assert.equal(command?.range.line, 2);
  });

  it('have their expectation behind them', () => {
    assert.deepEqual(expected('Limit: `redis-cli CONFIG GET maxmemory` returns `512mb`'), ['text `512mb`']);
    assert.deepEqual(expected('No errors: `docker-compose logs | grep -i error` is empty'), ['empty empty']);
    assert.deepEqual(expected('Running: `docker-compose ps` shows all "Up"'), ['everyLine all "Up"']);
    assert.deepEqual(expected('Answers: `curl http://x/health` returns 200'), ['httpStatus 200']);
    assert.deepEqual(expected('Metrics: `curl http://x/metrics` returns data'), ['nonEmpty data']);
    assert.deepEqual(expected('Both: `redis-cli ping` → `PONG`, `redis-cli dbsize` > x'), ['text `PONG`', '']);
    assert.deepEqual(expected('Started: `docker-compose up -d grafana` (optional)'), ['']);
  });

  it('have it before them', () => {
    assert.deepEqual(expected('No cache evictions: `redis-cli INFO stats | grep evicted`'), [
      'number No cache evictions',
    ]);
    assert.deepEqual(expected('Logs show no errors: `docker-compose logs app`'), ['without Logs show no errors']);
    assert.deepEqual(expected('No pool exhaustion: `docker-compose logs app | grep "pool"`'), [
      'human No pool exhaustion',
    ]);
    assert.deepEqual(expected('Redis answers: `redis-cli ping`'), ['']);
  });

  it('say where they would leave for', () => {
    assert.match(inItem('Look there: `ssh cache-1`')?.commands[0]?.handOver ?? '', /cache-1/);
    assert.equal(inItem('Ask: `redis-cli ping`')?.commands[0]?.handOver, undefined);
  });

  it('are no criteria, but stand beside one', () => {
    const item = inItem('Redis memory <512MB: `redis-cli INFO memory | awk "\\$1 > 5%"`');
    assert.deepEqual(
      item?.criteria.map(({ metric, value }) => [metric, value]),
      [['Redis memory', 512 * 1024 ** 2]],
    );
  });
});

describe('what an item tells a person to do', () => {
  const manual = (text: string) =>
    inItem(text)?.manual.map(({ action, file, settings }) => [action, file, settings.length]) ?? [];

  it('is offered where it names a file, or something to look at', () => {
    assert.deepEqual(manual('Change the port in docker-compose.yml'), [['edit', 'docker-compose.yml', 0]]);
    assert.deepEqual(manual('Set CACHE_ENABLED=false in .env'), [['edit', '.env', 1]]);
    assert.deepEqual(manual('Recorded: Check the `schema_migrations` table'), [['check', undefined, 0]]);
    assert.deepEqual(manual('It works: Make 2 calls, the second should be faster'), [['other', undefined, 0]]);
  });

  it('is nothing where it only says what is to be true', () => {
    for (const text of ['Update the wiki', 'Import fixed', 'Code reviewed', 'Rollback plan ready'])
      assert.deepEqual(manual(text), [], text);
  });

  it('is to set the variables that are listed below it', () => {
    const { items, variables } = meaningOf(
      '# A\n\n- [ ] .env updated with:\n  - [ ] `HOST=redis`\n  - [ ] `PORT=6379`\n- [ ] `OTHER=1`\n',
    );
    const [first] = items.values();
    assert.deepEqual(first?.manual[0]?.settings, [
      { name: 'HOST', value: 'redis' },
      { name: 'PORT', value: '6379' },
    ]);
    assert.deepEqual(
      variables.map(({ variables: listed }) => listed.map(({ name }) => name)),
      [['HOST', 'PORT'], ['OTHER']],
    );
  });
});
