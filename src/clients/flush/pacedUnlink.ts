import { setTimeout as wait } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { OpsError } from '../../core/errors.ts';
import { roundTripMs } from './redisConnection.ts';
import { isScriptRefused, unlinkScript } from './scripts.ts';

/** About half a millisecond of the server's time: nobody else waits longer for it. */
const pageKeys = 500;
const cursorLivesMs = 60_000;
/** Keys of one UNLINK where they need not be of one slot. */
const chunkKeys = 100;
/** Beyond this round trip pages are sent by the clock, not when the one before is answered. */
const farMs = 2;
const far = { everyMs: 2, most: 64 };
/** One page at a time: whatever others sent meanwhile is served before the next. */
const near = { everyMs: 0, most: 1 };

export interface UnlinkPages {
  readonly pattern: string;
  readonly cursorKey: string;
  readonly isCluster: boolean;
  /** Sends pages by the clock on a near server too, which then rests for most of the time. */
  readonly gentle: boolean;
  /** After each page, also of those that were under way when it was cancelled. */
  readonly onPage: (removed: number, denied: number) => void;
}

/**
 * Walks the keyspace of one server once and removes what matches. `sent` watches over every reply. Throws what Redis
 * replied; what was removed until then has been told. False when scripts are refused: nothing was removed by them then.
 */
export async function unlinkByScript(
  redis: Redis,
  { pattern, cursorKey, isCluster, gentle, onPage }: UnlinkPages,
  sent: <R>(reply: Promise<R>) => Promise<R>,
  signal: AbortSignal,
): Promise<boolean> {
  const { everyMs, most } = gentle || (await roundTripMs(redis)) > farMs ? far : near;
  const walk = { ended: false, failure: undefined as unknown };
  const underWay = new Set<Promise<void>>();
  const sendPage = async (): Promise<void> => {
    try {
      const reply = await sent(
        redis.eval(unlinkScript, 1, cursorKey, pattern, pageKeys, cursorLivesMs, isCluster ? 1 : chunkKeys),
      );
      const [removed, denied, isEnd] = numbersIn(reply);
      onPage(removed, denied);
      if (isEnd === 1) walk.ended = true;
    } catch (error) {
      walk.failure ??= error;
    }
  };
  // What an earlier walk left under this name would begin in the middle.
  await sent(redis.del(cursorKey));
  while (!walk.ended && walk.failure === undefined && !signal.aborted) {
    const page: Promise<void> = sendPage().finally(() => underWay.delete(page));
    underWay.add(page);
    if (everyMs > 0) await wait(everyMs);
    if (underWay.size >= most) await Promise.race(underWay);
  }
  await Promise.all(underWay);
  if (walk.failure !== undefined && isScriptRefused(walk.failure)) return false;
  if (walk.failure !== undefined) throw walk.failure;
  // It would expire by itself; nobody is served by an error about it.
  await sent(redis.del(cursorKey)).catch(() => undefined);
  if (signal.aborted) throw new OpsError('cancelled', 'Cancelled.');
  return true;
}

function numbersIn(reply: unknown): readonly [removed: number, denied: number, isEnd: number] {
  if (!Array.isArray(reply)) throw new OpsError('protocol', 'Redis answered a script with something else.');
  const [removed, denied, isEnd]: readonly unknown[] = reply;
  return [Number(removed), Number(denied), Number(isEnd)];
}

const scanKeys = 1_000;

/** The same by single commands: SCAN here, UNLINK there. Takes longer over a slow link; writes nothing. */
export async function unlinkByCommands(
  redis: Redis,
  { pattern, cursorKey, isCluster, onPage }: UnlinkPages,
  sent: <R>(reply: Promise<R>) => Promise<R>,
  signal: AbortSignal,
): Promise<void> {
  let cursor = '0';
  do {
    if (signal.aborted) throw new OpsError('cancelled', 'Cancelled.');
    const [next, found] = await sent(redis.scan(cursor, 'MATCH', pattern, 'COUNT', scanKeys));
    cursor = next;
    const keys = found.filter((key) => key !== cursorKey);
    const groups = isCluster ? keys.map((key) => [key]) : chunksOf(keys);
    const outcome = await unlinkGroups(redis, groups, sent);
    // Of a group, one key that may not be removed keeps the others.
    const again = outcome.denied.filter((group) => group.length > 1).flat();
    const single = await unlinkGroups(
      redis,
      again.map((key) => [key]),
      sent,
    );
    const denied =
      single.denied.length + outcome.denied.length - outcome.denied.filter((group) => group.length > 1).length;
    onPage(outcome.removed + single.removed, denied);
  } while (cursor !== '0');
}

async function unlinkGroups(
  redis: Redis,
  groups: readonly (readonly string[])[],
  sent: <R>(reply: Promise<R>) => Promise<R>,
): Promise<{ readonly removed: number; readonly denied: readonly (readonly string[])[] }> {
  if (groups.length === 0) return { removed: 0, denied: [] };
  const replies = (await sent(redis.pipeline(groups.map((keys) => ['unlink', ...keys])).exec())) ?? [];
  const denied: (readonly string[])[] = [];
  let removed = 0;
  for (const [index, [error, reply]] of replies.entries()) {
    if (!error) removed += Number(reply);
    else if (error.message.startsWith('NOPERM')) denied.push(groups[index] ?? []);
    else throw error;
  }
  return { removed, denied };
}

function chunksOf(keys: readonly string[]): readonly (readonly string[])[] {
  return Array.from({ length: Math.ceil(keys.length / chunkKeys) }, (_, index) =>
    keys.slice(index * chunkKeys, (index + 1) * chunkKeys),
  );
}
