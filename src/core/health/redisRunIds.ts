import type { RedisSample } from './redisReport.ts';

/** INFO's `run_id` of what was read, of a cluster those of its primaries; none where one of them does not tell its own. */
export function runIdsOf({ info, cluster }: RedisSample): readonly string[] {
  const primaries = cluster?.nodes.filter(({ member }) => member.role === 'primary').map((node) => node.info);
  const ids = (primaries ?? [info]).map((one) => one?.run_id);
  return ids.every((id) => id !== undefined) ? ids : [];
}
