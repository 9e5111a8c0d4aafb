import assert from 'node:assert/strict';
import { AllowWrites } from '../../../../src/core/backup/allowWrites.ts';
import { judgeWrites } from '../../../../src/core/backup/allowWritesWords.ts';
import type { WriteState } from '../../../../src/core/backup/writeState.ts';
import { parseInfo } from '../../../../src/core/health/redisInfo.ts';
import { presentReading, presentService } from '../../../../src/core/health/present.ts';
import { reportReadings } from '../../../../src/core/health/monitorParts.ts';
import type { Reading } from '../../../../src/core/health/reading.ts';
import type { Plan } from '../../../../src/core/operations/plan.ts';
import { OperationRunner } from '../../../../src/core/operations/runner.ts';
import { environmentOf, recordingPorts } from '../operations/ports.ts';

const forSave = 'MISCONF Redis is configured to save RDB snapshots, but … (stop-writes-on-bgsave-error option).';
const forFile = 'MISCONF Errors writing to the AOF file: No space left on device';
const failed = { rdb_last_bgsave_status: 'err', rdb_last_save_time: '1000', server_time_usec: '8200000000' };

function stateOf(more: Partial<WriteState> = {}, info: Readonly<Record<string, string>> = {}): WriteState {
  const address = more.address ?? 'redis-1:6379';
  const lines = Object.entries({ role: 'master', ...failed, ...info }).map(([name, value]) => `${name}:${value}`);
  return {
    identity: { service: 'Redis', address, role: 'primary', marks: { 'run id': address } },
    address,
    user: 'ops',
    isCluster: false,
    info: parseInfo(lines.join('\n')),
    refusal: forSave,
    guard: 'yes',
    savePoints: '3600 1',
    denied: undefined,
    ...more,
  };
}

function planOf(...states: readonly WriteState[]): Promise<Plan<readonly WriteState[]>> {
  const operation = new AllowWrites(environmentOf({}), {
    identify: () => Promise.resolve(states.map(({ identity }) => identity)),
    read: () => Promise.resolve(states),
    allow: () => Promise.reject(new Error('a plan changes nothing')),
    close: () => undefined,
  });
  return new OperationRunner(recordingPorts().ports).plan(operation);
}

describe('the plan to allow writes after a failed save', () => {
  it('says what is at stake, that a restart brings the setting back, and what to do afterwards', async () => {
    const plan = await planOf(stateOf({}, { rdb_changes_since_last_save: '1234' }));
    assert.deepEqual(plan.warnings, [
      'redis-1:6379: what it holds is in memory only. A crash or restart loses everything since the last good save, 2 h ago (1,234 changes so far), until a save succeeds.',
      'The setting is changed in memory only: a restart goes by the configuration file again, and a replica that takes over by its own setting.',
    ]);
    assert.match(plan.undo, /^CONFIG SET stop-writes-on-bgsave-error yes on it: /);
    assert.deepEqual(plan.sections?.at(-1)?.lines, [
      'redis-cli -h redis-1 -p 6379 BGSAVE',
      'redis-cli -h redis-1 -p 6379 INFO persistence',
      'redis-cli -h redis-1 -p 6379 CONFIG SET stop-writes-on-bgsave-error yes',
    ]);
    assert.deepEqual(plan.obstacles, []);
  });

  it('touches the primaries that refuse, and shows all', async () => {
    const well = stateOf({ address: 'redis-2:6379', refusal: undefined }, { rdb_last_bgsave_status: 'ok' });
    const plan = await planOf(stateOf(), well);
    assert.equal(plan.summary, '1 of 2 primaries take writes again although the last save failed');
    assert.deepEqual(
      plan.targets.map(({ what }) => what),
      ['Redis redis-1:6379'],
    );
    assert.deepEqual(
      plan.sections?.[0]?.lines.slice(1).map((line) => line.split('\t').slice(0, 3)),
      [
        ['redis-1:6379', 'refused', 'err'],
        ['redis-2:6379', 'taken', 'ok'],
      ],
    );
  });

  it('says what else would refuse writes', async () => {
    const full = { used_memory: '100', maxmemory: '100', maxmemory_policy: 'noeviction' };
    const { warnings } = await planOf(stateOf({}, { ...full, min_slaves_good_slaves: '0', connected_slaves: '0' }));
    assert.match(warnings.join(' '), /Over 90 % of maxmemory.*min-replicas-to-write wants a replica, and none follows/);
    const appending = await planOf(stateOf({}, { aof_enabled: '1', aof_last_write_status: 'err' }));
    assert.match(appending.warnings.join(' '), /append-only file cannot be written either/);
    const saving = await planOf(stateOf({}, { rdb_bgsave_in_progress: '1' }));
    assert.match(saving.warnings.join(' '), /is saving just now: if that goes well, it takes writes without this/);
  });

  it('cannot be carried out where writes are refused for another reason', async () => {
    const { obstacles, nothingToDo } = await planOf(stateOf({ refusal: forFile }));
    assert.equal(nothingToDo, undefined);
    assert.match(obstacles?.join() ?? '', /not because a save failed.*It says: MISCONF Errors writing to the AOF file/);
    // One such primary does not keep another from being helped.
    const both = await planOf(stateOf(), stateOf({ address: 'redis-2:6379', refusal: forFile }));
    assert.deepEqual([both.obstacles, both.targets.length], [[], 1]);
    assert.match(both.warnings.join(' '), /redis-2:6379 refuses writes, and not because a save failed/);
  });

  it('cannot be carried out without the right, and says the other way out', async () => {
    const { obstacles = [] } = await planOf(stateOf({ denied: 'ERR unknown command `CONFIG`' }));
    assert.equal(
      obstacles[0],
      'redis-1:6379: ops may not set stop-writes-on-bgsave-error (ERR unknown command `CONFIG`). Where the service has a console, the setting may be found there. The other way out: make room for its snapshot and have it save (BGSAVE); once one succeeds, it takes writes.',
    );
  });

  it('cannot be carried out on a replica', async () => {
    const { identity } = stateOf();
    const { obstacles } = await planOf(stateOf({ identity: { ...identity, role: 'replica' } }));
    assert.match(obstacles?.[0] ?? '', /is a replica and takes no writes/);
  });
});

describe('whether writes are taken', () => {
  it('is told by the setting and by PING together', () => {
    const verdict = (more: Partial<WriteState>) => judgeWrites(['redis-1:6379'], [stateOf(more)]).verdict;
    assert.equal(verdict({ refusal: undefined, guard: 'no' }).kind, 'passed');
    assert.match(verdict({ guard: 'no' }).why ?? '', /still refuses every write/);
    assert.match(verdict({ guard: 'no', refusal: forFile }).why ?? '', /now with: MISCONF Errors writing/);
    // A save went well, or it was restarted: the setting is not what was promised.
    assert.deepEqual(verdict({ refusal: undefined }), {
      kind: 'failed',
      why: 'stop-writes-on-bgsave-error of redis-1:6379 is yes',
    });
    assert.equal(verdict({ refusal: undefined, guard: undefined }).kind, 'inconclusive');
    assert.equal(judgeWrites(['redis-1:6379'], []).verdict.kind, 'failed');
  });
});

describe('what is told once writes are taken', () => {
  it('names all that take them, and what is left to do', () => {
    const taking = ['redis-1:6379', 'redis-2:6379'].map((address) =>
      stateOf({ address, refusal: undefined, guard: 'no' }),
    );
    const addresses = taking.map(({ address }) => address);
    assert.deepEqual(judgeWrites(addresses, taking).findings, [
      'Writes are taken by redis-1:6379, redis-2:6379: PING is answered, which is refused as long as writes are.',
      'Nothing is saved yet: make room, BGSAVE, then CONFIG SET stop-writes-on-bgsave-error yes.',
    ]);
    const saved = stateOf({ refusal: undefined, guard: 'no' }, { rdb_last_bgsave_status: 'ok' });
    assert.equal(
      judgeWrites(['redis-1:6379'], [saved]).findings[1],
      'A save has succeeded since: CONFIG SET stop-writes-on-bgsave-error yes.',
    );
  });
});

describe('the rows of a Redis that refuses writes', () => {
  const writes: Reading = { id: 'writes', label: 'Writes', value: 'refused', state: 'degraded' };

  it('offer to allow them where a save failed, and only there', () => {
    const environment = environmentOf({});
    const contexts = (reading: Reading) => [
      presentReading(environment, 'redis', reading, 0).contextValue,
      presentService(environment, 'redis', reportReadings([reading], 0), 0).contextValue,
    ];
    assert.deepEqual(contexts({ ...writes, offer: 'allowWrites' }), [
      'reading degraded writes allowWrites',
      'service redis allowWrites',
    ]);
    assert.deepEqual(contexts(writes), ['reading degraded writes', 'service redis']);
  });
});
