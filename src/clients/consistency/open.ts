import type { Clock } from '../../core/clock.ts';
import type { ConsistencyCheck } from '../../core/consistency/model.ts';
import type { Environment } from '../../core/environment/environment.ts';
import { OpsError } from '../../core/errors.ts';
import { resolveHttpTarget } from '../http.ts';
import { configuredCollections, listCollections } from '../qdrantProbe.ts';
import { findPrimaries } from '../redisPrimaries.ts';
import { resolveRedisTopology } from '../redisTarget.ts';
import type { SecretLookup } from '../redisTarget.ts';
import type { Tunnels } from '../tunnels.ts';
import { checkConsistency } from './check.ts';
import type { ConsistencyRequest } from './check.ts';

export interface ConsistencySurroundings {
  readonly environment: Environment;
  readonly secret: SecretLookup;
  readonly tunnels: Pick<Tunnels, 'of'>;
  readonly clock: Clock;
}

/** Connects to both stores of the environment, checks, and ends the connections. Throws OpsError where one cannot be reached. */
export async function openAndCheckConsistency(
  { environment, secret, tunnels, clock }: ConsistencySurroundings,
  wanted: Pick<ConsistencyRequest, 'link' | 'budget' | 'onProgress'>,
  signal: AbortSignal,
): Promise<ConsistencyCheck> {
  const { qdrant, namespaces = {} } = environment.settings;
  if (!qdrant) throw new OpsError('settings', `${environment.name} names no Qdrant.`);
  const way = tunnels.of(environment, 'redis');
  const target = await resolveHttpTarget(environment, 'qdrant', qdrant, secret, tunnels.of(environment, 'qdrant'));
  try {
    const redis = await findPrimaries(await resolveRedisTopology(environment, secret, way?.dial), clock, signal);
    const configured = configuredCollections(environment);
    const collections = configured.length > 0 ? configured : await listCollections({ target, signal, clock });
    const request = {
      ...wanted,
      environment: environment.name,
      qdrant: target,
      collections,
      redis,
      // A namespace that says nothing of Qdrant may have no points at all.
      namespaces: Object.entries(namespaces).flatMap(([name, { prefix, collection, filter }]) =>
        collection === undefined && filter === undefined ? [] : [{ name, prefix, collection }],
      ),
      wantedSize: qdrant.vectorSize,
    };
    return await checkConsistency(request, clock, signal);
  } finally {
    target.close();
    way?.close();
  }
}
