import * as z from 'zod/mini';
import type { Alias, Cluster, Collection, Shards, Snapshot } from '../core/health/qdrantModel.ts';
import { snapshotTime } from '../core/health/qdrantSnapshots.ts';

// Qdrant's REST interface (api.qdrant.tech), versions 1.9 to 1.19, as far as it is read here. Fields that came or went in
// between may be missing; what is unknown is ignored.

const count = z.optional(z.nullable(z.number()));

/** GET /. Open even where a key is set. */
export const rootAnswer = z.pipe(
  z.object({ version: z.string(), title: z.optional(z.string()) }),
  z.transform(({ version }) => version),
);

/** GET /collections: in no order. */
export const listAnswer = z.pipe(
  z.object({ result: z.object({ collections: z.array(z.object({ name: z.string() })) }) }),
  z.transform(({ result }): readonly string[] => result.collections.map(({ name }) => name).toSorted()),
);

const vectorParams = z.object({ size: z.number(), distance: z.optional(z.string()) });

const collection = z.object({
  status: z.string(),
  optimizer_status: z.optional(z.union([z.string(), z.object({ error: z.string() }), z.unknown()])),
  points_count: count,
  indexed_vectors_count: count,
  segments_count: count,
  config: z.optional(
    z.object({
      params: z.optional(
        z.object({ vectors: z.optional(z.union([vectorParams, z.record(z.string(), vectorParams), z.unknown()])) }),
      ),
    }),
  ),
  warnings: z.optional(z.nullable(z.array(z.object({ message: z.string() })))),
  update_queue: z.optional(z.nullable(z.object({ length: count }))),
});

/** GET /collections/{name}, which may be an alias. */
export const collectionAnswer = z.pipe(
  z.object({ result: collection }),
  z.transform(({ result }): Collection => ({
    status: result.status,
    optimizerError: optimizerError(result.optimizer_status),
    points: result.points_count ?? undefined,
    indexed: result.indexed_vectors_count ?? undefined,
    segments: result.segments_count ?? undefined,
    waiting: result.update_queue?.length ?? undefined,
    vectors: vectorsOf(result.config?.params?.vectors),
    vectorSizes: vectorSizesOf(result.config?.params?.vectors),
    warnings: (result.warnings ?? []).map(({ message }) => message),
  })),
);

/** What a missing collection is told from a missing route by. */
export const missingCollection = z.object({
  status: z.object({ error: z.string().check(z.regex(/doesn't exist|not found/i)) }),
});

function optimizerError(status: unknown): string | undefined {
  if (status === undefined || status === 'ok') return undefined;
  const parsed = z.object({ error: z.string() }).safeParse(status);
  return parsed.success ? parsed.data.error : `not ok: ${JSON.stringify(status)}`;
}

function vectorsOf(vectors: unknown): readonly string[] {
  const words = ({ size, distance }: z.output<typeof vectorParams>): string =>
    `${size} dimensions${distance === undefined ? '' : `, ${distance}`}`;
  const single = vectorParams.safeParse(vectors);
  if (single.success) return [words(single.data)];
  const named = z.record(z.string(), vectorParams).safeParse(vectors);
  return named.success ? Object.entries(named.data).map(([name, one]) => `${name}: ${words(one)}`) : [];
}

/** Of the one vector without a name, or of each that has one. */
export function vectorSizesOf(vectors: unknown): readonly number[] {
  const single = vectorParams.safeParse(vectors);
  if (single.success) return [single.data.size];
  const named = z.record(z.string(), vectorParams).safeParse(vectors);
  return named.success ? Object.values(named.data).map(({ size }) => size) : [];
}

export const aliasesAnswer = z.pipe(
  z.object({
    result: z.object({ aliases: z.array(z.object({ alias_name: z.string(), collection_name: z.string() })) }),
  }),
  z.transform(({ result }): readonly Alias[] =>
    result.aliases.map(({ alias_name, collection_name }) => ({ alias: alias_name, collection: collection_name })),
  ),
);

export const snapshotsAnswer = z.pipe(
  z.object({
    result: z.array(
      z.object({ name: z.string(), size: z.number(), creation_time: z.optional(z.nullable(z.string())) }),
    ),
  }),
  z.transform(({ result }): readonly Snapshot[] =>
    result.map(({ name, size, creation_time }) => ({ name, sizeBytes: size, atMs: snapshotTime(name, creation_time) })),
  ),
);

const enabledCluster = z.object({
  status: z.literal('enabled'),
  peers: z.record(z.string(), z.unknown()),
  raft_info: z.optional(z.object({ leader: z.optional(z.nullable(z.number())) })),
  consensus_thread_status: z.optional(z.object({ consensus_thread_status: z.string() })),
  message_send_failures: z.optional(
    z.record(z.string(), z.object({ count: z.number(), latest_error: z.optional(z.nullable(z.string())) })),
  ),
});

/** GET /cluster. */
export const clusterAnswer = z.pipe(
  z.object({ result: z.union([enabledCluster, z.object({ status: z.literal('disabled') })]) }),
  z.transform(({ result }): Cluster => {
    if (result.status === 'disabled') return { enabled: false };
    return {
      enabled: true,
      peers: Object.keys(result.peers).length,
      hasLeader: result.raft_info === undefined || typeof result.raft_info.leader === 'number',
      consensus: result.consensus_thread_status?.consensus_thread_status ?? 'working',
      sendFailures: Object.entries(result.message_send_failures ?? {}).map(([peer, failure]) => ({
        peer,
        count: failure.count,
        error: failure.latest_error ?? 'not said',
      })),
    };
  }),
);

/** GET /collections/{name}/cluster. */
export const shardsAnswer = z.pipe(
  z.object({
    result: z.object({
      peer_id: z.number(),
      local_shards: z.array(z.object({ shard_id: z.number(), state: z.string() })),
      remote_shards: z.array(z.object({ shard_id: z.number(), peer_id: z.number(), state: z.string() })),
      shard_transfers: z.array(z.unknown()),
      resharding_operations: z.optional(z.nullable(z.array(z.unknown()))),
    }),
  }),
  z.transform(({ result }): Shards => ({
    replicas: [
      ...result.local_shards.map(({ shard_id, state }) => ({ shard: shard_id, peer: String(result.peer_id), state })),
      ...result.remote_shards.map(({ shard_id, peer_id, state }) => ({
        shard: shard_id,
        peer: String(peer_id),
        state,
      })),
    ],
    transfers: result.shard_transfers.length,
    resharding: result.resharding_operations?.length ?? 0,
  })),
);
