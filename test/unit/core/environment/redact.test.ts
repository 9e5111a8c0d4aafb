import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { redact } from '../../../../src/core/environment/references.ts';

describe('Redacting secrets', () => {
  it('replaces every occurrence', () => {
    assert.equal(redact('AUTH hunter2 failed for hunter2.', ['hunter2']), 'AUTH ••• failed for •••.');
  });

  it('finds the secret URL-encoded, in a form and in JSON', () => {
    const secret = 'a/b c"d@é';
    const forms = [
      encodeURIComponent(secret),
      encodeURIComponent(secret).toLowerCase(),
      new URLSearchParams({ s: secret }).toString().slice(2),
      JSON.stringify(secret).slice(1, -1),
    ];
    const address = new URL('redis://localhost');
    address.password = secret;
    for (const form of [...forms, address.password]) assert.equal(redact(`<${form}>`, [secret]), '<•••>', form);
  });

  it('leaves no tail of the longer of two secrets', () => {
    assert.equal(redact('hunter22', ['hunter', 'hunter22']), '•••');
  });

  it('takes a secret as text, not as a pattern', () => {
    assert.equal(redact('a.c$& abc', ['a.c$&']), '••• abc');
  });

  it('replaces a short secret only where it stands alone', () => {
    assert.equal(redact('a redis at "a", pw=a', ['a']), '••• redis at "•••", pw=•••');
    assert.equal(redact('cat 123 1234', ['123']), 'cat ••• 1234');
  });

  it('leaves the text as it is without secrets', () => {
    assert.equal(redact('all of it', []), 'all of it');
    assert.equal(redact('all of it', ['']), 'all of it');
  });

  it('leaves no secret of four characters or more in any text', function () {
    this.timeout(20_000);
    const secret = fc.string({ minLength: 4, unit: 'binary' }).filter((value) => !'•••'.includes(value));
    fc.assert(
      fc.property(fc.array(secret, { minLength: 1, maxLength: 4 }), fc.array(fc.string()), (secrets, between) => {
        const text = between.map((part, index) => `${part}|${secrets[index % secrets.length]}|`).join('');
        const redacted = redact(text, secrets);
        assert.ok(secrets.every((one) => !redacted.includes(one) || one.includes('•')));
      }),
    );
  });
});
