import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { tryRedis } from '../../src/clients/redis.ts';
import { PortForward } from '../../src/clients/tunnel/forward.ts';
import type { ForwardOptions } from '../../src/clients/tunnel/forward.ts';
import { systemClock } from '../../src/core/clock.ts';
import { OpsError } from '../../src/core/errors.ts';
import { eventually } from '../eventually.ts';
import { startRedis } from '../sandbox/redis.ts';
import type { RedisServer } from '../sandbox/redis.ts';
import { startSshServer } from '../sandbox/redisSsh.ts';
import { findFreePort } from '../sandbox/serverProcess.ts';
import { startBadServer } from './support/badServers.ts';
import { targetAt } from './support/redisTargets.ts';

const never = new AbortController().signal;

/** A small forwarder, for what a real one does not do on demand. `{port}` is its local port. */
const forwarder = `
const net = require('node:net');
const [local, remote] = process.argv.slice(1).map(Number);
net.createServer((one) => one.on('error', () => 0).pipe(net.connect(remote, '127.0.0.1').on('error', () => one.end())).pipe(one))
  .listen(local, '127.0.0.1');`;

describe('a port that a command forwards', function () {
  this.timeout(40_000);
  let folder: string;
  let redis: RedisServer;
  const made: PortForward[] = [];

  const forward = (command: readonly string[], more: Partial<ForwardOptions> = {}): PortForward => {
    const one = new PortForward({ to: `redis:${redis.port}`, command, directory: folder, clock: systemClock, ...more });
    made.push(one);
    return one;
  };
  const node = (script: string, ...args: readonly (string | number)[]): readonly string[] => [
    process.execPath,
    '-e',
    script,
    ...args.map(String),
  ];
  const read = (one: PortForward) => tryRedis(targetAt(redis.port, { dial: () => one.dial() }), systemClock, never);
  const failure = async (one: PortForward): Promise<OpsError> => {
    const error: unknown = await read(one).then(
      () => assert.fail('It was read.'),
      (reason: unknown) => reason,
    );
    assert.ok(error instanceof OpsError, String(error));
    return error;
  };
  /** Processes that have this text in their command line. */
  const running = (text: string): readonly string[] =>
    execFileSync('ps', ['-eo', 'pid=,args='], { encoding: 'utf8' })
      .split('\n')
      .filter((line) => line.includes(text) && !line.includes('ps -eo'));

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'cache-ops-forward-'));
    redis = await startRedis({ folder: path.join(folder, 'redis') });
  });
  after(async () => {
    await Promise.all(made.map((one) => one.close()));
    await redis?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('is opened by a real ssh -L on a port that is free, and gone with everything when it is closed', async () => {
    const bastion = await startSshServer(path.join(folder, 'bastion'));
    await writeFile(path.join(folder, 'known'), bastion.knownHosts);
    await writeFile(path.join(folder, 'key'), bastion.privateKey, { mode: 0o600 });
    const options = ['-o', `UserKnownHostsFile=${path.join(folder, 'known')}`, '-i', path.join(folder, 'key')];
    const where = ['-p', String(bastion.port), `${bastion.username}@127.0.0.1`];
    const one = forward(['ssh', '-F', 'none', '-N', ...options, '-L', `{port}:127.0.0.1:${redis.port}`, ...where]);
    assert.equal((await read(one)).info?.role, 'master');
    assert.equal(running(path.join(folder, 'known')).length, 1);
    await one.close();
    assert.deepEqual(running(path.join(folder, 'known')), []);
    await bastion.stop();
  });

  it('is started once for many at the same time', async () => {
    const one = forward(node(`${forwarder} // once`, '{port}', redis.port));
    await Promise.all(Array.from({ length: 5 }, () => read(one)));
    assert.equal(running('// once').length, 1);
  });

  it('is the one the command always opens, unless somebody else has it', async () => {
    const localPort = await findFreePort();
    const one = forward(node(forwarder, localPort, redis.port), { localPort });
    assert.ok((await read(one)).info);
    const other = await failure(forward(node(forwarder, localPort, redis.port), { localPort }));
    assert.equal(other.code, 'conflict');
    assert.match(other.message, new RegExp(`^Port ${localPort} is in use by another program; .* was not started`));
  });

  it('is opened again after the command was killed half way, and that is said', async () => {
    const said: string[] = [];
    const script = `console.error('token expired'); ${forwarder} // killed`;
    const one = forward(node(script, '{port}', redis.port), { onEnded: (sentence) => said.push(sentence) });
    const socket = await one.dial();
    const closed = new Promise((resolve) => socket.once('close', resolve));
    process.kill(Number(running('// killed')[0]?.trim().split(' ')[0]), 'SIGKILL');
    await closed;
    await eventually(() => assert.match(said.join(), /ended \(signal SIGKILL\)\. It said: token expired$/));
    assert.ok((await read(one)).info, 'it is started again');
    assert.equal(running('// killed').length, 1);
  });

  it('is tried less and less often while its command fails, with what it said last', async () => {
    const log = path.join(folder, 'starts');
    const script = `require('node:fs').appendFileSync(process.argv[1], 'x'); console.error('line one\\n\\u001b[31mno such \\u0007pod\\u001b[0m'); process.exit(3)`;
    const one = forward(node(script, log));
    const first = await failure(one);
    assert.equal(first.code, 'unreachable');
    assert.match(first.message, /ended \(exit code 3\) before it forwarded\. It said: line one \/ no such pod$/);
    for (let times = 0; times < 5; times += 1) assert.equal((await failure(one)).message, first.message);
    assert.equal((await readFile(log, 'utf8')).length, 2, 'once more at once, then not for a while');
  });

  it('does not wait for a command that never gets ready, and ends it', async () => {
    const hangs = forward(node('setInterval(() => 0, 1000) // hangs', '{port}'), { readyTimeoutMs: 500 });
    const late = await failure(hangs);
    assert.equal(late.code, 'timedOut');
    assert.match(late.message, /did not open port \d+ within 0\.5 s\. It said nothing\.$/);
    assert.deepEqual(running('// hangs'), []);
    const silent = forward(
      node('console.log("Welcome!\\u0000 \\u{1F600}".repeat(10000)); setInterval(() => 0, 1000)'),
      {
        readyTimeoutMs: 500,
      },
    );
    const { message, next } = await failure(silent);
    assert.match(message, /did not say its local port within 0\.5 s\. It said: .*Welcome!/u);
    assert.ok(message.length < 600);
    assert.match(next ?? '', /\{port\}/);
  });

  it('says that it is being started, when that takes longer than a read', async () => {
    const slow = forward(node(`setTimeout(() => { ${forwarder} }, 5000)`, '{port}', redis.port));
    await assert.rejects(slow.dial(), (error) => error instanceof OpsError && error.code === 'busy');
    await eventually(async () => assert.ok((await read(slow)).info));
  });

  it('says what is not there at its other end', async () => {
    const nowhere = await findFreePort();
    const one = forward(node(forwarder, '{port}', nowhere));
    const { code, message } = await failure(one);
    assert.equal(code, 'refused');
    assert.match(message, /could not reach redis:\d+\. It said nothing\.$/);
  });

  it('ends also what the command started, and what does not want to end', async () => {
    const child = `require('node:child_process').spawn(process.execPath, ['-e', 'process.on("SIGTERM", () => 0); setInterval(() => 0, 1000) // stubborn'], { stdio: 'ignore' });`;
    const one = forward(node(`${child} ${forwarder}`, '{port}', redis.port));
    assert.ok((await read(one)).info);
    assert.ok(running('// stubborn').length > 0);
    await one.close();
    assert.deepEqual(running('// stubborn'), []);
  });

  it('needs a program that is there', async () => {
    const { code, message } = await failure(forward(['no-such-forwarder', '{port}']));
    assert.equal(code, 'file');
    assert.match(message, /"no-such-forwarder" could not be started/);
  });

  it('is not taken for open while another program answers for a moment', async () => {
    const other = await startBadServer();
    const one = forward(node('setInterval(() => 0, 1000)', other.port), { localPort: other.port });
    assert.equal((await failure(one)).code, 'conflict');
    await other.stop();
  });
});
