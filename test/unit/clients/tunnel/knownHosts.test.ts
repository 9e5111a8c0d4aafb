import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { judgeHostKey, knownHostsLine, knownKeyTypes } from '../../../../src/clients/tunnel/knownHosts.ts';

function keyOf(type: string, content: string): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(type.length);
  return Buffer.concat([length, Buffer.from(type), Buffer.from(content)]);
}

const key = keyOf('ssh-ed25519', 'one');
const other = keyOf('ssh-ed25519', 'two');
const base64 = key.toString('base64');

describe('known_hosts', () => {
  it('knows a host by name, port, pattern and among others', () => {
    const line = (hosts: string): string => `# comment\n${hosts} ssh-ed25519 ${base64} somebody\n`;
    assert.equal(judgeHostKey(line('bastion'), 'Bastion', 22, key), 'known');
    assert.equal(judgeHostKey(line('bastion'), 'bastion', 2222, key), 'unknown');
    assert.equal(judgeHostKey(line('[bastion]:2222'), 'bastion', 2222, key), 'known');
    assert.equal(judgeHostKey(line('a,10.0.0.1,*.example.org'), 'b.example.org', 22, key), 'known');
    assert.equal(judgeHostKey(line('*.example.org,!b.example.org'), 'b.example.org', 22, key), 'unknown');
    assert.equal(judgeHostKey(line('b.example.org'), 'bxexample.org', 22, key), 'unknown', 'a dot is a dot');
  });

  it('knows a host whose name is hashed', () => {
    const salt = Buffer.from('0123456789abcdefghij');
    const hash = createHmac('sha1', salt).update('[bastion]:2222').digest('base64');
    const text = `|1|${salt.toString('base64')}|${hash} ssh-ed25519 ${base64}\n`;
    assert.equal(judgeHostKey(text, 'bastion', 2222, key), 'known');
    assert.equal(judgeHostKey(text, 'bastion', 22, key), 'unknown');
  });

  it('hashes the name of a host that is accepted, where that is wanted', () => {
    const text = knownHostsLine('bastion', 2222, key, true);
    assert.doesNotMatch(text, /bastion/);
    assert.equal(judgeHostKey(text, 'bastion', 2222, key), 'known');
    assert.notEqual(text, knownHostsLine('bastion', 2222, key, true), 'with a salt of its own');
  });

  it('tells a changed key from one of a type never seen', () => {
    const text = knownHostsLine('bastion', 22, key);
    assert.equal(judgeHostKey(text, 'bastion', 22, other), 'changed');
    assert.equal(judgeHostKey(text, 'bastion', 22, keyOf('ssh-rsa', 'x')), 'unknown');
    assert.deepEqual(knownKeyTypes(`${text}bastion ssh-rsa AAAA\n`, 'bastion', 22), [
      'ssh-ed25519',
      'rsa-sha2-512',
      'rsa-sha2-256',
    ]);
  });

  it('takes a revoked key for revoked, whatever else is written', () => {
    const text = `bastion ssh-ed25519 ${base64}\n@revoked * ssh-ed25519 ${base64}\n`;
    assert.equal(judgeHostKey(text, 'bastion', 22, key), 'revoked');
  });

  it('takes a certificate authority for nobody’s key', () => {
    assert.equal(judgeHostKey(`@cert-authority * ssh-ed25519 ${base64}\n`, 'bastion', 22, key), 'unknown');
  });
});
