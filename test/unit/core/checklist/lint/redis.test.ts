import assert from 'node:assert/strict';
import { fixed, marks, withCommands } from './lint.ts';

describe('lint: redis-keys', () => {
  const keys = (code: string): readonly string[] => marks('redis-keys', withCommands(code));

  it('finds KEYS wherever redis-cli is called', () => {
    assert.deepEqual(keys("redis-cli -h $REDIS_HOST KEYS 'session:*' | wc -l"), ["KEYS 'session:*'"]);
    assert.deepEqual(keys('docker compose exec -T cache redis-cli keys "*"'), ['keys "*"']);
    assert.deepEqual(keys('total=$(redis-cli -n 2 --raw KEYS user:*)'), ['KEYS user:*']);
    assert.deepEqual(keys('# Or: redis-cli KEYS page:*'), ['KEYS page:*']);
    assert.deepEqual(marks('redis-keys', '# Plan\n\n- [ ] No old keys: `redis-cli KEYS old:*` is empty\n'), [
      'KEYS old:*',
    ]);
  });

  it('is quiet about what only looks like it', () => {
    assert.deepEqual(keys("redis-cli --scan --pattern 'session:*'"), []);
    assert.deepEqual(keys('redis-cli GET keys\necho "redis-cli KEYS *"\nredis-cli HKEYS user:1'), []);
    assert.deepEqual(keys('# never use redis-cli KEYS here\nredis-cli PING'), []);
    assert.deepEqual(keys('cat <<EOF\nredis-cli KEYS *\nEOF'), []);
    assert.deepEqual(
      marks('redis-keys', '# Plan\n\nNever `redis-cli KEYS *`.\n\n```text\nredis-cli KEYS *\n```\n'),
      [],
    );
  });

  it('is fixed by walking with --scan', () => {
    const before = withCommands("redis-cli -h h KEYS 'a:*' | head");
    assert.equal(fixed('redis-keys', before), before.replace('KEYS', '--scan --pattern'));
  });
});

describe('lint: redis-flushall', () => {
  it('finds FLUSHALL, not FLUSHDB', () => {
    assert.deepEqual(marks('redis-flushall', withCommands('redis-cli -n 1 FLUSHALL ASYNC\nredis-cli flushall')), [
      'FLUSHALL',
      'flushall',
    ]);
    assert.deepEqual(marks('redis-flushall', withCommands('redis-cli FLUSHDB\ngrep FLUSHALL audit.log')), []);
  });
});

describe('lint: password-on-command-line', () => {
  const rule = 'password-on-command-line';

  it('finds every way to hand redis-cli a password', () => {
    assert.deepEqual(marks(rule, withCommands('redis-cli -h h -a $REDIS_PASSWORD ping')), ['-a $REDIS_PASSWORD']);
    assert.deepEqual(marks(rule, withCommands('redis-cli --user ops --pass "$P" ping')), ['--pass "$P"']);
    assert.deepEqual(marks(rule, withCommands('redis-cli -u redis://ops:hunter2@cache:6379 ping')), [
      '-u redis://ops:hunter2@cache:6379',
    ]);
    assert.deepEqual(marks(rule, withCommands('# Check: redis-cli -a $P LASTSAVE')), ['-a $P']);
  });

  it('is quiet where there is none', () => {
    assert.deepEqual(
      marks(rule, withCommands('REDISCLI_AUTH=$P redis-cli ping\nredis-cli -u redis://cache:6379 ping')),
      [],
    );
    assert.deepEqual(marks(rule, withCommands('redis-cli SET -a b\nls -a $HOME\nredis-cli --askpass ping')), []);
  });

  it('is fixed by REDISCLI_AUTH, whatever stands around it', () => {
    const fix = (code: string): string => fixed(rule, withCommands(code)).split('```')[1]?.slice(5).trimEnd() ?? '';
    assert.equal(fix('redis-cli -h h -a $P ping'), 'REDISCLI_AUTH=$P redis-cli -h h ping');
    assert.equal(fix('redis-cli -a "$P"'), 'REDISCLI_AUTH="$P" redis-cli');
    assert.equal(fix('x=$(redis-cli -a $P DBSIZE)'), 'x=$(REDISCLI_AUTH=$P redis-cli DBSIZE)');
    assert.equal(fix('redis-cli -h h \\\n  -a $P \\\n  ping'), 'REDISCLI_AUTH=$P redis-cli -h h \\\n  ping');
  });

  it('is not fixed where the environment does not get through', () => {
    assert.throws(
      () => fixed(rule, withCommands('docker-compose exec redis redis-cli -a $P ping')),
      /a fix is offered/,
    );
    assert.throws(() => fixed(rule, withCommands('sudo redis-cli -a $P ping')), /a fix is offered/);
  });
});
