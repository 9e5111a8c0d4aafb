import { findPrimaries } from '../../clients/redisPrimaries.ts';
import { analyseKeyspace } from '../../clients/redisKeyspace.ts';
import { resolveRedisTopology } from '../../clients/redisTarget.ts';
import { systemClock } from '../../core/clock.ts';
import type { Environment } from '../../core/environment/environment.ts';
import { gentleBudget, usualBudget } from '../../core/keyspace/model.ts';
import type { PrefixCount } from '../../core/operations/flush/stores.ts';
import type { Services } from '../../services.ts';
import { secretLookup } from '../environments/secretLookup.ts';
import { withProgress } from '../prompts.ts';

/** A sample is enough to offer prefixes; what is chosen is counted exactly afterwards. */
const mostKeys = 200_000;

/** What keys begin with: of the last analysis, or of a look at some of them now. Cancelling gives those seen by then. */
export async function readPrefixes(services: Services, environment: Environment): Promise<PrefixCount> {
  const known = (await services.keyspaces()).made(environment.id);
  if (known) return { prefixes: known.prefixes, exact: false };
  const budget = { ...(environment.tier === 'production' ? gentleBudget : usualBudget), mostKeys, memoryOfEvery: 0 };
  const tunnel = services.tunnels.of(environment, 'redis');
  try {
    return await withProgress(`Looking for prefixes in ${environment.name}`, async (signal) => {
      const secret = secretLookup(environment, services.secrets);
      const topology = await resolveRedisTopology(environment, secret, tunnel?.dial);
      const targets = await findPrimaries(topology, systemClock, signal);
      const request = { environment: environment.name, targets, budget };
      const { prefixes, ended } = await analyseKeyspace(request, systemClock, signal);
      return { prefixes, exact: ended === 'complete' };
    });
  } finally {
    tunnel?.close();
  }
}
