import assert from 'node:assert/strict';
import { jumpsOf, parseSshConfig } from '../../../../src/clients/tunnel/sshSettings.ts';

describe('the user’s SSH configuration', () => {
  it('is read from what ssh says of a host, names repeated', () => {
    const config = parseSshConfig('hostname 10.0.0.1\nidentityfile ~/.ssh/a\nidentityfile ~/.ssh/b c\nnoise\n');
    assert.deepEqual(config.get('identityfile'), ['~/.ssh/a', '~/.ssh/b c']);
    assert.deepEqual(config.get('hostname'), ['10.0.0.1']);
  });

  it('gives the jump hosts in their order', () => {
    const jumps = (text: string) => jumpsOf(parseSshConfig(`proxyjump ${text}\n`));
    assert.deepEqual(jumps('none'), []);
    assert.deepEqual(jumps('ops@door:2222,[fd00::1]:22,inner'), [
      { host: 'door', username: 'ops', port: 2222 },
      { host: 'fd00::1', username: undefined, port: 22 },
      { host: 'inner', username: undefined, port: undefined },
    ]);
  });
});
