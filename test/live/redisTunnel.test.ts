import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { tryRedis } from '../../src/clients/redis.ts';
import { findUnknownHost, trustHost } from '../../src/clients/tunnel/hostKeys.ts';
import { resolveSshRoute } from '../../src/clients/tunnel/sshSettings.ts';
import { sshRoute } from '../../src/clients/tunnel/sshRoute.ts';
import { SshTunnel } from '../../src/clients/tunnel/ssh.ts';
import type { SshHop, SshTunnelOptions, UnknownHostKey } from '../../src/clients/tunnel/ssh.ts';
import { systemClock } from '../../src/core/clock.ts';
import { OpsError } from '../../src/core/errors.ts';
import { findFreePort } from '../sandbox/serverProcess.ts';
import { startRedis } from '../sandbox/redis.ts';
import type { RedisServer } from '../sandbox/redis.ts';
import { startSshServer } from '../sandbox/redisSsh.ts';
import type { SshServer } from '../sandbox/redisSsh.ts';
import { targetAt } from './support/redisTargets.ts';

const folder = path.resolve(import.meta.dirname, '../../.sandbox/live-tunnel');
const never = new AbortController().signal;

describe('a Redis behind an SSH server', () => {
  let bastion: SshServer;
  let inner: SshServer;
  let redis: RedisServer;
  const hop = ({ port, username, privateKey }: SshServer): SshHop => ({
    host: '127.0.0.1',
    port,
    username,
    privateKey,
  });
  const failure = async (options: SshTunnelOptions): Promise<OpsError> => {
    try {
      (await SshTunnel.open(options)).close();
    } catch (error) {
      assert.ok(error instanceof OpsError, String(error));
      return error;
    }
    throw new assert.AssertionError({ message: 'It connected.' });
  };

  before(async () => {
    bastion = await startSshServer(path.join(folder, 'bastion'));
    inner = await startSshServer(path.join(folder, 'inner'));
    redis = await startRedis({ folder: path.join(folder, 'redis'), requirePass: 'pw' });
  });

  after(async () => {
    const started: readonly (SshServer | RedisServer | undefined)[] = [bastion, inner, redis];
    for (const one of started) await one?.stop();
  });

  it('is read through one, without a local port', async () => {
    const tunnel = await SshTunnel.open({ hops: [hop(bastion)], knownHosts: bastion.knownHosts });
    const target = targetAt(redis.port, { password: 'pw', dial: (host, port) => tunnel.dial(host, port) });
    const sample = await tryRedis(target, systemClock, never);
    assert.equal(sample.info?.role, 'master');
    tunnel.close();
    await assert.rejects(tryRedis(target, systemClock, never), (error) => {
      assert.ok(error instanceof OpsError && error.code === 'closed', String(error));
      return true;
    });
  });

  it('is read through a jump host', async () => {
    const knownHosts = bastion.knownHosts + inner.knownHosts;
    const tunnel = await SshTunnel.open({ hops: [hop(bastion), hop(inner)], knownHosts });
    const dial = (host: string, port: number) => tunnel.dial(host, port);
    const { info } = await tryRedis(targetAt(redis.port, { password: 'pw', dial }), systemClock, never);
    assert.equal(info?.role, 'master');
    tunnel.close();
  });

  it('is not reached through a host that is not known, which is told with its key', async () => {
    const told: UnknownHostKey[] = [];
    const refused = await failure({
      hops: [hop(bastion)],
      knownHosts: '',
      onUnknownHostKey: (host) => told.push(host),
    });
    assert.equal(refused.code, 'hostKeyUnknown');
    assert.match(refused.message, /is not known \(SHA256:[\w+/]+\)\. Nothing was sent/);
    assert.equal(told[0]?.address, `127.0.0.1:${bastion.port}`);
  });

  it('is never reached through a host whose key has changed', async () => {
    const other = inner.knownHosts.replace(String(inner.port), String(bastion.port));
    const told: UnknownHostKey[] = [];
    const error = await failure({
      hops: [hop(bastion)],
      knownHosts: other,
      onUnknownHostKey: (host) => told.push(host),
    });
    assert.equal(error.code, 'hostKeyChanged');
    assert.match(error.message, /is not the one in known_hosts/);
    assert.match(error.next ?? '', /ssh-keygen -R "\[127\.0\.0\.1\]:\d+"/);
    assert.deepEqual(told, [], 'nobody is asked about it');
  });

  it('is reached once each host on the way is trusted: added to the user’s known_hosts, which ssh itself finds', async () => {
    const file = path.join(folder, 'trusted', 'known_hosts');
    await rm(path.dirname(file), { recursive: true, force: true });
    for (const [name, one] of Object.entries({ bastion, inner }))
      await writeFile(path.join(folder, `${name}.key`), one.privateKey, { mode: 0o600 });
    const lines = [
      `UserKnownHostsFile ${file}`,
      'GlobalKnownHostsFile none',
      'HashKnownHosts yes',
      `Host door\n HostName 127.0.0.1\n Port ${bastion.port}\n IdentityFile ${path.join(folder, 'bastion.key')}`,
      `Host shop\n HostName 127.0.0.1\n Port ${inner.port}\n HostKeyAlias shop-alias\n ProxyJump door`,
    ];
    const config = ['-F', path.join(folder, 'config-unknown')];
    await writeFile(path.join(folder, 'config-unknown'), `${lines.join('\n')}\n`);
    const settings = { host: 'shop', identityFile: path.join(folder, 'inner.key') };
    const trusted: string[] = [];
    for (let found = await findUnknownHost(settings, config); found; found = await findUnknownHost(settings, config)) {
      trusted.push(found.host.address);
      assert.match(found.host.fingerprint, /^SHA256:[\w+/]{43}$/);
      assert.equal(found.file, file);
      await trustHost(found);
    }
    assert.deepEqual(trusted, [`127.0.0.1:${bastion.port}`, `127.0.0.1:${inner.port}`]);
    const find = (name: string) => promisify(execFile)('ssh-keygen', ['-F', name, '-f', file]);
    assert.match((await find(`[127.0.0.1]:${bastion.port}`)).stdout, /found: line 1/);
    assert.match((await find('shop-alias')).stdout, /found: line 2/);
    assert.doesNotMatch(await readFile(file, 'utf8'), /127\.0\.0\.1|shop/, 'hashed, as the configuration wants it');
    assert.equal((await stat(file)).mode & 0o777, 0o600);
    const strict = path.join(folder, 'config-strict');
    await writeFile(strict, `UserKnownHostsFile /dev/null\nStrictHostKeyChecking yes\n${lines.slice(1).join('\n')}\n`);
    await assert.rejects(findUnknownHost(settings, ['-F', strict]), /StrictHostKeyChecking yes\. Nothing was sent/);
  });

  it('says that the login failed, and whose', async () => {
    const error = await failure({
      hops: [{ ...hop(bastion), privateKey: inner.privateKey }],
      knownHosts: bastion.knownHosts,
    });
    assert.equal(error.code, 'authentication');
    assert.match(error.message, new RegExp(`does not let ${bastion.username} in`));
  });

  it('says what could not be reached from the far end, or where no SSH server is', async () => {
    const tunnel = await SshTunnel.open({ hops: [hop(bastion)], knownHosts: bastion.knownHosts });
    const nowhere = await findFreePort();
    await assert.rejects(tunnel.dial('127.0.0.1', nowhere), (error) => {
      assert.ok(error instanceof OpsError && error.code === 'refused');
      assert.match(error.message, new RegExp(`could not reach 127\\.0\\.0\\.1:${nowhere}`));
      return true;
    });
    tunnel.close();
    const error = await failure({ hops: [{ ...hop(bastion), port: nowhere }], knownHosts: '' });
    assert.equal(error.code, 'refused');
  });

  it('takes a key with a passphrase, and says when that is wrong', async () => {
    const file = path.join(folder, 'locked.key');
    await writeFile(file, bastion.privateKey, { mode: 0o600 });
    await promisify(execFile)('ssh-keygen', ['-q', '-p', '-f', file, '-P', '', '-N', 'open sesame']);
    const config = path.join(folder, 'config-locked');
    await writeFile(path.join(folder, 'known_hosts'), bastion.knownHosts);
    await writeFile(config, `UserKnownHostsFile ${path.join(folder, 'known_hosts')}\n`);
    const settings = { host: '127.0.0.1', port: bastion.port, username: bastion.username, identityFile: file };
    const open = async (passphrase: string) =>
      failureOfRoute(await resolveSshRoute({ ...settings, passphrase }, ['-F', config]));
    assert.equal(await open('open sesame'), undefined);
    const wrong = await open('wrong');
    assert.equal(wrong?.code, 'authentication');
    assert.match(wrong?.next ?? '', /passphrase, which is missing or wrong/);
  });

  it('says that a key cannot be read', async () => {
    const broken = { ...hop(bastion), privateKey: 'no key' };
    const error = await failure({ hops: [broken], knownHosts: bastion.knownHosts });
    assert.equal(error.code, 'authentication');
    assert.match(error.message, /private key for 127\.0\.0\.1:\d+ cannot be read/);
  });

  it('is found by the user’s SSH configuration: alias, key, known hosts, jump host', async () => {
    const file = path.join(folder, 'config');
    await writeFile(path.join(folder, 'known_hosts'), bastion.knownHosts + inner.knownHosts);
    for (const [name, one] of Object.entries({ bastion, inner })) {
      await writeFile(path.join(folder, `${name}.key`), one.privateKey, { mode: 0o600 });
    }
    const lines = [
      `UserKnownHostsFile ${path.join(folder, 'known_hosts')}`,
      `Host door\n HostName 127.0.0.1\n Port ${bastion.port}\n IdentityFile ${path.join(folder, 'bastion.key')}`,
      `Host shop\n HostName 127.0.0.1\n Port ${inner.port}\n ProxyJump door`,
    ];
    await writeFile(file, lines.join('\n') + '\n');
    const settings = { host: 'shop', identityFile: path.join(folder, 'inner.key') };
    const route = sshRoute(() => Promise.resolve(settings), ['-F', file]);
    const target = targetAt(redis.port, { password: 'pw', dial: (host, port) => route.dial('redis', host, port) });
    assert.equal((await tryRedis(target, systemClock, never)).info?.role, 'master');
    await route.close();
    assert.ok((await tryRedis(target, systemClock, never)).info, 'it is opened again');
    await route.close();
  });

  it('is cut off when the tunnel is closed', async () => {
    const tunnel = await SshTunnel.open({ hops: [hop(bastion)], knownHosts: bastion.knownHosts });
    const stream = await tunnel.dial('127.0.0.1', redis.port);
    const closed = new Promise((resolve) => stream.once('close', resolve));
    stream.resume();
    tunnel.close();
    await closed;
    assert.equal(tunnel.isOpen, false);
  });
});

/** Undefined: it opens. */
async function failureOfRoute(route: SshTunnelOptions): Promise<OpsError | undefined> {
  try {
    (await SshTunnel.open(route)).close();
    return undefined;
  } catch (error) {
    assert.ok(error instanceof OpsError, String(error));
    return error;
  }
}
