import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { openApplicationProbe } from '../../src/clients/applicationProbe.ts';
import { openGrafanaProbe } from '../../src/clients/grafanaProbe.ts';
import { openPrometheusProbe } from '../../src/clients/prometheusProbe.ts';
import { openQdrantProbe } from '../../src/clients/qdrantProbe.ts';
import { openRedisProbe } from '../../src/clients/redisProbe.ts';
import { Tunnels } from '../../src/clients/tunnels.ts';
import { systemClock } from '../../src/core/clock.ts';
import type { Environment } from '../../src/core/environment/environment.ts';
import { secretReferences } from '../../src/core/environment/references.ts';
import type { TunnelledService } from '../../src/core/environment/tunnelled.ts';
import type { ServiceProbe } from '../../src/core/health/monitor.ts';
import { eventually } from '../eventually.ts';
import { makeCertificates } from '../sandbox/certificates.ts';
import type { Certificates } from '../sandbox/certificates.ts';
import { startPrometheus } from '../sandbox/prometheus.ts';
import type { PrometheusServer } from '../sandbox/prometheus.ts';
import { startQdrant } from '../sandbox/qdrant.ts';
import type { QdrantServer } from '../sandbox/qdrant.ts';
import { startRedis } from '../sandbox/redis.ts';
import type { RedisServer } from '../sandbox/redis.ts';
import { startSshServer } from '../sandbox/redisSsh.ts';
import type { SshServer } from '../sandbox/redisSsh.ts';
import { findFreePort } from '../sandbox/serverProcess.ts';
import { startHttpStandIn } from './support/httpStandIn.ts';
import type { HttpStandIn } from './support/httpStandIn.ts';
import { startSshPasswordStandIn } from './support/sshPasswordStandIn.ts';
import { writeKubectlStandIn } from './support/kubectlStandIn.ts';
import type { KubectlStandIn } from './support/kubectlStandIn.ts';
import { environmentWith, failureOf, never, readAll, secretsOf } from './support/serviceReadings.ts';

const openers = {
  redis: openRedisProbe,
  qdrant: openQdrantProbe,
  prometheus: openPrometheusProbe,
  application: openApplicationProbe,
  grafana: openGrafanaProbe,
};

describe('the services of an environment behind a tunnel', function () {
  this.timeout(60_000);
  let folder: string;
  let certificates: Certificates;
  let bastion: SshServer;
  let redis: RedisServer;
  let qdrant: QdrantServer;
  let prometheus: PrometheusServer;
  let application: HttpStandIn;
  let grafana: HttpStandIn;
  let kubectl: KubectlStandIn;
  let tunnels: Tunnels;
  let sshSecrets: Record<string, string>;
  let allowed: (command: readonly string[]) => boolean;
  const pathBefore = process.env['PATH'];

  const http = (environment: Environment, service: Exclude<TunnelledService, 'redis'>): ServiceProbe =>
    openers[service](environment, secretsOf(), systemClock, tunnels.of(environment, service));
  /** All five, at these hosts. */
  const servicesAt = (host: (name: string) => string) => ({
    redis: { url: `redis://${host('redis')}:${redis.port}` },
    qdrant: { url: `http://${host('qdrant')}:${qdrant.port}` },
    prometheus: { url: `http://${host('prometheus')}:${prometheus.port}` },
    application: {
      health: `https://${host('app')}:${application.port}/health`,
      tls: { ca: certificates.ca, serverName: 'localhost' },
    },
    grafana: { url: `http://${host('grafana')}:${grafana.port}` },
  });
  const readEach = async (environment: Environment): Promise<void> => {
    const sample = await openRedisProbe(environment, secretsOf(), systemClock, tunnels.of(environment, 'redis')).read(
      never,
    );
    assert.equal(sample.info?.role, 'master');
    for (const service of ['qdrant', 'prometheus', 'application', 'grafana'] as const) {
      const report = await readAll(http(environment, service));
      assert.equal(report.failure, undefined, service);
      assert.notEqual(report.state, 'down', service);
    }
  };
  const calls = async (): Promise<readonly { pid: number; args: readonly string[] }[]> =>
    (await readFile(kubectl.log, 'utf8').catch(() => ''))
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line));

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'cache-ops-tunnels-'));
    certificates = await makeCertificates(path.join(folder, 'certificates'));
    const { cert, key } = certificates.server;
    const tls = { cert: await readFile(cert, 'utf8'), key: await readFile(key, 'utf8') };
    application = await startHttpStandIn(() => ({ body: { status: 'ok' } }), tls);
    grafana = await startHttpStandIn(({ url }) =>
      url === '/api/health' ? { body: { database: 'ok' } } : { status: 404 },
    );
    [bastion, redis, qdrant, prometheus] = await Promise.all([
      startSshServer(path.join(folder, 'bastion')),
      startRedis({ folder: path.join(folder, 'redis') }),
      startQdrant({ folder: path.join(folder, 'qdrant') }),
      startPrometheus({ folder: path.join(folder, 'prometheus'), targets: [] }),
    ]);
    kubectl = await writeKubectlStandIn(path.join(folder, 'bin'));
    // The user's ssh with a configuration of its own; nothing of this machine's user is read.
    const config = [
      `UserKnownHostsFile ${path.join(folder, 'known')}`,
      `Host door\n HostName 127.0.0.1\n Port ${bastion.port}\n IdentityFile ${path.join(folder, 'key')}`,
    ];
    await writeFile(path.join(folder, 'config'), `${config.join('\n')}\n`);
    await writeFile(path.join(folder, 'known'), bastion.knownHosts);
    await writeFile(path.join(folder, 'key'), bastion.privateKey, { mode: 0o600 });
    const ssh = path.join(kubectl.folder, 'ssh');
    await writeFile(ssh, `#!/bin/sh\nexec /usr/bin/ssh -F "${path.join(folder, 'config')}" "$@"\n`);
    await chmod(ssh, 0o755);
    process.env['PATH'] = `${kubectl.folder}:${pathBefore}`;
  });

  beforeEach(() => {
    allowed = () => true;
    sshSecrets = {};
    tunnels = new Tunnels({
      clock: systemClock,
      secretOf: () => secretsOf(sshSecrets),
      isAllowed: (_, command) => allowed(command),
      onEnded: () => undefined,
    });
  });
  afterEach(() => tunnels.dispose());

  after(async () => {
    process.env['PATH'] = pathBefore;
    for (const one of [application, grafana, bastion, redis, qdrant, prometheus]) await one?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('are all read over one SSH connection, which ends with the last of them', async () => {
    const environment = environmentWith({ ...servicesAt(() => '127.0.0.1'), tunnel: { kind: 'ssh', host: 'door' } });
    await readEach(environment);
    assert.equal(bastion.log().match(/Accepted publickey/g)?.length, 1);
    await tunnels.dispose();
    await eventually(() => assert.match(bastion.log(), /Disconnected from|Connection closed|Received disconnect/));
  });

  it('are held to their certificates as without a tunnel', async () => {
    const withTls = (tls: object) =>
      environmentWith({
        application: { health: `https://127.0.0.1:${application.port}/health`, tls },
        tunnel: { kind: 'ssh', host: 'door' },
      });
    const { ca } = certificates;
    assert.equal((await readAll(http(withTls({ ca }), 'application'))).state, 'healthy');
    const unknown = await failureOf(http(withTls({}), 'application'));
    assert.equal(unknown.code, 'tls');
    const wrong = await failureOf(http(withTls({ ca, serverName: 'shop.example.org' }), 'application'));
    assert.equal(wrong.code, 'tls');
    assert.match(wrong.message, /is for another host name/);
  });

  for (const dialogue of [false, true]) {
    it(`are reached by a password of the secret storage${dialogue ? ', asked for in a dialogue' : ''} (a stand-in)`, async () => {
      const server = await startSshPasswordStandIn('open sesame', dialogue);
      await writeFile(path.join(folder, 'known'), bastion.knownHosts + server.knownHosts);
      const ssh = { kind: 'ssh', host: '127.0.0.1', port: server.port, username: 'ops', password: '${secret}' };
      const settings = { qdrant: { url: `http://127.0.0.1:${qdrant.port}` }, tunnel: ssh };
      const environment = environmentWith(settings);
      assert.deepEqual(
        secretReferences(environment).map(({ field, label, host }) => [field, label, host]),
        [['tunnel.password', 'SSH password', `127.0.0.1:${server.port}`]],
      );
      sshSecrets = { 'tunnel.password': 'wrong' };
      const probe = http(environment, 'qdrant');
      const { code, message } = await failureOf(probe);
      assert.equal(code, 'authentication');
      assert.match(message, /does not let ops in by SSH/);
      sshSecrets = { 'tunnel.password': 'open sesame' };
      assert.equal((await readAll(probe)).failure, undefined);
      probe.close();
      await tunnels.dispose();
      await server.stop();
    });
  }

  it('say what the far end says of an address', async () => {
    const nowhere = await findFreePort();
    const settings = { qdrant: { url: `http://127.0.0.1:${nowhere}` }, tunnel: { kind: 'ssh', host: 'door' } };
    const { code, message } = await failureOf(http(environmentWith(settings), 'qdrant'));
    assert.equal(code, 'refused');
    assert.match(message, new RegExp(`127\\.0\\.0\\.1:${bastion.port} could not reach 127\\.0\\.0\\.1:${nowhere}`));
  });

  it('are never reached past their tunnel', async () => {
    const environment = environmentWith({ ...servicesAt(() => '127.0.0.1'), tunnel: { kind: 'ssh', host: 'door' } });
    const before = application.asked.length;
    for (const service of ['qdrant', 'prometheus', 'application', 'grafana'] as const) {
      const error = await failureOf(openers[service](environment, secretsOf(), systemClock));
      assert.equal(error.code, 'settings');
    }
    await assert.rejects(openRedisProbe(environment, secretsOf(), systemClock).read(never), /through a tunnel/);
    assert.equal(application.asked.length, before);
  });

  it('are reached directly where the tunnel is not meant for them', async () => {
    const tunnel = { kind: 'ssh', host: 'no-such-host.invalid', services: ['redis'] };
    const environment = environmentWith({ ...servicesAt(() => '127.0.0.1'), tunnel });
    assert.equal(tunnels.of(environment, 'qdrant'), undefined);
    assert.equal((await readAll(http(environment, 'qdrant'))).failure, undefined);
  });

  it('are each read through a kubectl port-forward (a stand-in), by the names of the cluster', async () => {
    const tunnel = { kind: 'kubernetes', context: 'shop', namespace: 'cache' };
    const environment = environmentWith({ ...servicesAt((name) => `${name}.cache.svc`), tunnel });
    await readEach(environment);
    await readEach(environment);
    const made = await calls();
    assert.equal(made.length, 5, 'one for each, kept from read to read');
    const common = ['--context=shop', '--namespace=cache', 'port-forward', '--address=127.0.0.1'];
    assert.deepEqual(made[0]?.args, [...common, 'svc/redis', `:${redis.port}`]);
    await tunnels.dispose();
    for (const { pid } of made) assert.throws(() => process.kill(pid, 0), 'it has ended');
  });

  it('follow a cluster’s addresses to the pods that have them', async () => {
    const tunnel = { kind: 'kubernetes', context: 'shop' };
    const environment = environmentWith({ qdrant: { url: `http://10.9.8.7:${qdrant.port}` }, tunnel });
    assert.equal((await readAll(http(environment, 'qdrant'))).failure, undefined);
    const [look, forward] = (await calls()).slice(-2);
    assert.ok(look?.args.includes('--field-selector=status.podIP=10.9.8.7'));
    assert.deepEqual(forward?.args.slice(-2), ['pod/redis-0', `:${qdrant.port}`]);
  });

  it('say what kubectl says when it cannot forward', async () => {
    const tunnel = { kind: 'kubernetes', context: 'elsewhere' };
    const { message } = await failureOf(
      http(environmentWith({ qdrant: { url: 'http://qdrant:6333' }, tunnel }), 'qdrant'),
    );
    assert.match(
      message,
      /ended \(exit code 1\) before it forwarded\. It said: error: context "elsewhere" does not exist/,
    );
    const dead = environmentWith({
      qdrant: { url: `http://qdrant:${await findFreePort()}` },
      tunnel: { kind: 'kubernetes', context: 'shop' },
    });
    const probe = http(dead, 'qdrant');
    assert.match(
      (await failureOf(probe)).message,
      /could not reach qdrant:\d+\. It said: .*an error occurred forwarding/,
    );
    const [last] = (await calls()).slice(-1);
    await eventually(() => assert.throws(() => process.kill(last?.pid ?? 0, 0)));
    probe.close();
  });

  it('start a command of the settings only when it was allowed', async () => {
    const command = [
      path.join(kubectl.folder, 'kubectl'),
      '--context=shop',
      'port-forward',
      'svc/any',
      `:${qdrant.port}`,
    ];
    const tunnel = { kind: 'command', commands: { qdrant: command } };
    const environment = environmentWith({ qdrant: { url: `http://qdrant:${qdrant.port}` }, tunnel });
    const before = (await calls()).length;
    allowed = () => false;
    const { code, message } = await failureOf(http(environment, 'qdrant'));
    assert.equal(code, 'notAllowed');
    assert.match(message, /did not allow yet\. Nothing was started\.$/);
    assert.equal((await calls()).length, before);
    const asked: (readonly string[])[] = [];
    allowed = (one) => asked.push(one) > 0;
    assert.equal((await readAll(http(environment, 'qdrant'))).failure, undefined);
    assert.deepEqual(asked[0], command);
    const prometheusOnly = tunnels.of(environment, 'prometheus');
    assert.equal(prometheusOnly, undefined, 'the others are reached directly');
  });

  it('end their commands when nobody reads any more, and start them again for the next', async () => {
    const tunnel = { kind: 'kubernetes', context: 'shop' };
    const environment = environmentWith({ ...servicesAt((name) => name), tunnel });
    const [first, second] = [http(environment, 'qdrant'), http(environment, 'grafana')];
    await readAll(first);
    await readAll(second);
    const made = (await calls()).slice(-2);
    first.close();
    for (const { pid } of made) process.kill(pid, 0);
    second.close();
    await eventually(() => {
      for (const { pid } of made) assert.throws(() => process.kill(pid, 0));
    });
    assert.equal((await readAll(first)).failure, undefined);
  });

  it('leave no command behind when the extension host just ends', async () => {
    const settings = {
      qdrant: { url: `http://qdrant:${qdrant.port}` },
      tunnel: { kind: 'kubernetes', context: 'shop' },
    };
    const of = (file: string): string => JSON.stringify(path.resolve(import.meta.dirname, file));
    const program = `
      const { Tunnels } = await import(${of('../../src/clients/tunnels.ts')});
      const { systemClock } = await import(${of('../../src/core/clock.ts')});
      const { environmentWith } = await import(${of('support/serviceReadings.ts')});
      const environment = environmentWith(${JSON.stringify(settings)});
      const tunnels = new Tunnels({ clock: systemClock, isAllowed: () => true, onEnded: () => undefined });
      await tunnels.of(environment, 'qdrant').dial('qdrant', ${qdrant.port});
      process.exit(0);`;
    await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program]);
    const [last] = (await calls()).slice(-1);
    assert.ok(last?.args.includes(`:${qdrant.port}`));
    await eventually(() => assert.throws(() => process.kill(last?.pid ?? 0, 0)));
  });

  it('are an error in the settings where one command would have to reach several servers', () => {
    const commands = { redis: ['kubectl', 'port-forward', 'svc/redis', ':6379'] };
    const settings = { redis: { cluster: ['a:6379'] }, tunnel: { kind: 'command', commands } };
    assert.throws(() => environmentWith(settings), /a command reaches one server/);
  });
});
