import * as z from 'zod/mini';
import type { RedisSample } from '../health/redisReport.ts';
import type { SourcedHitRate } from '../metrics/sourcedHitRate.ts';
import type { Points } from './series.ts';

/** What one poll of a service brought, in numbers. */
export interface Poll {
  readonly service: 'redis' | 'redisWrites' | 'qdrant' | 'application';
  /** Wall clock, ms since 1970. */
  readonly atMs: number;
  /** Of the process that counts: with another, or one that was started again, counters begin anew. */
  readonly run: string;
  /** What only ever grows while `run` stays the same. */
  readonly counters: Readonly<Record<string, number>>;
  readonly gauges: Readonly<Record<string, number>>;
}

type Row = Readonly<Record<string, number>>;

/** Six hours in detail, thirty days roughly. */
export const tierShapes = [
  { everyMs: 15_000, most: 1_440 },
  { everyMs: 300_000, most: 8_640 },
] as const;

/** A poll that comes a moment early is not left out for it. */
const slackMs = 1_000;
/** More names than this come from labels nobody meant to be recorded. */
const mostNames = 100;

const numbers = z.record(z.string(), z.number());
const tierSchema = z.object({
  atMs: z.array(z.number()),
  /** Each as long as `atMs`; null where a poll did not say. */
  columns: z.record(z.string(), z.array(z.nullable(z.number()))),
});
const trackSchema = z.object({ tiers: z.array(tierSchema), run: z.string(), raw: numbers, total: numbers });
const savedSchema = z.object({ version: z.literal(1), tracks: z.record(z.string(), trackSchema) });

type Tier = z.output<typeof tierSchema>;
type Track = z.output<typeof trackSchema>;

/**
 * What the extension has seen of an environment by itself: a ring of bounded size. Counters are kept as totals since the
 * recording began, so that a restart, a failover or another window can never be taken for traffic: what was counted in
 * between is left out, and a restart is a mark.
 */
export class Recording {
  readonly #tracks: Map<string, Track>;
  #changed = false;

  private constructor(tracks: Readonly<Record<string, Track>>) {
    this.#tracks = new Map(Object.entries(tracks));
  }

  static empty(): Recording {
    return new Recording({});
  }

  /** From the text of {@link toText}; undefined when it is none. */
  static parse(text: string): Recording | undefined {
    try {
      const parsed = savedSchema.safeParse(JSON.parse(text));
      return parsed.success ? new Recording(parsed.data.tracks) : undefined;
    } catch {
      return undefined;
    }
  }

  /** Whether there is something to save since `toText` was last called. */
  get changed(): boolean {
    return this.#changed;
  }

  toText(): string {
    this.#changed = false;
    return JSON.stringify({ version: 1, tracks: Object.fromEntries(this.#tracks) });
  }

  add(poll: Poll): void {
    const track = this.#tracks.get(poll.service) ?? newTrack(poll);
    this.#tracks.set(poll.service, track);
    const row = { ...count(track, poll), ...poll.gauges };
    for (const [index, shape] of tierShapes.entries()) {
      const tier = track.tiers[index];
      const lastMs = tier?.atMs.at(-1) ?? Number.NEGATIVE_INFINITY;
      if (!tier || poll.atMs - lastMs < shape.everyMs - slackMs) continue;
      append(tier, poll.atMs, row, shape.most);
      this.#changed = true;
    }
  }

  /** What was recorded since `fromMs`, in order of time: in detail where there is detail of all of it. */
  points(service: Poll['service'], name: string, fromMs: number): Points {
    const [fine, coarse] = this.#tracks.get(service)?.tiers ?? [];
    const neededMs = Math.max(fromMs, coarse?.atMs[0] ?? Number.POSITIVE_INFINITY);
    return pointsOf((fine?.atMs[0] ?? Number.POSITIVE_INFINITY) <= neededMs ? fine : coarse, name, fromMs);
  }

  /** Names of a service that begin so, without the beginning: the namespaces below `hits/`. */
  namesBelow(service: Poll['service'], beginning: string): readonly string[] {
    const names = new Set(this.#tracks.get(service)?.tiers.flatMap(({ columns }) => Object.keys(columns)));
    return [...names].flatMap((name) => (name.startsWith(beginning) ? [name.slice(beginning.length)] : []));
  }

  has(service: Poll['service']): boolean {
    return this.#tracks.has(service);
  }
}

function newTrack({ run, counters }: Poll): Track {
  return { tiers: tierShapes.map(() => ({ atMs: [], columns: {} })), run, raw: { ...counters }, total: {} };
}

/** Totals since the recording began, and how often another process counted. */
function count(track: Track, { run, counters }: Poll): Row {
  const same = track.run === run && Object.entries(counters).every(([name, raw]) => raw >= (track.raw[name] ?? 0));
  for (const [name, raw] of Object.entries(counters))
    track.total[name] = (track.total[name] ?? 0) + (same ? raw - (track.raw[name] ?? raw) : 0);
  track.total['restarts'] = (track.total['restarts'] ?? 0) + (same ? 0 : 1);
  track.run = run;
  track.raw = { ...counters };
  return track.total;
}

function append({ atMs, columns }: Tier, at: number, row: Row, most: number): void {
  for (const name of Object.keys(row))
    if (!columns[name] && Object.keys(columns).length < mostNames)
      columns[name] = Array.from<null>({ length: atMs.length }).fill(null);
  atMs.push(at);
  for (const [name, column] of Object.entries(columns)) column.push(row[name] ?? null);
  const tooMany = atMs.length - most;
  if (tooMany <= 0) return;
  atMs.splice(0, tooMany);
  for (const column of Object.values(columns)) column.splice(0, tooMany);
}

function pointsOf(tier: Tier | undefined, name: string, fromMs: number): Points {
  const atMs: number[] = [];
  const values: number[] = [];
  for (const [index, value] of (tier?.columns[name] ?? []).entries()) {
    const at = tier?.atMs[index] ?? 0;
    if (value === null || at < fromMs) continue;
    atMs.push(at);
    values.push(value);
  }
  return { atMs, values };
}

/** A Redis poll as it is recorded. */
export function redisPoll({ info, address, roundTripMs, readAtMs }: RedisSample): Poll {
  return {
    service: 'redis',
    atMs: readAtMs,
    run: `${address} ${info?.run_id ?? ''}`,
    counters: given({
      hits: info?.keyspace_hits,
      misses: info?.keyspace_misses,
      evicted: info?.evicted_keys,
      expired: info?.expired_keys,
      commands: info?.total_commands_processed,
    }),
    gauges: given({
      // A tenth of a microsecond is more than it is good for.
      roundTripMs: Math.round(roundTripMs * 1e4) / 1e4,
      memory: info?.used_memory,
      maxmemory: info?.maxmemory,
      keys: info?.keyspace.reduce((sum, { keys }) => sum + keys, 0),
      clients: info?.connected_clients,
    }),
  };
}

/** How much was written; read less often than the rest, and therefore apart. Undefined where it is not told. */
export function writesPoll({ info, address, slow }: RedisSample): Poll | undefined {
  const writes = slow?.writes;
  return (
    writes && {
      service: 'redisWrites',
      atMs: writes.atMs,
      run: `${address} ${info?.run_id ?? ''}`,
      counters: { writes: writes.calls },
      gauges: {},
    }
  );
}

function given(row: Readonly<Record<string, number | undefined>>): Row {
  return Object.fromEntries(
    Object.entries(row).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

/** What the application's metrics page showed, as lookups a second of each namespace; undefined while it tells no rate. */
export function applicationPoll(rates: readonly SourcedHitRate[]): Poll | undefined {
  const page = rates.find(({ source }) => source === 'metricsPage');
  if (page?.newestAtMs === undefined || page.rate.kind === 'noData') return undefined;
  const namespaces = page.parts.filter(({ kind }) => kind === 'namespace');
  const parts = namespaces.length > 0 ? namespaces : [{ name: 'all', rate: page.rate }];
  const gauges: Record<string, number> = {};
  for (const { name, rate } of parts) {
    if (rate.kind === 'noData') continue;
    const perSecond = (counted: number): number => (counted * 1000) / (rate.windowMs ?? Number.POSITIVE_INFINITY);
    gauges[`hits/${name}`] = rate.kind === 'rate' ? perSecond(rate.hits) : 0;
    gauges[`misses/${name}`] = rate.kind === 'rate' ? perSecond(rate.misses) : 0;
  }
  return { service: 'application', atMs: page.newestAtMs, run: '', counters: {}, gauges };
}
