import assert from 'node:assert/strict';
import { namedOperations } from '../../../../src/core/checklist/namedOperations.ts';
import { openDocument } from '../../../../src/core/checklist/parse.ts';
import { environmentOf } from '../operations/ports.ts';

const { settings } = environmentOf({
  redis: { url: 'redis://127.0.0.1' },
  application: { clear: 'http://127.0.0.1:8000/api/cache/clear', clearMethod: 'POST' },
  target: { kind: 'envFile', file: '.env', restart: './restart.sh' },
  flags: {
    CACHE_ENABLED: { on: 'true', off: 'false', restart: true },
    ENABLE_SEMANTIC_CACHE_V2: { on: '1', off: '0', restart: true },
    monitoring: { on: 'on', off: 'off', restart: true, in: { file: 'app/settings.py', line: "'cache.Monitoring'," } },
  },
});

/** `1: setFlag CACHE_ENABLED false`: the line, and what it offers. */
function offered(markdown: string, own = settings): readonly string[] {
  return namedOperations(openDocument(markdown).checklist, markdown, own).flatMap(({ node, operations }) =>
    operations.map((one) =>
      [`${node.range.line + 1}: ${one.kind}`, ...(one.kind === 'setFlag' ? [one.flag, one.value ?? '?'] : [])].join(
        ' ',
      ),
    ),
  );
}

const inBlock = (code: string, language = 'bash'): readonly string[] =>
  offered(`\`\`\`${language}\n${code}\n\`\`\`\n`).map((one) => one.replace(/^1: /, ''));
const inItem = (text: string): readonly string[] => offered(`- [ ] ${text}\n`).map((one) => one.replace(/^1: /, ''));

describe('operations that a checklist names', () => {
  it('are flags with the value that a command gives them', () => {
    const off = ['setFlag ENABLE_SEMANTIC_CACHE_V2 0'];
    assert.deepEqual(inBlock('kubectl set env deployment/app ENABLE_SEMANTIC_CACHE_V2=0'), off);
    assert.deepEqual(inBlock('sh scripts/set-flag.sh .env ENABLE_SEMANTIC_CACHE_V2 0\nsh restart.sh'), off);
    assert.deepEqual(inBlock("sed -i 's/ENABLE_SEMANTIC_CACHE_V2=1/ENABLE_SEMANTIC_CACHE_V2=0/' .env"), off);
    assert.deepEqual(inBlock('# Edit .env\nCACHE_ENABLED=false\n\ndocker-compose restart backend'), [
      'setFlag CACHE_ENABLED false',
    ]);
    assert.deepEqual(inBlock('# Set CACHE_ENABLED=false in .env'), ['setFlag CACHE_ENABLED false']);
    assert.deepEqual(inBlock('helm upgrade app --set CACHE_ENABLED=maybe'), ['setFlag CACHE_ENABLED ?']);
  });

  it('are not what only looks at a flag, or sets it for the shell', () => {
    for (const code of [
      'export CACHE_ENABLED=true # the new cache',
      "grep -E '^CACHE_ENABLED=true' .env",
      'cat .env | grep CACHE_ENABLED=true',
      'echo CACHE_ENABLED=true',
      'curl http://x/health # CACHE_ENABLED=true',
      '# Should say CACHE_ENABLED=true',
      'deploy --set MY_CACHE_ENABLED=true',
      'deploy --set CACHE_ENABLED_V2=true',
    ])
      assert.deepEqual(inBlock(code), [], code);
  });

  it('are flags that an item names with a value or a verb', () => {
    assert.deepEqual(inItem('`CACHE_ENABLED=true`'), ['setFlag CACHE_ENABLED true']);
    assert.deepEqual(inItem('Set `ENABLE_SEMANTIC_CACHE_V2` to 0'), ['setFlag ENABLE_SEMANTIC_CACHE_V2 0']);
    assert.deepEqual(inItem('CACHE_ENABLED is off.'), ['setFlag CACHE_ENABLED false']);
    assert.deepEqual(inItem('Turn on CACHE_ENABLED'), ['setFlag CACHE_ENABLED true']);
    assert.deepEqual(inItem('`CACHE_ENABLED` is in the environment file'), []);
    assert.deepEqual(inItem('Everyone knows CACHE_ENABLED'), []);
  });

  it('are lines commented out or in', () => {
    assert.deepEqual(inItem('Comment out the middleware in settings.py'), ['setFlag monitoring off']);
    assert.deepEqual(inItem('Uncomment the middleware'), ['setFlag monitoring on']);
    const block = "MIDDLEWARE = [\n    # 'cache.Monitoring',  # DISABLED\n]";
    assert.deepEqual(inBlock(block, 'python'), ['setFlag monitoring off']);
    assert.deepEqual(inBlock(block.replace('# ', ''), 'python'), ['setFlag monitoring on']);
  });

  it('are flushes and backups', () => {
    assert.deepEqual(inBlock('redis-cli FLUSHDB  # Clears all cached data'), ['flush']);
    assert.deepEqual(inBlock("redis-cli --scan --pattern 'cache:*' | xargs redis-cli DEL"), ['flush']);
    assert.deepEqual(inBlock('curl -X POST http://localhost:8000/api/cache/clear'), ['flush']);
    assert.deepEqual(inBlock('curl http://localhost:8000/api/cache/clear'), []);
    assert.deepEqual(inBlock('redis-cli -h $REDIS_HOST BGSAVE'), ['backUp']);
    assert.deepEqual(inBlock('curl -X POST $QDRANT_URL/collections/cache_similarity/snapshots'), ['backUp']);
    assert.deepEqual(inBlock('redis-cli LASTSAVE'), []);
    assert.deepEqual(inItem('Flush Redis cache'), ['flush']);
    assert.deepEqual(inItem('The cache is empty'), []);
    assert.deepEqual(inItem('Back up Redis and Qdrant'), ['backUp']);
    assert.deepEqual(inItem('Backup of the database is made'), []);
  });

  it('are said once, and a rollback at its heading', () => {
    const markdown = `# Release

## Rollback

### Now

- [ ] Flush the cache

  \`\`\`bash
  redis-cli FLUSHDB
  \`\`\`
`;
    assert.deepEqual(offered(markdown), ['3: rollBack', '9: flush']);
  });

  it('are only those the environment has', () => {
    const bare = environmentOf({ application: { health: 'http://127.0.0.1/health' }, redis: undefined }).settings;
    assert.deepEqual(offered('- [ ] Flush Redis cache\n- [ ] `CACHE_ENABLED=true`\n', bare), []);
  });
});
