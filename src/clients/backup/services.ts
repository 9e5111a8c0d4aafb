import type { Clock } from '../../core/clock.ts';
import type { Environment } from '../../core/environment/environment.ts';
import { OpsError } from '../../core/errors.ts';
import type { ServiceIdentity } from '../../core/operations/identity.ts';
import { resolveHttpTarget } from '../http.ts';
import { identifyRedis } from '../redisIdentity.ts';
import type { RedisTarget } from '../redisLink.ts';
import { findPrimaries } from '../redisPrimaries.ts';
import { resolveRedisTopology } from '../redisTarget.ts';
import type { RedisTopology, SecretLookup } from '../redisTarget.ts';
import type { TunnelWay } from '../tunnels.ts';
import { QdrantSnapshots } from './qdrantSnapshots.ts';

/** The way to a service of the environment, where it goes through a tunnel. */
export type TunnelTo = (service: 'redis' | 'qdrant') => TunnelWay | undefined;

/** The stores of an environment, connected to when they are first asked for. */
export class StoreServices {
  readonly environment: Environment;
  readonly clock: Clock;
  readonly #secret: SecretLookup;
  readonly #tunnelTo: TunnelTo;
  #tunnel: TunnelWay | undefined;
  #topology: Promise<RedisTopology> | undefined;
  #qdrant: Promise<QdrantSnapshots> | undefined;

  constructor(environment: Environment, secret: SecretLookup, clock: Clock, tunnelTo: TunnelTo = () => undefined) {
    this.environment = environment;
    this.#secret = secret;
    this.clock = clock;
    this.#tunnelTo = tunnelTo;
  }

  topology(): Promise<RedisTopology> {
    return (this.#topology ??= this.#resolve());
  }

  /** The servers that hold the data now. */
  async primaries(signal: AbortSignal): Promise<readonly RedisTarget[]> {
    return findPrimaries(await this.topology(), this.clock, signal);
  }

  qdrant(): Promise<QdrantSnapshots> {
    return (this.#qdrant ??= this.#openQdrant());
  }

  /** Who answers, of the stores that are asked for. */
  async identify(uses: { readonly redis: boolean; readonly qdrant: boolean }, signal: AbortSignal) {
    const found: ServiceIdentity[] = [];
    if (uses.redis) found.push(...(await identifyRedis(await this.primaries(signal), this.clock, signal)));
    if (uses.qdrant) found.push(await (await this.qdrant()).identify(signal));
    return found;
  }

  close(): void {
    this.#tunnel?.close();
    void this.#qdrant?.then(
      (qdrant) => qdrant.close(),
      () => undefined,
    );
    this.#tunnel = this.#topology = this.#qdrant = undefined;
  }

  async #resolve(): Promise<RedisTopology> {
    if (!this.environment.settings.redis) throw noStore(this.environment, 'Redis', 'redis');
    this.#tunnel = this.#tunnelTo('redis');
    return resolveRedisTopology(this.environment, this.#secret, this.#tunnel?.dial);
  }

  async #openQdrant(): Promise<QdrantSnapshots> {
    const { qdrant } = this.environment.settings;
    if (!qdrant) throw noStore(this.environment, 'Qdrant', 'qdrant');
    const tunnel = this.#tunnelTo('qdrant');
    return new QdrantSnapshots(await resolveHttpTarget(this.environment, 'qdrant', qdrant, this.#secret, tunnel));
  }
}

function noStore({ name }: Environment, what: string, setting: string): OpsError {
  return new OpsError('settings', `${name} names no ${what}.`, { next: `Set ${setting} in the environment.` });
}
