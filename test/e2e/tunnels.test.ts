import assert from 'node:assert/strict';
import { chmod, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { eventually } from '../eventually.ts';
import { writeKubectlStandIn } from '../live/support/kubectlStandIn.ts';
import { startSshServer } from '../sandbox/redisSsh.ts';
import type { SshServer } from '../sandbox/redisSsh.ts';
import { session } from './shared.ts';

describe('A tunnel that needs a person', function () {
  let bastion: SshServer;
  let settingsFile: string;
  let written: string;
  let knownHosts: string;

  before(async function () {
    this.timeout(120_000);
    const { window, workspace, folder, programs, redis } = session();
    bastion = await startSshServer(path.join(folder, 'tunnel-bastion'));
    await writeKubectlStandIn(programs);
    // The user's ssh with a configuration of its own; nothing of this machine's user is read or written.
    knownHosts = path.join(folder, 'tunnel-known-hosts');
    const [config, key] = [path.join(folder, 'tunnel-config'), path.join(folder, 'tunnel-key')];
    await writeFile(key, bastion.privateKey, { mode: 0o600 });
    const lines = [`UserKnownHostsFile ${knownHosts}`, 'GlobalKnownHostsFile none', 'HashKnownHosts no'];
    await writeFile(
      config,
      `${lines.join('\n')}\nHost door\n HostName 127.0.0.1\n Port ${bastion.port}\n IdentityFile ${key}\n`,
    );
    const ssh = path.join(programs, 'ssh');
    await writeFile(ssh, `#!/bin/sh\nexec /usr/bin/ssh -F "${config}" "$@"\n`);
    await chmod(ssh, 0o755);
    settingsFile = path.join(workspace.folder, '.vscode', 'settings.json');
    written = await readFile(settingsFile, 'utf8');
    const settings: Record<string, object> = JSON.parse(written);
    const redisOf = (host: string) => ({ tier: 'development', redis: { url: `redis://${host}:${redis.port}` } });
    const command = ['kubectl', '--context=shop', 'port-forward', 'svc/redis', `:${redis.port}`];
    settings['cacheOps.environments'] = {
      ...settings['cacheOps.environments'],
      bastion: { ...redisOf('127.0.0.1'), tunnel: { kind: 'ssh', host: 'door' } },
      forwarded: { ...redisOf('redis'), tunnel: { kind: 'command', commands: { redis: command } } },
    };
    await writeFile(settingsFile, JSON.stringify(settings));
    await window.openCacheOps();
  });

  after(async () => {
    if (written) await writeFile(settingsFile, written);
    for (const name of ['bastion', 'forwarded']) await session().window.health.row(name).waitFor('detached');
    await bastion?.stop();
  });

  const row = (label: string): Promise<string> => session().window.health.row(label).description();

  it('is a reading that says why, and no dialog', async () => {
    const { window } = session();
    await eventually(async () => {
      assert.equal(await row('bastion'), 'development · Redis SSH host key not known');
      assert.equal(await row('forwarded'), 'development · Redis tunnel not allowed yet');
    }, 20_000);
    assert.equal(await window.modal().locator.count(), 0);
    await window.screenshot('tunnel-not-allowed');
  });

  it('shows the fingerprint of an unknown host; the button in focus trusts nobody', async () => {
    const { window } = session();
    await window.health.row('bastion').contextMenu('Connect Tunnel…');
    const { message, detail, buttons } = await window.modal().text();
    assert.equal(message, `The SSH host 127.0.0.1:${bastion.port} is not known. Trust it?`);
    assert.match(detail, /^bastion \(development\) is reached through it\. .* ssh-ed25519 key:\s+SHA256:[\w+/]{43}\s/);
    assert.deepEqual(buttons.toSorted(), ['Cancel', 'Copy Fingerprint', 'Trust and Connect']);
    await window.screenshot('tunnel-host-key');
    await window.page.keyboard.press('Enter');
    await eventually(async () => assert.equal((await window.modal().text()).message, message));
    assert.equal(await readFile(knownHosts, 'utf8').catch(() => ''), '');
    await window.modal().press('Trust and Connect');
    await eventually(async () => assert.equal(await row('bastion'), 'development · Redis healthy'), 20_000);
    assert.equal(await readFile(knownHosts, 'utf8'), bastion.knownHosts);
    assert.ok(
      (await window.notifications()).includes('Redis of bastion (development) can be read through the tunnel.'),
    );
  });

  it('shows a command as it would be started, and starts it once it is allowed', async () => {
    const { window } = session();
    await window.health.row('forwarded').contextMenu('Connect Tunnel…');
    const { message, detail } = await window.modal().text();
    assert.equal(message, 'Start these commands to reach forwarded (development)?');
    assert.match(detail, /^redis: kubectl --context=shop port-forward svc\/redis :\d+\s/);
    await window.screenshot('tunnel-command');
    await window.modal().press('Allow and Connect');
    await eventually(async () => assert.equal(await row('forwarded'), 'development · Redis healthy'), 20_000);
  });

  it('ends what it started with its environment', async () => {
    const { window, programs } = session();
    const [call = ''] = (await readFile(path.join(programs, 'calls'), 'utf8')).trim().split('\n').slice(-1);
    const { pid }: { pid: number } = JSON.parse(call);
    process.kill(pid, 0);
    await writeFile(settingsFile, written);
    await window.health.row('forwarded').waitFor('detached');
    await eventually(() => assert.throws(() => process.kill(pid, 0), 'it has ended'));
  });
});
