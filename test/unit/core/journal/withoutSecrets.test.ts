import assert from 'node:assert/strict';
import { withoutSecrets } from '../../../../src/core/journal/withoutSecrets.ts';

describe('withoutSecrets', () => {
  it('replaces known secrets anywhere, and leaves what is none', () => {
    const entry = {
      why: 'AUTH hunter22 failed',
      steps: [{ commands: ['redis-cli -u redis://h/0'], done: 3 }],
      none: null,
    };
    assert.deepEqual(withoutSecrets(entry, ['hunter22']), { ...entry, why: 'AUTH ••• failed' });
  });

  for (const [text, expected] of [
    ['redis://ops:s3cr3t@redis:6379/0', 'redis://ops:•••@redis:6379/0'],
    ['redis://ops@redis:6379/0', 'redis://ops@redis:6379/0'],
    ['Authorization: Bearer eyJhbGciOi.J9', 'Authorization: Bearer •••'],
    ['curl -H "Authorization: Bearer $TOKEN"', 'curl -H "Authorization: Bearer $TOKEN"'],
    ['REDIS_PASSWORD=hunter2 docker compose up', 'REDIS_PASSWORD=••• docker compose up'],
    ['{"apiKey": "abc123", "n": 1}', '{"apiKey": "•••", "n": 1}'],
    ['redis-cli -a hunter2 FLUSHDB', 'redis-cli -a ••• FLUSHDB'],
    ['PASSWORD=$REDIS_PASSWORD', 'PASSWORD=$REDIS_PASSWORD'],
    ['12 keys match cache:token:*', '12 keys match cache:token:*'],
  ] as const)
    it(`${text} → ${expected}`, () => assert.equal(withoutSecrets(text, []), expected));
});
