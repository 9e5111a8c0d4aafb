import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { ensureProgram } from '../sandbox/install.ts';
import { explain } from '../../src/core/errors.ts';
import { startQdrant } from '../sandbox/qdrant.ts';
import type { QdrantServer } from '../sandbox/qdrant.ts';
import { startRedis } from '../sandbox/redis.ts';
import type { RedisServer } from '../sandbox/redis.ts';
import { fixed, withCommands } from '../unit/core/checklist/lint/lint.ts';

const runFile = promisify(execFile);

/** What a piece of shell code prints, with these variables. */
async function output(code: string, variables: Readonly<Record<string, string>>): Promise<string> {
  const { stdout } = await runFile('sh', ['-c', code], { env: { ...process.env, ...variables }, timeout: 15_000 });
  return stdout;
}

/** The code after the first fix of a rule. */
function fixedCode(rule: string, code: string): string {
  return /```bash\n([^]*)```/.exec(fixed(rule, withCommands(code)))?.[1] ?? '';
}

describe('Quick fixes of checklists, on real servers', function () {
  this.timeout(60_000);
  let folder = '';
  let redis: RedisServer;
  let variables: Record<string, string> = {};

  before(async () => {
    await ensureProgram('redis-cli');
    folder = await mkdtemp(path.join(tmpdir(), 'cache-ops-fixes-'));
    redis = await startRedis({ folder: path.join(folder, 'redis'), requirePass: 'swordfish' });
    variables = { PORT: String(redis.port), WORD: 'swordfish' };
    const authenticated = { ...variables, REDISCLI_AUTH: 'swordfish' };
    await output(
      'for n in 1 2 3; do redis-cli -p $PORT SET page:$n x; redis-cli -p $PORT SET user:$n x; done',
      authenticated,
    );
  });
  after(async () => {
    await redis?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('find the same keys with --scan as with KEYS', async () => {
    const code = "redis-cli -p $PORT KEYS 'page:*' | sort";
    const authenticated = { ...variables, REDISCLI_AUTH: 'swordfish' };
    const after = fixedCode('redis-keys', code);
    assert.notEqual(after.trim(), code);
    assert.equal(await output(after, authenticated), 'page:1\npage:2\npage:3\n');
    assert.equal(await output(code, authenticated), await output(after, authenticated));
  });

  it('log in through the environment as with the option', async () => {
    for (const code of [
      'redis-cli -p $PORT -a $WORD PING',
      'redis-cli -a "$WORD" -p $PORT \\\n  --raw \\\n  PING',
      'answer=$(redis-cli -p $PORT --pass $WORD PING); echo $answer',
    ]) {
      const after = fixedCode('password-on-command-line', code);
      assert.match(after, /REDISCLI_AUTH=/);
      assert.equal(await output(after, variables), 'PONG\n', after);
    }
  });

  describe('of Qdrant', () => {
    let qdrant: QdrantServer | undefined;

    before(async function () {
      qdrant = await startQdrant({ folder: path.join(folder, 'qdrant') }).catch((error: unknown) => {
        console.log(`      skipped: ${explain(error)}`);
        this.skip();
      });
      variables = { ...variables, QDRANT_URL: qdrant?.url ?? '' };
      await output(
        `curl -sf -X PUT $QDRANT_URL/collections/pages -H 'Content-Type: application/json' -d '{}'`,
        variables,
      );
    });
    after(() => qdrant?.stop());

    it('ask for what exists', async () => {
      const code = 'curl -s -w "%{http_code}" $QDRANT_URL/health';
      assert.equal(await output(code, variables), '404');
      assert.equal(await output(fixedCode('qdrant-endpoint-missing', code), variables), 'all shards are ready200');
    });

    it('take the snapshot that was meant', async () => {
      const code = `curl -s -w "%{http_code}" -X POST "$QDRANT_URL/collections/snapshot" -H "Content-Type: application/json" -d '{"collection_name": "pages"}'`;
      assert.equal(await output(code, variables), '404');
      assert.match(
        await output(fixedCode('qdrant-endpoint-missing', code), variables),
        /"name":"pages-.*"status":"ok".*200$/,
      );
      assert.match(await output('curl -s $QDRANT_URL/collections/pages/snapshots', variables), /"name":"pages-/);
    });
  });
});
