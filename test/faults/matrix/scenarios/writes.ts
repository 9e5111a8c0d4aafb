import path from 'node:path';
import { allowWritesIn, failASave, savePoints } from '../../../live/support/failedSave.ts';
import type { Scenario } from '../scenario.ts';
import { environmentAt, fillKeys } from './stores.ts';

export const writes: readonly Scenario[] = [
  {
    name: 'allow writes after a failed save',
    servers: ['redis'],
    prepare: async (world) => {
      await world.redis((client) => client.config('SET', 'stop-writes-on-bgsave-error', 'no'));
      await fillKeys(world);
      await world.redis(async (client) => {
        await client.config('SET', 'stop-writes-on-bgsave-error', 'yes', 'save', savePoints);
        await failASave(client, path.join(world.place.folder, 'redis'));
      });
    },
    operation: (place) => Promise.resolve(allowWritesIn(environmentAt(place))),
    touches: /^writes to redis$/,
    // A server that was started again takes them by itself.
    reached: (now) => (now.get('writes to redis') === 'taken' ? 'all' : 'nothing'),
  },
];
