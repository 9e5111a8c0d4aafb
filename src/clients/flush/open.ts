import { randomUUID } from 'node:crypto';
import type { Clock } from '../../core/clock.ts';
import type { Environment } from '../../core/environment/environment.ts';
import { OpsError } from '../../core/errors.ts';
import { ApplicationClearPart } from '../../core/operations/flush/applicationClear.ts';
import { FlushOperation } from '../../core/operations/flush/flush.ts';
import type { FlushPart } from '../../core/operations/flush/part.ts';
import { patternOfPrefix } from '../../core/operations/flush/pattern.ts';
import { QdrantPointsPart } from '../../core/operations/flush/qdrantPoints.ts';
import { RedisDatabasePart } from '../../core/operations/flush/redisDatabase.ts';
import { RedisKeysPart } from '../../core/operations/flush/redisKeys.ts';
import type { FlushRequest } from '../../core/operations/flush/request.ts';
import { resolveHttpTarget } from '../http.ts';
import type { SecretLookup } from '../redisTarget.ts';
import { resolveRedisTopology } from '../redisTarget.ts';
import type { Tunnels } from '../tunnels.ts';
import { ApplicationClear } from './applicationClear.ts';
import { QdrantFlush } from './qdrantFlush.ts';
import { RedisFlush } from './redisFlush.ts';

/** What a flush of an environment is made with. */
export interface FlushSurroundings {
  readonly environment: Environment;
  readonly secret: SecretLookup;
  readonly tunnels: Tunnels;
  readonly clock: Clock;
}

/** Makes the operation for a wish. Throws OpsError `settings` where the environment has not what it names. */
export function openFlush(request: FlushRequest, at: FlushSurroundings): FlushOperation {
  return new FlushOperation(at.environment, request, partsOf(request, at));
}

function partsOf(request: FlushRequest, at: FlushSurroundings): readonly FlushPart[] {
  switch (request.what) {
    case 'pattern':
      return [keys(request.pattern, at)];
    case 'database':
    case 'allDatabases':
      return [
        new RedisDatabasePart(redisOf(at), {
          ownPrefixes: prefixesOf(at.environment),
          allDatabases: request.what === 'allDatabases',
        }),
      ];
    case 'points':
      return [new QdrantPointsPart(qdrantOf(at), [request.collection], request.filter)];
    case 'collection':
      return [new QdrantPointsPart(qdrantOf(at), [request.collection], undefined)];
    case 'namespace':
      return namespaceParts(request.name, at);
    case 'application':
      return [applicationPart(at)];
  }
}

/** Both stores, where the environment has both. */
function namespaceParts(name: string, at: FlushSurroundings): readonly FlushPart[] {
  const { redis, qdrant, namespaces = {} } = at.environment.settings;
  const namespace = namespaces[name];
  if (!namespace) {
    throw new OpsError('settings', `${at.environment.name} has no namespace ${name}; nothing was done.`, {
      next: 'Name it in the environment’s namespaces.',
    });
  }
  const { prefix, filter, collection } = namespace;
  const collections = collection === undefined ? (qdrant?.collections ?? []) : [collection];
  return [
    ...(redis ? [keys(patternOfPrefix(prefix), at)] : []),
    ...(qdrant && filter && collections.length > 0 ? [new QdrantPointsPart(qdrantOf(at), collections, filter)] : []),
  ];
}

function keys(pattern: string, at: FlushSurroundings): FlushPart {
  return new RedisKeysPart(redisOf(at), pattern, randomUUID().slice(0, 8));
}

function redisOf({ environment, secret, tunnels, clock }: FlushSurroundings): RedisFlush {
  if (!environment.settings.redis) throw missing(environment, 'redis');
  const tunnel = tunnels.of(environment, 'redis');
  return new RedisFlush({
    open: () => resolveRedisTopology(environment, secret, tunnel?.dial),
    clock,
    gentle: environment.tier === 'production',
    onClose: () => tunnel?.close(),
  });
}

function qdrantOf({ environment, secret, tunnels }: FlushSurroundings): QdrantFlush {
  const { qdrant } = environment.settings;
  if (!qdrant) throw missing(environment, 'qdrant');
  const open = () => resolveHttpTarget(environment, 'qdrant', qdrant, secret, tunnels.of(environment, 'qdrant'));
  return new QdrantFlush(qdrant.url, open);
}

function applicationPart(at: FlushSurroundings): FlushPart {
  const { environment, secret, tunnels } = at;
  const { application, redis } = environment.settings;
  if (application?.clear === undefined) throw missing(environment, 'application.clear');
  const open = (url: string) => () =>
    resolveHttpTarget(
      environment,
      'application',
      { ...application, url },
      secret,
      tunnels.of(environment, 'application'),
    );
  const store = new ApplicationClear({
    url: application.clear,
    method: application.clearMethod,
    open: open(application.clear),
    openHealth: application.health === undefined ? undefined : open(application.health),
  });
  return new ApplicationClearPart(store, { redis: redis && redisOf(at), prefixes: prefixesOf(environment) });
}

function prefixesOf({ settings }: Environment): readonly string[] {
  return Object.values(settings.namespaces ?? {}).map(({ prefix }) => prefix);
}

function missing({ name }: Environment, field: string): OpsError {
  return new OpsError('settings', `${name} names no ${field}; nothing was done.`, {
    next: `Set ${field} in the environment.`,
  });
}
