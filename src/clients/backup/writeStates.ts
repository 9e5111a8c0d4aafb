import type { Redis } from 'ioredis';
import { writeGuard } from '../../core/backup/writeState.ts';
import type { WriteState, WriteStates } from '../../core/backup/writeState.ts';
import { OpsError } from '../../core/errors.ts';
import { isForFailedSave } from '../../core/health/redisPersistence.ts';
import { identityDifferences } from '../../core/operations/identity.ts';
import type { ServiceIdentity } from '../../core/operations/identity.ts';
import { onEach, readIdentity } from '../redisIdentity.ts';
import { addressOf } from '../redisLink.ts';
import type { RedisTarget } from '../redisLink.ts';
import { pingRefused } from '../redisReader.ts';
import { configOf } from './redisSave.ts';
import type { StoreServices } from './services.ts';

/** Whether the primaries of an environment take writes, and has them take them. */
export class RedisWriteStates implements WriteStates {
  readonly #services: StoreServices;

  constructor(services: StoreServices) {
    this.#services = services;
  }

  identify(signal: AbortSignal): Promise<readonly ServiceIdentity[]> {
    return this.#services.identify({ redis: true, qdrant: false }, signal);
  }

  async read(signal: AbortSignal): Promise<readonly WriteState[]> {
    return onEach(await this.#services.primaries(signal), this.#services.clock, signal, readState);
  }

  async allow({ address, identity: seen }: WriteState, signal: AbortSignal): Promise<void> {
    const targets = await this.#services.primaries(signal);
    const there = targets.filter((target) => addressOf(target) === address);
    if (there.length === 0) throw notAsSeen(`${address} is no primary of this environment any more.`);
    await onEach(there, this.#services.clock, signal, async (redis, target) => {
      // Over the very connection that changes it: another may have taken the address since it was checked.
      const { identity } = await readIdentity(redis, target);
      const differences = identityDifferences([seen], [identity]);
      if (differences.length > 0) throw notAsSeen(differences.join(' '));
      await redis.call('CONFIG', 'SET', writeGuard, 'no');
    });
  }

  close(): void {
    this.#services.close();
  }
}

async function readState(redis: Redis, target: RedisTarget): Promise<WriteState> {
  const [{ identity, info, isCluster }, refusal, guard, savePoints] = await Promise.all([
    readIdentity(redis, target),
    pingRefused(redis),
    configOf(redis, writeGuard),
    configOf(redis, 'save'),
  ]);
  const isRefusing = refusal !== undefined && isForFailedSave(refusal);
  return {
    identity,
    address: identity.address,
    user: target.username ?? 'default',
    isCluster,
    info,
    refusal,
    guard,
    savePoints,
    denied: isRefusing ? await whyDenied(redis) : undefined,
  };
}

/** Tried with a setting that there is not: who may call CONFIG SET is told that, everybody else that they may not. */
async function whyDenied(redis: Redis): Promise<string | undefined> {
  try {
    await redis.call('CONFIG', 'SET', 'cache-ops-no-such-setting', 'no');
    return undefined;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return /^NOPERM|unknown (?:sub)?command/i.test(message) ? message.trim() : undefined;
  }
}

function notAsSeen(what: string): OpsError {
  return new OpsError('conflict', `${what} Nothing was changed there.`, { next: 'Plan again.' });
}
