import assert from 'node:assert/strict';
import { parseClusterNodes } from '../../../../src/core/health/redisClusterNodes.ts';
import { clusterReadings, nodeReadings } from '../../../../src/core/health/redisClusterReadings.ts';
import { parseInfo } from '../../../../src/core/health/redisInfo.ts';
import { sentinelReadings } from '../../../../src/core/health/redisSentinelReadings.ts';
import { parseSentinelPrimary } from '../../../../src/core/health/redisSentinelReply.ts';
import { sumInfo } from '../../../../src/core/health/redisSum.ts';
import type { ClusterNode, ClusterState, SentinelView } from '../../../../src/core/health/redisTopology.ts';

const nodesReply = [
  'aa 10.0.0.1:6379@16379,cache-1.example myself,master - 0 0 1 connected 0-8191 [5-<-bb]',
  'bb fd00::2:6379@16379 master - 0 0 2 connected 8192-16382 16383',
  'cc 10.0.0.3:6379@16379 slave,fail aa 0 0 1 disconnected',
  'dd :0@0 master,noaddr - 0 0 0 disconnected',
  'nonsense',
].join('\n');

const members = parseClusterNodes(nodesReply, 'seed');

function nodesOf(infos: Readonly<Record<string, string>>): ClusterNode[] {
  return members
    .filter(({ id }) => id in infos)
    .map((member) => ({ member, address: `${member.id}:6379`, info: parseInfo(infos[member.id] ?? '') }));
}

function cluster(more: Partial<ClusterState>): ClusterState {
  const full = { state: 'ok', slotsAssigned: 16_384, slotsOk: 16_384, slotsFailing: 0 };
  return { askedAt: 'aa:6379', ...full, nodes: [], ...more };
}

describe('a cluster', () => {
  it('is read from the nodes’ list: roles, slots, names, IPv6', () => {
    assert.deepEqual(
      members.map(({ host, port, role, slots, moving, flags }) => [host, port, role, slots, moving, flags.join()]),
      [
        ['10.0.0.1', 6379, 'primary', 8192, 1, ''],
        ['fd00::2', 6379, 'primary', 8192, 0, ''],
        ['10.0.0.3', 6379, 'replica', 0, 0, 'fail'],
        ['seed', 0, 'primary', 0, 0, 'noaddr'],
      ],
    );
    assert.equal(members[0]?.hostname, 'cache-1.example');
    assert.equal(members[2]?.primaryId, 'aa');
  });

  it('is down when its state is not ok, degraded when slots fail, and never green without knowing', () => {
    const states = [
      cluster({}),
      cluster({ slotsOk: 16_000, slotsFailing: 384 }),
      cluster({ state: 'fail', slotsAssigned: 16_000, slotsOk: 16_000 }),
      cluster({ state: undefined, slotsOk: undefined }),
    ].map((one) => clusterReadings(one)[0]?.state);
    assert.deepEqual(states, ['healthy', 'degraded', 'down', 'unknown']);
  });

  it('shows a primary that does not answer as down, a replica as degraded', () => {
    const failure = { code: 'refused' as const, message: 'It refused.', next: undefined };
    const nodes = members.slice(0, 3).map((member) => ({ member, address: member.id, failure }));
    assert.deepEqual(
      nodeReadings(cluster({ nodes })).map(({ label, state }) => `${label} ${state}`),
      ['Primary aa down', 'Primary bb down', 'Replica cc degraded'],
    );
  });

  it('shows a primary whose memory is full, however much room the others have', () => {
    const of = (aa: string): string => {
      const nodes = nodesOf({ aa, bb: 'used_memory:1\nmaxmemory:100\nmaxmemory_policy:noeviction' });
      const found = nodeReadings(cluster({ nodes })).find(({ id }) => id === 'node/aa:6379');
      return `${found?.state} ${found?.detail}`;
    };
    assert.match(of('used_memory:99\nmaxmemory:100\nmaxmemory_policy:noeviction'), /^degraded .*writes fail/);
    assert.match(of('used_memory:99\nmaxmemory:100\nmaxmemory_policy:allkeys-lru'), /^healthy /);
    assert.match(of('connected_clients:99\nmaxclients:100'), /^degraded Over 90 % of maxclients/);
  });

  it('says that its sums lack a primary that does not answer', () => {
    const failure = { code: 'refused' as const, message: 'It refused.', next: undefined };
    const [aa, bb] = nodesOf({ aa: 'used_memory:1', bb: 'used_memory:1' });
    assert.ok(aa && bb);
    const sums = clusterReadings(cluster({ nodes: [aa, { ...bb, failure }] })).find(({ id }) => id === 'sums');
    assert.deepEqual([sums?.value, sums?.state], ['of 1 of 2 primaries', 'unknown']);
    assert.equal(clusterReadings(cluster({ nodes: [aa, bb] })).length, 2);
  });

  it('sums data over the primaries and lookups over all', () => {
    const nodes = nodesOf({
      aa: 'run_id:1\nused_memory:10\nmaxmemory:100\nkeyspace_hits:5\nkeyspace_misses:1\nmaxmemory_policy:allkeys-lru\ndb0:keys=3,expires=1',
      bb: 'run_id:2\nused_memory:20\nmaxmemory:100\nkeyspace_hits:5\nkeyspace_misses:1\nmaxmemory_policy:noeviction\ndb0:keys=4,expires=0',
      cc: 'run_id:3\nused_memory:10\nkeyspace_hits:7\nkeyspace_misses:0\ndb0:keys=3,expires=1',
    });
    const sum = sumInfo(nodes);
    assert.deepEqual([sum?.used_memory, sum?.maxmemory, sum?.keyspace_hits], [30, 200, 17]);
    assert.deepEqual(sum?.keyspace, [{ db: 0, keys: 7, expires: 1 }]);
    assert.equal(sum?.maxmemory_policy, 'not the same on all nodes');
    assert.notEqual(sumInfo(nodes.slice(0, 2))?.run_id, sum?.run_id, 'other nodes count otherwise');
  });

  it('has no limit in sum when one node has none', () => {
    const sum = sumInfo(nodesOf({ aa: 'maxmemory:0', bb: 'maxmemory:100' }));
    assert.equal(sum?.maxmemory, undefined);
    assert.equal(sumInfo(nodesOf({ aa: 'maxmemory:0', bb: 'maxmemory:0' }))?.maxmemory, 0);
  });
});

describe('what sentinels say', () => {
  const reply = ['name', 'c', 'ip', '10.0.0.1', 'port', '6379', 'flags', 'master', 'quorum', '2', 'config-epoch', '7'];
  const primary = parseSentinelPrimary(reply);
  const quorum = { reached: true, words: 'OK' };
  const view = (address: string, more: Partial<SentinelView> = {}): SentinelView => ({
    address,
    ...(primary ? { primary } : {}),
    quorum,
    ...more,
  });
  const states = (views: readonly SentinelView[], role = 'master'): string =>
    sentinelReadings({ name: 'c', views }, '10.0.0.1:6379', parseInfo(`role:${role}`))
      .map(({ state }) => state)
      .join(' ');

  it('is well when they agree and could replace it', () => {
    assert.deepEqual([primary?.epoch, primary?.quorum], [7, 2]);
    assert.equal(states([view('s1'), view('s2')]), 'healthy healthy');
  });

  it('is degraded when they name another, see it as down, or it is a replica by its own word', () => {
    assert.ok(primary);
    assert.equal(states([view('s1'), view('s2', { primary: { ...primary, host: '10.0.0.9' } })]), 'degraded healthy');
    assert.equal(states([view('s1', { primary: { ...primary, flags: ['master', 's_down'] } })]), 'degraded healthy');
    assert.equal(states([view('s1')], 'slave'), 'degraded healthy');
  });

  it('is degraded without a quorum or with a silent sentinel, unknown where the quorum may not be asked', () => {
    const failure = { code: 'refused' as const, message: 'It refused.', next: undefined };
    assert.equal(states([view('s1', { quorum: { reached: false, words: 'NOQUORUM' } })]), 'healthy degraded');
    assert.equal(states([view('s1'), { address: 's2', failure }]), 'healthy degraded degraded');
    const { quorum: _, ...silent } = view('s1');
    assert.equal(states([silent]), 'healthy unknown');
  });

  it('is degraded when they know replicas that are not linked', () => {
    assert.ok(primary);
    const views = [view('s1', { primary: { ...primary, replicas: 2 } })];
    const replicas = (lines: string) =>
      sentinelReadings({ name: 'c', views }, '10.0.0.1:6379', parseInfo(lines)).find(
        ({ id }) => id === 'sentinelReplicas',
      );
    const one = 'slave0:ip=10.0.0.2,port=6379,state=online,offset=42,lag=0';
    assert.equal(replicas(`role:master\n${one}`)?.value, '1 of 2 linked');
    assert.equal(replicas(`role:master\n${one}`)?.state, 'degraded');
    assert.equal(replicas(`role:master\n${one}\n${one.replace('slave0', 'slave1')}`)?.state, 'healthy');
    assert.equal(replicas('role:slave'), undefined, 'a replica of its own says nothing of others');
  });

  it('is nothing when the reply holds no address', () => {
    assert.equal(parseSentinelPrimary(['name', 'c']), undefined);
    assert.equal(parseSentinelPrimary('?'), undefined);
  });
});
