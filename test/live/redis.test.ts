import assert from 'node:assert/strict';
import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { Redis } from 'ioredis';
import { RedisConnection, tryRedis } from '../../src/clients/redis.ts';
import type { RedisTarget } from '../../src/clients/redis.ts';
import { systemClock } from '../../src/core/clock.ts';
import { explain, OpsError } from '../../src/core/errors.ts';
import { makeCertificates } from '../sandbox/certificates.ts';
import { findFreePort } from '../sandbox/serverProcess.ts';
import { startRedis } from '../sandbox/redis.ts';
import type { RedisServer } from '../sandbox/redis.ts';
import { startBadServer } from './support/badServers.ts';
import { targetAt } from './support/redisTargets.ts';

const folder = path.resolve(import.meta.dirname, '../../.sandbox/live-redis');
const never = new AbortController().signal;

async function failureOf(target: RedisTarget, timeoutMs?: number): Promise<{ code: string; said: string }> {
  const connection = new RedisConnection(() => Promise.resolve(target), systemClock, timeoutMs);
  try {
    await connection.read(never);
  } catch (error) {
    assert.ok(error instanceof OpsError, String(error));
    return { code: error.code, said: explain(error) };
  }
  throw new assert.AssertionError({ message: 'It connected.' });
}

function readText(file: string): Promise<string> {
  return readFile(file, 'utf8');
}

describe('a Redis with users', () => {
  let server: RedisServer;

  before(async () => {
    await rm(folder, { recursive: true, force: true });
    const acl = [
      'user default on >s3cret ~* &* +@all',
      'user reader on >readpw ~* -@all +@read +@connection',
      'user mute on >mutepw ~* -@all +get',
    ];
    server = await startRedis({
      folder: path.join(folder, 'users'),
      acl,
      config: { maxmemory: '64mb', 'maxmemory-policy': 'allkeys-lru' },
    });
  });

  after(() => server.stop());

  it('is read with two commands', async () => {
    const connection = new RedisConnection(
      () => Promise.resolve(targetAt(server.port, { password: 's3cret' })),
      systemClock,
    );
    const counter = new Redis(server.port, '127.0.0.1', { password: 's3cret' });
    const commandsSoFar = async (): Promise<number> =>
      Number(/total_commands_processed:(\d+)/.exec(await counter.info('stats'))?.[1]);
    const first = await connection.read(never);
    const before = await commandsSoFar();
    await connection.read(never);
    assert.equal((await commandsSoFar()) - before, 3, 'PING, INFO, and the counting INFO before');
    assert.equal(first.info?.redis_version, /redis_version:(\S+)/.exec(await counter.info('server'))?.[1]);
    assert.equal(first.info?.maxmemory, 64 * 1024 ** 2);
    assert.equal(first.address, `127.0.0.1:${server.port}`);
    connection.close();
    counter.disconnect();
  });

  it('counts hits and misses as the server does', async () => {
    const client = new Redis(server.port, '127.0.0.1', { password: 's3cret' });
    await client.set('a', '1');
    await client.config('RESETSTAT');
    for (const key of ['a', 'a', 'a', 'missing']) await client.get(key);
    const { info } = await tryRedis(targetAt(server.port, { password: 's3cret' }), systemClock, never);
    assert.deepEqual([info?.keyspace_hits, info?.keyspace_misses, info?.keyspace[0]?.keys], [3, 1, 1]);
    client.disconnect();
  });

  it('refuses a wrong password', async () => {
    const { code, said } = await failureOf(targetAt(server.port, { password: 'guess' }));
    assert.equal(code, 'authentication');
    assert.match(said, /does not accept this user and password/);
    assert.doesNotMatch(said, /guess/, 'a password is never repeated');
  });

  it('refuses a missing password', async () => {
    const { code, said } = await failureOf(targetAt(server.port));
    assert.equal(code, 'authentication');
    assert.match(said, /wants a password\. Set redis\.password/);
  });

  it('lets a user without INFO in, and tells that INFO is missing', async () => {
    const sample = await tryRedis(
      targetAt(server.port, { username: 'reader', password: 'readpw' }),
      systemClock,
      never,
    );
    assert.equal(sample.info, undefined);
    assert.equal(sample.user, 'reader');
  });

  it('names the right that a user without PING lacks', async () => {
    const { code, said } = await failureOf(targetAt(server.port, { username: 'mute', password: 'mutepw' }));
    assert.equal(code, 'permission');
    assert.match(said, /ping/i);
  });

  it('has no database of that number', async () => {
    assert.equal((await failureOf(targetAt(server.port, { password: 's3cret', db: 99 }))).code, 'settings');
  });

  it('is found to speak no TLS', async () => {
    const { code, said } = await failureOf(targetAt(server.port, { tls: { rejectUnauthorized: true } }), 500);
    assert.equal(code, 'tls');
    assert.match(said, /does not speak TLS.*redis:\/\//);
  });

  it('is connected to again after the connection was cut', async () => {
    const connection = new RedisConnection(
      () => Promise.resolve(targetAt(server.port, { password: 's3cret' })),
      systemClock,
    );
    await connection.read(never);
    const killer = new Redis(server.port, '127.0.0.1', { password: 's3cret' });
    await killer.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
    killer.disconnect();
    const again = await connection.read(never).catch(() => connection.read(never));
    assert.ok(again.info);
    connection.close();
  });
});

describe('a Redis with TLS', () => {
  let server: RedisServer;
  let pem: { ca: string; cert: string; key: string };

  before(async () => {
    const files = await makeCertificates(path.join(folder, 'certificates'));
    const [ca, cert, key] = await Promise.all([files.ca, files.client.cert, files.client.key].map(readText));
    assert.ok(ca !== undefined && cert !== undefined && key !== undefined);
    pem = { ca, cert, key };
    server = await startRedis({
      folder: path.join(folder, 'tls'),
      tls: { ca: files.ca, ...files.server, verifyClients: true },
    });
  });

  after(() => server.stop());

  it('is read with its own authority and a client certificate', async () => {
    const { info } = await tryRedis(
      targetAt(server.port, { tls: { rejectUnauthorized: true, ...pem } }),
      systemClock,
      never,
    );
    assert.equal(info?.role, 'master');
  });

  it('is refused when its authority is not trusted', async () => {
    const { code, said } = await failureOf(
      targetAt(server.port, { tls: { rejectUnauthorized: true, cert: pem.cert, key: pem.key } }),
    );
    assert.equal(code, 'tls');
    assert.match(said, /not trusted|could not be verified|not known/);
    assert.match(said, /tls\.ca/);
  });

  it('is refused when its certificate is for another name', async () => {
    const { code, said } = await failureOf(
      targetAt(server.port, { tls: { rejectUnauthorized: true, ...pem, servername: 'redis.example.org' } }),
    );
    assert.equal(code, 'tls');
    assert.match(said, /another host name/);
  });

  it('hangs up on a client without a certificate', async () => {
    const { said } = await failureOf(targetAt(server.port, { tls: { rejectUnauthorized: true, ca: pem.ca } }));
    assert.match(said, /client certificate/);
  });

  it('is found to speak TLS when asked without', async () => {
    const { code, said } = await failureOf(targetAt(server.port));
    assert.equal(code, 'tls');
    assert.match(said, /speaks TLS.*rediss:\/\//);
  });
});

describe('no Redis', () => {
  it('refuses the connection where nothing listens', async () => {
    const { code, said } = await failureOf(targetAt(await findFreePort()));
    assert.equal(code, 'refused');
    assert.match(said, /nothing listens there/);
  });

  it('does not resolve a host name that is not there', async () => {
    const { code, said } = await failureOf(targetAt(6379, { endpoint: { host: 'redis.invalid', port: 6379 } }));
    assert.equal(code, 'nameNotResolved');
    assert.match(said, /redis\.invalid:6379/);
  });

  it('is not what answers over HTTP', async () => {
    const web = await startBadServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n<html></html>'));
    assert.equal((await failureOf(targetAt(web.port))).code, 'protocol');
    await web.stop();
  });

  it('times out where a server accepts and never answers', async () => {
    const silent = await startBadServer();
    const connection = new RedisConnection(() => Promise.resolve(targetAt(silent.port)), systemClock, 200);
    const startedMs = performance.now();
    await assert.rejects(connection.read(never), (error) => error instanceof OpsError && error.code === 'timedOut');
    assert.ok(performance.now() - startedMs < 3_000);
    await silent.stop();
  });

  it('is cancelled at once when nobody wants the answer any more', async () => {
    const silent = await startBadServer();
    const connection = new RedisConnection(() => Promise.resolve(targetAt(silent.port)), systemClock);
    const leaving = new AbortController();
    const read = connection.read(leaving.signal);
    leaving.abort();
    await assert.rejects(read, (error) => error instanceof OpsError && error.code === 'cancelled');
    await silent.stop();
  });

  it('is said to have hung up when the connection is cut in the middle of an answer', async () => {
    const cutting = await startBadServer((socket) => {
      socket.on('data', (data) => {
        if (String(data).includes('info')) socket.end('$5000\r\nredis_version:7');
        else socket.write('+OK\r\n'.repeat(String(data).split('*').length - 1));
      });
    });
    const { code, said } = await failureOf(targetAt(cutting.port));
    assert.equal(code, 'closed');
    assert.match(said, /closed the connection while it was read/);
    await cutting.stop();
  });
});

describe('a Redis that is loading', () => {
  it('is not ready, and is once it has loaded', async () => {
    const options = { folder: path.join(folder, 'loading'), config: { save: '3600 1', dbfilename: 'dump.rdb' } };
    const filled = await startRedis(options);
    const client = new Redis(filled.port, '127.0.0.1');
    await client.mset(
      Object.fromEntries(Array.from({ length: 2_000 }, (_, index) => [`key:${index}`, 'x'.repeat(100)])),
    );
    await client.save();
    client.disconnect();
    await filled.stop();
    // A debugging setting of the real server: microseconds of pause after each key.
    const slow = { 'key-load-delay': '500', 'loading-process-events-interval-bytes': '1024' };
    const port = await findFreePort();
    const starting = startRedis({ ...options, port, config: { ...options.config, ...slow } });
    const codes = new Set<string>();
    const words = new Set<string>();
    for (;;) {
      const outcome = await tryRedis(targetAt(port), systemClock, never).catch((error: unknown) => error);
      if (!(outcome instanceof OpsError)) break;
      codes.add(outcome.code);
      words.add(outcome.message);
      assert.ok(['refused', 'busy'].includes(outcome.code), explain(outcome));
    }
    assert.ok(codes.has('busy'), 'it was seen loading');
    assert.ok(
      [...words].some((message) => /: \d+\.\d % done, about \d+ s left/.test(message)),
      [...words].join('\n'),
    );
    await (await starting).stop();
  });
});
