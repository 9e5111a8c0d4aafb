import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { createShellParser } from '../../../../src/clients/shellParser.ts';
import { placesReached } from '../../../../src/core/run/reach.ts';
import { parseCommand } from '../../../../src/core/shell/parseBlock.ts';

const parser = createShellParser(createRequire(import.meta.url).resolve('sh-syntax/main.wasm'));
const variables = { REDIS_HOST: 'redis.example.org', REDIS_PORT: '6380', APP_URL: 'http://app.example.org:8000' };

async function placesOf(code: string): Promise<readonly string[]> {
  const { statements } = await parseCommand(code, parser);
  assert.equal(statements.length, 1, code);
  return placesReached(statements[0]?.tree, variables);
}

describe('where a command reaches', () => {
  const cases: readonly (readonly [string, readonly string[]])[] = [
    ['redis-cli -h $REDIS_HOST -p "$REDIS_PORT" FLUSHDB', ['Redis redis.example.org:6380']],
    ['redis-cli FLUSHDB', ['Redis 127.0.0.1:6379 (no host is given)']],
    ['redis-cli -h other -n 3 DBSIZE', ['Redis other:6379 db 3']],
    ['redis-cli -u redis://user:word@cache:7000/1 ping', ['Redis cache:7000']],
    ['redis-cli -h $UNKNOWN ping', ['Redis $UNKNOWN:6379']],
    ['docker-compose exec redis redis-cli FLUSHALL', ['Redis inside the container']],
    ['curl -fsS -X POST "$APP_URL/api/cache/clear"', ['app.example.org:8000']],
    ['kubectl --context=prod delete pod cache-0', ['Kubernetes context prod']],
    ['kubectl rollout restart deployment/app', ['Kubernetes context as kubectl has it now']],
    ['rm -rf build', ['this machine']],
    ['redis-cli -h a get x | curl -d @- http://b/c', ['Redis a:6379', 'b']],
  ];
  for (const [code, places] of cases) {
    it(code, async () => assert.deepEqual(await placesOf(code), places));
  }
});
