import type { ClusterMember } from './redisTopology.ts';

/**
 * Reads the CLUSTER NODES reply of the node at `askedHost`. A node that does not know its own address yet is where it was
 * asked. Source: redis.io/commands/cluster-nodes. What is not understood is left out.
 */
export function parseClusterNodes(reply: string, askedHost: string): ClusterMember[] {
  return reply.split('\n').flatMap((line) => parseMember(line.trim(), askedHost) ?? []);
}

function parseMember(line: string, askedHost: string): ClusterMember | undefined {
  const [id, place, flagText, primaryId, , , , , ...ranges] = line.split(' ');
  // The address may hold colons (IPv6); the port is behind the last, before the bus port and the host name.
  const match = /^(.*):(\d+)(?:@\d+)?(?:,([^,]*))?/.exec(place ?? '');
  if (id === undefined || flagText === undefined || !match) return undefined;
  const flags = flagText.split(',');
  const owned = ranges.filter((range) => !range.startsWith('['));
  return {
    id,
    host: match[1] || askedHost,
    port: Number(match[2]),
    hostname: match[3] || undefined,
    role: flags.includes('slave') ? 'replica' : 'primary',
    flags: flags.filter((flag) => !['myself', 'master', 'slave', 'noflags'].includes(flag)),
    primaryId: primaryId === '-' ? undefined : primaryId,
    slots: owned.reduce((sum, range) => sum + slotsOf(range), 0),
    moving: ranges.length - owned.length,
  };
}

/** `0-5460`, `17`. */
function slotsOf(range: string): number {
  const [first, last = first] = range.split('-').map(Number);
  return first === undefined || last === undefined || Number.isNaN(last - first) ? 0 : last - first + 1;
}

/** The fields of CLUSTER INFO, as numbers and words: `cluster_state:ok`. */
export function parseClusterInfo(reply: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    reply
      .split(/\r?\n/)
      .map((line) => line.split(':'))
      .flatMap(([name, value]) => (name && value !== undefined ? [[name, value]] : [])),
  );
}
