import assert from 'node:assert/strict';
import type { Expectation } from '../../../../../src/core/checklist/meaning/expectations/types.ts';
import { blockOf, blocksOf, commandsIn, expectedIn, manualIn, meaningOf } from './understood.ts';

const textOf = (expectations: readonly Expectation[]) => expectations.map((one) => `${one.kind}: ${one.text}`);
const expected = (code: string) => expectedIn(blockOf(code)).map(textOf);
/** What is expected first of the first command. */
const onlyIn = (code: string) => expectedIn(blockOf(code))[0]?.[0];
const titles = (code: string) => commandsIn(blockOf(code)).map(({ title }) => title);

describe('what is expected of a command', () => {
  it('stands in the comment below it, or behind it', () => {
    assert.deepEqual(expected('redis-cli ping\n# Expected: PONG'), [['text: PONG']]);
    assert.deepEqual(expected('redis-cli ping  # Should return: PONG'), [['text: PONG']]);
    assert.deepEqual(expected('git log -5\n# Should show: e02850e, d838bb4'), [['text: e02850e, d838bb4']]);
    assert.deepEqual(expected('docker logs a | grep -i error  # Should be empty'), [['empty: Should be empty']]);
    assert.deepEqual(expected('echo a\n# Output: a'), [['text: a']]);
  });

  it('belongs to the command before it, not to the one after', () => {
    assert.deepEqual(expected('redis-cli ping\n# Expected: PONG\n\n# Then\nredis-cli info'), [['text: PONG'], []]);
    assert.deepEqual(expected('a-tool x\nredis-cli ping # Expected: PONG\nredis-cli info'), [[], ['text: PONG'], []]);
    assert.deepEqual(expected('redis-cli info\n\n# Expected: PONG\nredis-cli ping'), [[], ['text: PONG']]);
  });

  it('may stand behind a blank line, and go on over several', () => {
    assert.deepEqual(expected('python -m tool analyze\n\n# Expected output: 10+ new indexes listed'), [
      ['count: 10+ new indexes listed'],
    ]);
    const first = onlyIn('bash check.sh\n\n# Expected output:\n# ✅ FLAG=1\n# ✅ HOST configured');
    assert.deepEqual(first?.kind === 'text' && first.lines, ['FLAG=1', 'HOST configured']);
    const json = onlyIn('curl x\n# Expected: {\n#   "a": 1,\n#   ...\n# }\n# and a remark');
    assert.equal(json?.kind, 'json');
  });

  it('may be said of all of them', () => {
    assert.deepEqual(expected('# All should pass\nredis-cli ping\ngrep x y # Should be empty\n\nredis-cli info'), [
      ['success: All should pass'],
      ['empty: Should be empty'],
      [],
    ]);
  });

  it('is for a person where no machine can tell', () => {
    assert.deepEqual(expected('redis-cli INFO memory\n# Ensure there is enough memory (2GB+)'), [
      ['human: Ensure there is enough memory (2GB+)'],
    ]);
    assert.deepEqual(expected('redis-cli DBSIZE\n# Compare over time, should grow, then settle'), [
      ['human: Compare over time, should grow, then settle'],
    ]);
    const check = onlyIn('redis-cli BGSAVE\n# Check: redis-cli LASTSAVE');
    assert.equal(check?.kind === 'human' && check.command, 'redis-cli LASTSAVE');
  });

  it('is relative: faster, or less than before', () => {
    assert.deepEqual(expected('time curl x\n# Note the time, should be 20% faster!')[0], [
      'relative: Note the time, should be 20% faster!',
    ]);
    assert.deepEqual(expected('ps aux | grep app\n\n# Expected reduction: about 200MB (67% less)')[0], [
      'relative: about 200MB (67% less)',
    ]);
  });

  it('is not every remark', () => {
    assert.deepEqual(expected('redis-cli FLUSHDB  # Clears all cached data\n# Note: takes a while'), [[]]);
    assert.deepEqual(expected('cat << EOF\n# Expected: a heading\nEOF'), [[]]);
    assert.deepEqual(expected('python -c "\n# Expected: nothing here\nprint(1)\n"'), [[]]);
  });

  it('follows the block in a sentence, or in a block of its own', () => {
    const [sentence] = blocksOf('```bash\n./scripts/validate.sh\n```\n\nExpected output: `✓ All checks passed!`\n');
    assert.deepEqual(sentence && expectedIn(sentence).map(textOf), [
      ['text: `✓ All checks passed!`'.replaceAll('`', '')],
    ]);
    const [run, shown] = blocksOf(
      '```bash\ncurl x | python -m json.tool\n```\n\n**Expected:**\n\n```json\n{"hits": 2, "age_seconds": 3}\n```\n',
    );
    assert.equal(run && expectedIn(run)[0]?.[0]?.kind, 'json');
    assert.equal(shown?.use, 'expected');
  });

  it('follows in bullets that compare with the run before', () => {
    const [, run] = blocksOf(
      '```bash\ncurl a\n```\n\n```bash\ncurl b\n```\n\n**Success Criteria:**\n- ✅ `hits` increased from 1 to 2\n- ✅ `seen_at` updated\n- ✅ `made_at` stayed the same\n- ✅ Second run was faster\n',
    );
    assert.deepEqual(
      run && expectedIn(run)[0]?.map((one) => (one.kind === 'change' ? `${one.field} ${one.change}` : one.kind)),
      ['hits fromTo', 'seen_at updated', 'made_at same', 'relative'],
    );
  });

  it('is what a recorded session shows', () => {
    const block = blockOf('$ redis-cli PING\nPONG\n$ redis-cli GET a\n(nil)', 'console');
    assert.deepEqual(expectedIn(block).map(textOf), [['text: PONG'], ['text: (nil)']]);
  });
});

describe('the commands of a block', () => {
  it('have the comment above them as their title', () => {
    assert.deepEqual(
      titles('# 1. Look at Redis\nredis-cli ping\nredis-cli info\n\n# Then: the keys.\nredis-cli dbsize'),
      ['Look at Redis', undefined, 'Then: the keys'],
    );
  });

  it('are found where a block has no language but is plainly shell', () => {
    assert.deepEqual(
      ['', 'bash', 'sh', 'shell', 'console', 'yaml', 'python', 'text', 'json', 'sql'].map(
        (language) => blockOf('redis-cli ping', language).isShell,
      ),
      [true, true, true, true, true, false, false, false, false, false],
    );
    assert.equal(blockOf('API response time:\n  p50: fast', '').isShell, false);
    assert.equal(blockOf('src/\n  app.py', '').isShell, false);
  });

  it('are bound to tiers by what stands above them', () => {
    const tiers = (markdown: string) =>
      blocksOf(markdown).map(
        ({ tiers: bound, parts: [part] }) => bound ?? (part?.kind === 'command' ? part.tiers : undefined),
      );
    const block = '```bash\nredis-cli info\n```\n';
    assert.deepEqual(tiers(`1. Undo the migration (DEVELOPMENT ONLY):\n   ${block.replaceAll('\n', '\n   ')}`), [
      ['development'],
    ]);
    assert.deepEqual(tiers(`**Load test** (staging only)\n\n${block}\n${block}`), [['staging'], undefined]);
    assert.deepEqual(tiers(`## Chaos (not in production)\n\n### A\n\n${block}\n## B\n\n${block}`), [
      ['development', 'staging'],
      undefined,
    ]);
    assert.deepEqual(tiers('```bash\n# only in staging or development\nredis-cli info\n```'), [
      ['staging', 'development'],
    ]);
    assert.deepEqual(tiers(`**Local/Development Production**\n\n${block}`), [undefined]);
  });

  it('are a script where they are meant to be saved as one', () => {
    assert.equal(blockOf('#!/bin/bash\n# backup/save.sh\n\necho a').script, 'backup/save.sh');
    assert.equal(blockOf('#!/bin/bash\n\necho a').script, '');
    assert.equal(blockOf('echo a').script, undefined);
  });
});

describe('lines for a person', () => {
  const manual = (code: string) =>
    manualIn(blockOf(code)).map(({ action, file, settings }) => [
      action,
      file,
      settings.map(({ name, value }) => `${name}=${value}`).join(),
    ]);

  it('are never commands: what is to be written into a file', () => {
    const block = blockOf('# Edit .env\nCACHE_ENABLED=false\n\n# Restart\ndocker-compose restart backend');
    assert.deepEqual(manual('# Edit .env\nCACHE_ENABLED=false\n\n# Restart\ndocker-compose restart backend'), [
      ['edit', '.env', 'CACHE_ENABLED=false'],
    ]);
    assert.deepEqual(
      commandsIn(block).map(({ title }) => title),
      ['Restart'],
    );
  });

  it('are editors, with what to write', () => {
    assert.deepEqual(
      manual(
        '# Update the environment of the service\nsudo vi /etc/systemd/system/a.service.d/o.conf\n# Add: Environment="FLAG=1"\n\nls',
      ),
      [['edit', '/etc/systemd/system/a.service.d/o.conf', 'FLAG=1']],
    );
  });

  it('are comments that tell something to do and stand alone', () => {
    assert.deepEqual(
      manual('# Update the environment in docker-compose.yml\n# Ensure FLAG=1 is set\n\ndocker-compose up -d'),
      [['edit', 'docker-compose.yml', 'FLAG=1']],
    );
    assert.deepEqual(manual('# 2. Redeploy the version before\n\nls'), [['other', undefined, '']]);
    assert.deepEqual(manual('# Comment out cache.get() calls'), [['disable', undefined, '']]);
    assert.deepEqual(manual('cp a.yaml b.yaml\n# Edit b.yaml for production'), [['edit', 'b.yaml', '']]);
    assert.deepEqual(manual('# Check the logs\ngrep error x.log'), [], 'a title');
    assert.deepEqual(manual('# This allows a way back\n# git reset --hard v1'), []);
  });

  it('stand above code that is not run', () => {
    const [block] = blocksOf('# A\n\n**File:** `app/settings.py`\n\nAdd to the list:\n\n```python\nLIST = []\n```\n');
    assert.deepEqual(block && manualIn(block).map(({ action, file }) => [action, file]), [['edit', 'app/settings.py']]);
    assert.equal(block?.isShell, false);
  });
});

describe('leaving for another place', () => {
  it('stops the block, and keeps the rest for there', () => {
    const block = blockOf('# Get in\nssh production-server\n\ncd /srv/app\ngit pull');
    assert.deepEqual(commandsIn(block), []);
    assert.equal(block.handOver?.command, 'ssh production-server');
    assert.equal(block.handOver?.rest, 'cd /srv/app\ngit pull');
    assert.match(block.handOver?.to ?? '', /production-server/);
  });

  it('happens with su, a shell in a container, and programs that wait for commands', () => {
    for (const code of [
      'sudo su - app',
      'sudo -i',
      'docker exec -it c bash',
      'kubectl exec -it p -- sh',
      'python manage.py shell',
      'psql -h db -U me',
      'redis-cli -h h',
    ]) {
      const block = blockOf(`ls\n${code}\nwhoami`);
      assert.equal(block.handOver?.command, code);
      assert.equal(commandsIn(block).length, 1, code);
    }
    for (const code of [
      'ssh host uptime',
      'sudo systemctl restart a',
      'docker exec c ls',
      'psql -c "SELECT 1"',
      'redis-cli ping',
    ]) {
      assert.equal(blockOf(code).handOver, undefined, code);
    }
  });
});

describe('alternatives', () => {
  const choicesOf = (markdown: string) =>
    meaningOf(markdown).choices.map(({ options }) => options.map(({ label, commented }) => commented?.code ?? label));
  const inBlock = (code: string) => choicesOf(`\`\`\`bash\n${code}\n\`\`\`\n`);

  it('are labelled paragraphs with the blocks below them', () => {
    const markdown =
      '## Deploy\n\n**Method A: Compose** (small)\n\n```bash\ndocker-compose up -d\n```\n\n**Method B: Kubernetes**\n\n```bash\nkubectl apply -f x\n```\n\n## Then\n\n```bash\nls\n```\n';
    assert.deepEqual(choicesOf(markdown), [['Compose (small)', 'Kubernetes']]);
    const [a, b, then] = blocksOf(markdown);
    assert.equal(a?.choice?.choice, b?.choice?.choice);
    assert.notEqual(a?.choice?.option, b?.choice?.option);
    assert.equal(then?.choice, undefined);
  });

  it('are labelled headings', () => {
    const markdown =
      '## Deploy\n\n### Option 1: Compose\n\n```bash\nls a\n```\n\n### Option 2: Kubernetes\n\n```bash\nls b\n```\n\n### Afterwards\n\n```bash\nls c\n```\n';
    assert.deepEqual(choicesOf(markdown), [['Compose', 'Kubernetes']]);
    assert.deepEqual(
      blocksOf(markdown).map(({ choice }) => choice !== undefined),
      [true, true, false],
    );
  });

  it('are separated by "or" inside a block', () => {
    assert.deepEqual(inBlock('sudo systemctl restart a\n# OR\npm2 restart a\n# OR\nsupervisorctl restart a\n\nls'), [
      ['sudo systemctl restart a', 'pm2 restart a', 'supervisorctl restart a'],
    ]);
    assert.deepEqual(
      inBlock('# Restart\nuvicorn app:app\n\n# Or with production settings:\nuvicorn app:app \\\n  --workers 4'),
      [['Restart', 'production settings']],
    );
    assert.deepEqual(inBlock('# Undo\ngit revert a\n# Or: git reset --hard v1'), [['Undo', 'git reset --hard v1']]);
    assert.deepEqual(
      inBlock('python warm.py\n\n# Or use a simulator (if there is one)\n# python scripts/simulate.py --rate 10'),
      [['python warm.py', 'python scripts/simulate.py --rate 10']],
    );
  });

  it('are numbered in comments', () => {
    const code =
      '# Option 1: Reset\ngit reset --hard v1\nls\n\n# Option 2: By hand\n# Comment out the call\n\n# Option 3: Clear\ncurl -X POST http://x/clear';
    assert.deepEqual(inBlock(code), [['Reset', 'By hand', 'Clear']]);
    const block = blockOf(code);
    assert.deepEqual(
      block.parts.map(({ kind, choice }) => [kind, choice?.option.at(-1)]),
      [
        ['command', '1'],
        ['command', '1'],
        ['manual', '2'],
        ['command', '3'],
      ],
    );
  });

  it('are not offered where there is but one', () => {
    assert.deepEqual(choicesOf('**Option 1:** only\n\n```bash\nls\n```\n'), []);
    assert.deepEqual(inBlock('# Or so\nls'), []);
  });
});
