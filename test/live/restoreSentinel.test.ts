import assert from 'node:assert/strict';
import path from 'node:path';
import type { Redis } from 'ioredis';
import { BackUp } from '../../src/clients/backup/backUp.ts';
import type { BackupPlaces } from '../../src/clients/backup/backupSurvey.ts';
import { Restore } from '../../src/clients/backup/restore.ts';
import { StoreServices } from '../../src/clients/backup/services.ts';
import { systemClock } from '../../src/core/clock.ts';
import type { Backup } from '../../src/core/backup/backups.ts';
import type { OperationPorts } from '../../src/core/operations/ports.ts';
import { eventually } from '../eventually.ts';
import type { RedisServer } from '../sandbox/redis.ts';
import { askSentinel, startSentinelGroup } from '../sandbox/redisSentinel.ts';
import type { SentinelGroup } from '../sandbox/redisSentinel.ts';
import { recordingPorts } from '../unit/core/operations/ports.ts';
import { backupBy, carryOut, environmentOf, workspaceAt } from './support/backups.ts';
import type { Ran } from './support/backups.ts';
import { fill, withClient } from './support/flushing.ts';

const folder = path.resolve(import.meta.dirname, '../../.sandbox/live-restore-sentinel');
const many = 60_000;

describe('a restore behind Sentinel', function () {
  this.timeout(120_000);
  let group: SentinelGroup;
  let places: BackupPlaces;
  let backup: Backup;

  before(async () => {
    places = await workspaceAt(path.join(folder, 'workspace'));
    group = await startSentinelGroup(path.join(folder, 'sentinel'));
    await onPrimary((client) => fill(client, 'cache:', many));
    backup = await backupBy(new BackUp({ redisExport: { pattern: '*' } }, services(), places));
  });
  after(() => group?.stop());

  const services = (): StoreServices => {
    const sentinels = group.sentinels.map(({ port }) => `127.0.0.1:${port}`);
    const environment = environmentOf({
      redis: { url: undefined, sentinels, name: group.name, password: '${secret}' },
    });
    const secret = (field: string) => Promise.resolve(field === 'redis.password' ? group.password : undefined);
    return new StoreServices(environment, secret, systemClock);
  };
  const restore = (ports: Partial<OperationPorts> = {}): Promise<Ran> => {
    const request = { backup: backup.folder, redis: { existing: 'replace', extend: false } } as const;
    return carryOut(new Restore(request, backup, services(), places), ports);
  };
  /** The one that the sentinels name now. */
  const primary = async (): Promise<RedisServer> => {
    const [, port] = Object(
      await askSentinel(group.sentinels[0]?.port ?? 0, 'SENTINEL', 'GET-MASTER-ADDR-BY-NAME', group.name),
    );
    return group.servers.find((one) => String(one.port) === port) ?? assert.fail(`no primary at ${String(port)}`);
  };
  const onPrimary = async <T>(work: (client: Redis) => Promise<T>): Promise<T> =>
    withClient((await primary()).port, work, group.password);
  /** Until the replica has taken over and the sentinels agree on it. */
  const failOver = async (): Promise<void> => {
    const { port } = await primary();
    await eventually(async () => {
      const said = await askSentinel(group.sentinels[0]?.port ?? 0, 'SENTINEL', 'FAILOVER', group.name);
      assert.equal(said, 'OK');
    }, 30_000);
    await eventually(async () => {
      assert.notEqual((await primary()).port, port);
      assert.match(await onPrimary((client) => client.info('replication')), /role:master[^]*connected_slaves:1/);
    }, 30_000);
  };

  it('goes to the primary that took over since the backup was taken', async () => {
    const before = (await primary()).port;
    await failOver();
    await onPrimary((client) => client.flushall());
    const { plan, verification } = await restore();
    assert.deepEqual(verification.verdict, { kind: 'passed' }, verification.findings.join(' '));
    const [identity] = plan.identities;
    assert.equal(identity?.role, 'primary');
    assert.notEqual(identity.address, `127.0.0.1:${before}`);
    assert.equal(await onPrimary((client) => client.dbsize()), many);
  });

  it('is not called verified where a failover in the middle took keys away; again, it brings them all', async () => {
    await onPrimary((client) => client.flushall());
    let moved: Promise<void> | undefined;
    const { ask } = recordingPorts().ports;
    const { report, verification } = await restore({
      ask: {
        ...ask,
        during: (_title, work) =>
          work(new AbortController().signal, (words) => {
            if (/Restore the Redis keys: [1-9]/.test(words)) moved ??= failOver();
          }),
      },
    });
    await (moved ?? assert.fail('the failover was asked for'));
    const there = await onPrimary((client) => client.dbsize());
    if (verification.verdict.kind === 'passed') assert.equal(there, many, 'called verified');
    if (report.ended === 'failed') assert.match(report.why ?? '', /failed? ?over|closed the connection|refused/);
    const again = await restore();
    assert.deepEqual(again.verification.verdict, { kind: 'passed' }, again.verification.findings.join(' '));
    assert.equal(await onPrimary((client) => client.dbsize()), many);
  });
});
