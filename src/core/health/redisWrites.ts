/** How often commands that put something into Redis were called since it counts them. */
export interface WriteCalls {
  readonly calls: number;
  /** Wall clock of the reading, ms since 1970. */
  readonly atMs: number;
}

/** Commands that put values, whichever client calls them; what only removes, or sets an expiry, is no write of a cache. */
export const writeCommands: readonly string[] =
  'set setex psetex setnx mset msetnx getset append setrange restore hset hmset hsetnx lpush rpush sadd zadd xadd json.set'.split(
    ' ',
  );

const counted = new Set(writeCommands);

/**
 * Reads the reply of INFO commandstats, `cmdstat_set:calls=5,usec=12,…`; undefined where the server keeps none. Source:
 * redis.io/commands/info
 */
export function parseWriteCalls(reply: string): number | undefined {
  const all = [...reply.matchAll(/^cmdstat_([^:\r\n]+):calls=(\d+)/gm)];
  if (all.length === 0) return undefined;
  return all.reduce((sum, [, name = '', calls]) => (counted.has(name.toLowerCase()) ? sum + Number(calls) : sum), 0);
}

/** Of several primaries together; undefined where one of them does not tell. */
export function sumWriteCalls(all: readonly (WriteCalls | undefined)[]): WriteCalls | undefined {
  const known = all.flatMap((one) => one ?? []);
  if (known.length === 0 || known.length < all.length) return undefined;
  return {
    calls: known.reduce((sum, { calls }) => sum + calls, 0),
    atMs: Math.max(...known.map(({ atMs }) => atMs)),
  };
}
