import type { SentinelPrimary } from './redisTopology.ts';

/** Reads the SENTINEL MASTER reply, a flat list of names and values; undefined when it names no address. */
export function parseSentinelPrimary(reply: unknown): SentinelPrimary | undefined {
  if (!Array.isArray(reply)) return undefined;
  const fields = new Map<string, string>();
  for (let index = 0; index + 1 < reply.length; index += 2) fields.set(String(reply[index]), String(reply[index + 1]));
  const host = fields.get('ip');
  const port = Number(fields.get('port'));
  if (host === undefined || !Number.isInteger(port) || port < 1) return undefined;
  const count = (name: string): number | undefined => {
    const value = Number(fields.get(name) ?? Number.NaN);
    return Number.isInteger(value) ? value : undefined;
  };
  return {
    host,
    port,
    flags: (fields.get('flags') ?? '').split(',').filter((flag) => flag !== ''),
    replicas: count('num-slaves'),
    quorum: count('quorum'),
    epoch: count('config-epoch') ?? 0,
  };
}
