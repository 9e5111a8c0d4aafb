import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { createServer } from 'node:https';
import path from 'node:path';
import { Redis } from 'ioredis';
import { identifyQdrant } from '../../src/clients/qdrantIdentity.ts';
import { redisStore } from '../../src/clients/flags/redisStore.ts';
import { resolveHttpTarget } from '../../src/clients/http.ts';
import type { RedisTarget } from '../../src/clients/redis.ts';
import { systemClock } from '../../src/core/clock.ts';
import type { Outcome } from '../../src/core/operations/operation.ts';
import type { OperationPorts } from '../../src/core/operations/ports.ts';
import { OperationRunner } from '../../src/core/operations/runner.ts';
import { planMarkdown } from '../../src/core/operations/planMarkdown.ts';
import { makeCertificates } from '../sandbox/certificates.ts';
import type { Certificates } from '../sandbox/certificates.ts';
import { startRedis } from '../sandbox/redis.ts';
import type { RedisOptions, RedisServer } from '../sandbox/redis.ts';
import { recordingPorts } from '../unit/core/operations/ports.ts';
import { environmentOf, never, servicesOf } from './support/backups.ts';
import { fill, flushOf, flushStore } from './support/flushing.ts';
import { startQdrantNode } from './support/qdrantNode.ts';
import { targetAt } from './support/redisTargets.ts';

const folder = path.resolve(import.meta.dirname, '../../.sandbox/live-identity');

function fingerprintOf(file: string): string {
  return new X509Certificate(readFileSync(file)).fingerprint256;
}

describe('who answers', function () {
  this.timeout(60_000);
  let certificates: Certificates;
  let server: RedisServer;
  let admin: Redis;
  const start = async (options: Omit<RedisOptions, 'folder'> = {}): Promise<void> => {
    server = await startRedis({ folder: path.join(folder, 'redis'), ...options });
  };
  const encrypted = (pair: Certificates['server']) => ({ tls: { ca: certificates.ca, ...pair } });
  const tls = (): RedisTarget['tls'] => ({ rejectUnauthorized: true, ca: readFileSync(certificates.ca, 'utf8') });
  const connect = (): Redis =>
    new Redis({
      host: '127.0.0.1',
      port: server.port,
      ...(server.url.startsWith('rediss') ? { tls: tls() ?? {} } : {}),
    });
  const flush = (more: Partial<RedisTarget> = {}) =>
    flushOf(flushStore({ kind: 'single', target: targetAt(server.port, more) }), 'cache:*');
  /** What the person was told is not as planned; `meanwhile` happens between plan and confirmation, once. */
  const runAfter = async (
    meanwhile: () => Promise<unknown>,
    more: Partial<RedisTarget> = {},
  ): Promise<{ said: readonly string[]; outcome: Outcome }> => {
    const { ports } = recordingPorts();
    const said: string[] = [];
    let isFirst = true;
    const ask: OperationPorts['ask'] = {
      ...ports.ask,
      confirm: async () => {
        if (isFirst) await meanwhile();
        isFirst = false;
        return { typed: 'staging', reason: 'a test' };
      },
      planAgain: (_plan, differences) => Promise.resolve((said.push(...differences), true)),
    };
    return { outcome: await new OperationRunner({ ...ports, ask }).run(flush(more)), said };
  };

  before(async () => {
    rmSync(folder, { recursive: true, force: true });
    certificates = await makeCertificates(path.join(folder, 'certificates'));
  });
  afterEach(async () => {
    admin.disconnect();
    await server.stop();
  });

  it('over TLS is told by its certificate too, whatever is planned: a flush, a backup, a flag in a key', async () => {
    await start(encrypted(certificates.server));
    admin = connect();
    await fill(admin, 'cache:', 10);
    const plan = await new OperationRunner(recordingPorts().ports).plan(flush({ tls: tls() }));
    const fingerprint = fingerprintOf(certificates.server.cert);
    assert.equal(plan.identities[0]?.marks['TLS fingerprint'], fingerprint);
    assert.match(planMarkdown(plan), new RegExp(`TLS fingerprint ${fingerprint.slice(0, 12)}…`));
    const environment = environmentOf({ redis: { url: server.url, tls: { ca: certificates.ca } } });
    const backup = await servicesOf(environment).identify({ redis: true, qdrant: false }, never);
    const primaries = () =>
      Promise.resolve({ targets: [targetAt(server.port, { tls: tls() })], close: () => undefined });
    const flag = await redisStore('flag', primaries, systemClock).identify?.(never);
    for (const one of [backup[0], flag]) {
      const { resolved: _ofThisConnection, ...identity } = one ?? assert.fail('nobody answers');
      const { resolved: _another, ...planned } = plan.identities[0] ?? assert.fail('nobody answers');
      assert.deepEqual(identity, planned);
    }
  });

  it('with a certificate that was renewed meanwhile is not trusted with the plan, and is with a new one', async () => {
    await start(encrypted(certificates.server));
    admin = connect();
    await fill(admin, 'cache:', 10);
    const { cert, key } = certificates.client;
    const renew = () => admin.call('CONFIG', 'SET', 'tls-cert-file', cert, 'tls-key-file', key);
    const { said, outcome } = await runAfter(renew, { tls: tls() });
    const [before, after] = [certificates.server.cert, cert].map((file) => fingerprintOf(file).slice(0, 12));
    assert.deepEqual(said, [
      `Redis 127.0.0.1:${server.port}: its TLS fingerprint was ${before}…, now it is ${after}…. All else is as it was: was its certificate renewed?`,
    ]);
    assert.equal(outcome.kind === 'ran' && outcome.report.ended, 'completed');
    assert.equal(await admin.dbsize(), 0);
  });

  it('as another server with a certificate of the same authority is not trusted with the plan', async () => {
    await start(encrypted(certificates.server));
    admin = connect();
    await fill(admin, 'cache:', 10);
    const replace = async (): Promise<void> => {
      const { port } = server;
      admin.disconnect();
      await server.stop();
      await start({ ...encrypted(certificates.client), port });
    };
    const { said } = await runAfter(replace, { tls: tls() });
    assert.deepEqual(
      said.map((one) => /its (.*?) was/.exec(one)?.[1]),
      ['run id', 'replication id', 'TLS fingerprint'],
    );
    assert.ok(said.every((one) => !one.includes('renewed')));
  });

  it('to a user without INFO is not known: the plan names the right, and the name is to be typed in every tier', async () => {
    await start({ acl: ['user ops on >secret ~* &* +@all -info', 'user default on nopass ~* &* +@all'] });
    admin = connect();
    await fill(admin, 'cache:', 10);
    const ops = { username: 'ops', password: 'secret' };
    const { ports, events } = recordingPorts();
    const runner = new OperationRunner(ports);
    const plan = await runner.plan(flush(ops));
    const where = `127.0.0.1:${server.port}`;
    const warning = `The identity of Redis ${where} is not known, and another in its place would not be noticed: user ops may not call INFO, which an administrator can allow: ACL SETUSER ops +info.`;
    assert.equal(plan.warnings[0], warning);
    assert.match(planMarkdown(plan), /\(primary, identity not known\)/);
    const shy = { ...ports, ask: { ...ports.ask, confirm: () => Promise.resolve({}) } };
    await assert.rejects(new OperationRunner(shy).run(flush(ops)), { code: 'cancelled' });
    assert.equal(await admin.dbsize(), 10);
    await runner.run(flush(ops));
    assert.ok(events.includes('confirm name'), events.join());
    assert.equal(await admin.dbsize(), 0);
    const services = servicesOf(environmentOf({ redis: { url: `redis://ops:secret@${where}` } }));
    assert.match(
      (await services.identify({ redis: true, qdrant: false }, never))[0]?.unknown ?? '',
      /ACL SETUSER ops \+info/,
    );
  });

  it('at a Qdrant behind TLS is told by the certificate as well, and not known to a key that may not ask', async () => {
    await start();
    admin = connect();
    const key = 'read-and-write';
    const node = await startQdrantNode({
      folder: path.join(folder, 'qdrant'),
      environment: { QDRANT__SERVICE__API_KEY: key, QDRANT__SERVICE__JWT_RBAC: 'true' },
    });
    const { cert, key: certificateKey } = certificates.server;
    const gateway = createServer({ cert: readFileSync(cert), key: readFileSync(certificateKey) }, (asked, answer) => {
      const denied = asked.url === '/telemetry' && asked.headers['api-key'] !== key;
      if (denied) return void answer.writeHead(403).end();
      const { method, headers } = asked;
      asked.pipe(
        request(`${node.url}${asked.url ?? ''}`, { method, headers: { ...headers, connection: 'close' } }, (from) => {
          answer.writeHead(from.statusCode ?? 500, from.headers);
          from.pipe(answer);
        }),
      );
    }).listen(0, '127.0.0.1');
    await once(gateway, 'listening');
    const listening = gateway.address();
    assert.ok(listening !== null && typeof listening !== 'string');
    const { port } = listening;
    const settings = { url: `https://127.0.0.1:${port}/`, tls: { verify: true, ca: certificates.ca } };
    const environment = environmentOf({ qdrant: { url: settings.url } });
    try {
      const target = await resolveHttpTarget(environment, 'qdrant', settings, (field) =>
        Promise.resolve(field === 'qdrant.apiKey' ? key : undefined),
      );
      const identity = await identifyQdrant(target, never);
      assert.deepEqual(
        [identity.address, Object.keys(identity.marks)],
        [`127.0.0.1:${port}`, ['process id', 'TLS fingerprint']],
      );
      assert.equal(identity.marks['TLS fingerprint'], fingerprintOf(cert));
      assert.equal(identity.resolved, `127.0.0.1:${port}`);
      assert.deepEqual(await identifyQdrant(target, never), identity);
      target.close();
      const other = await resolveHttpTarget(environment, 'qdrant', settings, () => Promise.resolve(undefined));
      const denied = await identifyQdrant(other, never);
      assert.match(denied.unknown ?? '', /its API key may not read \/telemetry/);
      other.close();
    } finally {
      gateway.closeAllConnections();
      gateway.close();
      await node.stop();
    }
  });
});
