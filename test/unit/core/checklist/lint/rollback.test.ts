import assert from 'node:assert/strict';
import { fixed, marks, withCommands } from './lint.ts';

describe('lint: rollback-missing', () => {
  const missing = (text: string): readonly string[] => marks('rollback-missing', text);

  it('marks the title of a checklist without a way back', () => {
    assert.deepEqual(missing('Words first.\n\n# Turn on the cache\n\n- [ ] Flag on\n- [ ] Rollback plan agreed\n'), [
      '# Turn on the cache',
    ]);
    assert.deepEqual(missing('- [ ] Flag on\n').length, 1);
  });

  it('knows a way back by its heading, its opening words or a link', () => {
    assert.deepEqual(missing('# Plan\n\n- [ ] Flag on\n\n## Rolling back\n\n1. Flag off\n'), []);
    assert.deepEqual(missing('# Plan\n\n- [ ] Flag on\n\n**Roll back** by turning the flag off.\n'), []);
    assert.deepEqual(missing('# Plan\n\n- [ ] Flag on\n\nSee [how we roll back](../rollback.md).\n'), []);
  });

  it('does not take a link into the same page for it', () => {
    assert.equal(missing('# Plan\n\n- [ ] Read [Rollback](#rollback)\n').length, 1);
  });
});

describe('lint: git-reset-as-rollback', () => {
  const rule = 'git-reset-as-rollback';

  it('finds a hard reset among the ways back', () => {
    assert.deepEqual(marks(rule, withCommands('cd app && git -C . reset --hard v1')), ['git -C . reset --hard']);
    assert.deepEqual(marks(rule, withCommands('git revert abc\n# Or: git reset --hard before')), ['git reset --hard']);
    assert.deepEqual(marks(rule, withCommands('# In case of rollback:\n# git reset --hard v1', 'Tag')), [
      'git reset --hard',
    ]);
  });

  it('is quiet about it elsewhere, and about gentler resets', () => {
    assert.deepEqual(marks(rule, withCommands('git fetch && git reset --hard origin/main', 'Prepare')), []);
    assert.deepEqual(marks(rule, withCommands('git reset --soft HEAD~1\ngit revert abc')), []);
  });
});

describe('lint: compose-restart-keeps-environment', () => {
  const rule = 'compose-restart-keeps-environment';

  it('finds a restart after a change of the environment', () => {
    assert.deepEqual(marks(rule, withCommands('# Edit .env\nCACHE_ENABLED=false\n\ndocker-compose restart web')), [
      'restart',
    ]);
    assert.deepEqual(marks(rule, withCommands('sed -i s/on/off/ deploy/.env\ndocker compose -f prod.yml restart')), [
      'restart',
    ]);
    assert.deepEqual(marks(rule, withCommands('cp .env.before .env && docker-compose restart web')), ['restart']);
    assert.deepEqual(marks(rule, withCommands('echo CACHE=0 >> .env\ndocker-compose restart')), ['restart']);
    assert.deepEqual(marks(rule, withCommands('# For Docker: update docker-compose.yml, docker-compose restart')), [
      'restart',
    ]);
    const steps =
      '# Plan\n\n## Rollback\n\n1. Set the environment variable CACHE to 0\n2. Restart: `docker-compose restart web`\n';
    assert.deepEqual(marks(rule, steps), ['restart']);
  });

  it('is quiet without a change, after up -d, and across stages', () => {
    assert.deepEqual(marks(rule, withCommands('docker-compose restart redis')), []);
    assert.deepEqual(
      marks(rule, withCommands('# Edit .env\ndocker-compose up -d web\ndocker-compose restart proxy')),
      [],
    );
    assert.deepEqual(marks(rule, withCommands('cp .env .env.backup\ncat .env\ndocker-compose restart web')), []);
    assert.deepEqual(
      marks(rule, '# Plan\n\n## One\n\n- [ ] Update .env\n\n## Two\n\n- [ ] `docker-compose restart web`\n'),
      [],
    );
    assert.deepEqual(marks(rule, withCommands('# Check the environment variables\ndocker-compose restart web')), []);
  });

  it('is fixed by creating the container anew', () => {
    const before = withCommands('# Edit .env\ndocker-compose -f a.yml restart web');
    assert.equal(fixed(rule, before), before.replace('restart', 'up -d'));
  });
});
