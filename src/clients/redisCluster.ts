import type { Redis } from 'ioredis';
import type { Clock } from '../core/clock.ts';
import { formatHostPort } from '../core/environment/hosts.ts';
import type { HostPort } from '../core/environment/hosts.ts';
import { OpsError } from '../core/errors.ts';
import { parseClusterInfo, parseClusterNodes } from '../core/health/redisClusterNodes.ts';
import { failureOf } from '../core/health/failure.ts';
import type { RedisProbe } from '../core/health/redisMonitor.ts';
import type { RedisSample } from '../core/health/redisReport.ts';
import { mergeSlow } from '../core/health/redisSlow.ts';
import { sumWriteCalls } from '../core/health/redisWrites.ts';
import { sumInfo } from '../core/health/redisSum.ts';
import type { ClusterMember, ClusterNode, ClusterState } from '../core/health/redisTopology.ts';
import { RedisLink } from './redisLink.ts';
import { RedisReader } from './redisReader.ts';
import { targetOn } from './redisTarget.ts';
import type { RedisTopology } from './redisTarget.ts';

export type ClusterTopology = Extract<RedisTopology, { readonly kind: 'cluster' }>;

/** A node that does not answer is told as such; the rest of the cluster is not kept waiting. */
const nodeTimeoutMs = 2_000;

interface Reach {
  readonly link: RedisLink;
  readonly reader: RedisReader;
}

type View = Omit<ClusterState, 'nodes'> & { readonly members: readonly ClusterMember[] };

/**
 * Every node of a cluster, over one connection each. A read asks one node for the state of the whole (two commands),
 * then each node for itself (two commands).
 */
export class ClusterConnection implements RedisProbe {
  readonly #openTopology: () => Promise<ClusterTopology>;
  readonly #clock: Clock;
  readonly #timeoutMs: number;
  readonly #nodes = new Map<string, Reach>();
  #topology: ClusterTopology | undefined;
  /** The nodes as last seen: more to ask when the seeds are down. */
  #known: readonly HostPort[] = [];

  constructor(openTopology: () => Promise<ClusterTopology>, clock: Clock, timeoutMs = nodeTimeoutMs) {
    this.#openTopology = openTopology;
    this.#clock = clock;
    this.#timeoutMs = timeoutMs;
  }

  async read(signal: AbortSignal): Promise<RedisSample> {
    const topology = (this.#topology ??= await this.#openTopology());
    const { members, ...view } = await this.#view(topology, signal);
    this.#known = members.filter(({ flags }) => !flags.includes('noaddr'));
    this.#forget(new Set([...topology.seeds, ...this.#known].map(formatHostPort)));
    const nodes = await Promise.all(members.map((member) => this.#readNode(topology, member, signal)));
    const slow = mergeSlow(nodes.flatMap((node) => node.slow ?? []));
    const primaries = nodes.filter(({ member }) => member.role === 'primary');
    const roundTrips = nodes.flatMap(({ roundTripMs }) => roundTripMs ?? []);
    return {
      atMs: this.#clock.monotonicMs(),
      readAtMs: this.#clock.wallMs(),
      roundTripMs: Math.max(...roundTrips, 0),
      address: view.askedAt,
      user: topology.login.username ?? 'default',
      info: sumInfo(nodes),
      cluster: { ...view, nodes },
      // What a replica applies was written to its primary.
      ...(slow ? { slow: { ...slow, writes: sumWriteCalls(primaries.map((node) => node.slow?.writes)) } } : {}),
    };
  }

  close(): void {
    this.#forget(new Set());
    this.#topology = undefined;
  }

  /** Of the first node that answers: those known to, then the seeds. */
  async #view(topology: ClusterTopology, signal: AbortSignal): Promise<View> {
    const places = new Map([...topology.seeds, ...this.#known].map((at) => [formatHostPort(at), at]));
    let first: unknown;
    for (const at of places.values()) {
      try {
        return await this.#reach(topology, at).link.use(signal, (redis) => askForView(redis, at));
      } catch (error) {
        if (signal.aborted || (error instanceof OpsError && error.code === 'settings')) throw error;
        first ??= error;
      }
    }
    throw first;
  }

  async #readNode(topology: ClusterTopology, member: ClusterMember, signal: AbortSignal): Promise<ClusterNode> {
    const address = formatHostPort(member);
    const { link, reader } = this.#reach(topology, member);
    try {
      const read = await link.use(signal, (redis, target) => reader.read(redis, target));
      const { info, roundTripMs, slow, writesRefused } = read;
      return { member, address, info, roundTripMs, writesRefused, ...(slow ? { slow } : {}) };
    } catch (error) {
      if (signal.aborted) throw error;
      return { member, address, failure: failureOf(error) };
    }
  }

  #reach(topology: ClusterTopology, at: HostPort & { readonly hostname?: string | undefined }): Reach {
    const address = formatHostPort(at);
    const known = this.#nodes.get(address);
    if (known) return known;
    const { login } = topology;
    // A node's certificate is for its name, where the cluster announces one.
    const tls = login.tls && at.hostname !== undefined ? { servername: at.hostname, ...login.tls } : login.tls;
    const target = targetOn({ ...login, tls }, at);
    const made = {
      link: new RedisLink(() => Promise.resolve(target), this.#clock, this.#timeoutMs),
      reader: new RedisReader(this.#clock),
    };
    this.#nodes.set(address, made);
    return made;
  }

  #forget(kept: ReadonlySet<string>): void {
    for (const [address, { link }] of this.#nodes) {
      if (kept.has(address)) continue;
      link.close();
      this.#nodes.delete(address);
    }
  }
}

async function askForView(redis: Redis, at: HostPort): Promise<View> {
  const address = formatHostPort(at);
  const [nodes, info] = await Promise.all([
    redis.call('CLUSTER', 'NODES').catch((error: unknown) => {
      throw notACluster(error, address) ?? error;
    }),
    redis.call('CLUSTER', 'INFO').catch((error: unknown) => {
      if (error instanceof Error && error.message.startsWith('NOPERM')) return '';
      throw error;
    }),
  ]);
  const fields = parseClusterInfo(String(info));
  const numberOf = (name: string): number | undefined =>
    fields[name] === undefined ? undefined : Number(fields[name]);
  return {
    askedAt: address,
    state: fields['cluster_state'],
    slotsAssigned: numberOf('cluster_slots_assigned'),
    slotsOk: numberOf('cluster_slots_ok'),
    slotsFailing: numberOf('cluster_slots_fail'),
    members: parseClusterNodes(String(nodes), at.host),
  };
}

function notACluster(error: unknown, address: string): OpsError | undefined {
  if (!(error instanceof Error) || !/cluster support disabled/i.test(error.message)) return undefined;
  return new OpsError('settings', `${address} is no node of a cluster.`, {
    cause: error,
    next: 'Name it in redis.url instead of redis.cluster.',
  });
}
