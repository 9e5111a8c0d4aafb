import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { readEnvironments } from '../../../../src/core/environment/read.ts';
import { secretReferences } from '../../../../src/core/environment/references.ts';
import { shop } from './example.ts';

// Recognisable, and in no message by chance.
const secret = fc
  .string({
    minLength: 1,
    maxLength: 12,
    unit: fc.constantFrom(...Array.from('abz09!"\'$%&/()=?{}[]\\#+*~-_.:,;<> é@\n')),
  })
  .map((inside) => `Zq7${inside}Xk9`);

const inUrl = secret.map(encodeURIComponent);

/** A secret wherever one can stand, well-formed or not. */
const withSecrets = fc
  .record({ whole: secret, encoded: inUrl, raw: secret, junk: fc.anything() })
  .map(({ whole, encoded, raw, junk }) => ({
    secrets: [whole, encoded, raw],
    settings: {
      tier: junk,
      redis: {
        url: `redis://ops:${encoded}@cache-1:6379`,
        password: whole,
        sentinelPassword: { value: whole },
        tls: { passphrase: [whole] },
      },
      qdrant: { url: `https://:${raw}@vectors`, apiKey: [whole], [whole]: junk },
      prometheus: {
        url: `redis:/${raw}@x`,
        token: { token: whole },
        headers: { authorization: `Bearer ${whole}`, cookie: [whole] },
      },
      grafana: { url: `https//u:${raw}@boards`, token: whole, tokn: whole },
      application: { health: `https://shop?token=${raw}`, token: whole },
      variables: { REDIS_PASSWORD: whole, A: `redis://:${encoded}@h`, 'NO NAME': whole },
      webhook: { url: whole, token: whole },
      link: junk,
      limits: junk,
    },
  }));

describe('Hostile settings', () => {
  it('never make reading throw', function () {
    this.timeout(20_000);
    fc.assert(
      fc.property(fc.anything({ withBigInt: true, withDate: true, withMap: true, withNullPrototype: true }), (raw) => {
        for (const value of [
          raw,
          { staging: raw },
          { staging: { ...shop, redis: raw } },
          { staging: { ...shop, target: raw } },
        ]) {
          const { environments, invalid, problems } = readEnvironments(value, undefined);
          const names =
            typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.keys(value).length : 0;
          assert.equal(environments.length + invalid.length, names);
          assert.ok(problems.every(({ message }) => message.startsWith('cacheOps.environments')));
          environments.map(secretReferences);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('never make a message show a secret', function () {
    this.timeout(20_000);
    fc.assert(
      fc.property(withSecrets, ({ secrets, settings }) => {
        const { [secrets[0] ?? '']: _, ...qdrant } = settings.qdrant;
        const { problems } = readEnvironments({ staging: { ...settings, qdrant } }, undefined);
        assert.ok(problems.length > 0);
        const said = problems.map(({ message }) => message).join('\n');
        // Parts count too: what is between the marks is as secret as the whole.
        assert.ok(!/Zq7|Xk9/.test(said), said);
      }),
      { numRuns: 300 },
    );
  });

  it('without an object’s own prototype are read like any other', () => {
    const raw = JSON.parse(
      '{"__proto__": {"redis": {"url": "redis://localhost"}}, "constructor": {"tier": "x"}}',
    ) as unknown;
    const { environments, invalid } = readEnvironments(raw, undefined);
    assert.deepEqual(
      [environments.map(({ name }) => name), invalid.map(({ name }) => name)],
      [['__proto__'], ['constructor']],
    );
  });
});
