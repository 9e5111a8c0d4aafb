import * as z from 'zod/mini';
import { OpsError } from '../../core/errors.ts';
import { sendText } from '../http.ts';
import { askJson, statusError } from '../httpProbe.ts';
import type { Asking } from '../httpProbe.ts';
import { vectorSizesOf } from '../qdrantAnswers.ts';

// Qdrant's REST interface (api.qdrant.tech), read only: scroll, query with `sample` (from 1.11), points by id.

/** A point and the key that its payload names. */
export interface LinkedPoint {
  /** As JSON has it: a number may be too long for a double. */
  readonly id: string;
  readonly key: string | undefined;
}

export interface PointPage {
  readonly points: readonly LinkedPoint[];
  /** Where the next page begins; undefined: there is none. */
  readonly next: string | undefined;
}

export interface CollectionFacts {
  readonly points: number | undefined;
  readonly sizes: readonly number[];
  /** Payload fields that can be looked up without reading every point. */
  readonly indexed: ReadonlySet<string>;
}

const id = z.union([z.string(), z.number()]);
const point = z.object({ id, payload: z.optional(z.nullable(z.record(z.string(), z.unknown()))) });
const scrollAnswer = z.object({
  result: z.object({ points: z.array(point), next_page_offset: z.optional(z.nullable(id)) }),
});
const queryAnswer = z.object({ result: z.object({ points: z.array(point) }) });
const pointsAnswer = z.object({ result: z.array(point) });

const factsAnswer = z.pipe(
  z.object({
    result: z.object({
      points_count: z.optional(z.nullable(z.number())),
      payload_schema: z.optional(z.record(z.string(), z.unknown())),
      config: z.object({ params: z.object({ vectors: z.optional(z.unknown()) }) }),
    }),
  }),
  z.transform(({ result }): CollectionFacts => ({
    points: result.points_count ?? undefined,
    sizes: vectorSizesOf(result.config.params.vectors),
    indexed: new Set(Object.keys(result.payload_schema ?? {})),
  })),
);

/** The points of one collection, with the field of their payload that names a key. Every method throws OpsError. */
export class CollectionPoints {
  readonly #asking: Asking;
  readonly #path: string;
  readonly #link: string;

  constructor(asking: Asking, collection: string, link: string) {
    this.#asking = asking;
    this.#path = `/collections/${encodeURIComponent(collection)}`;
    this.#link = link;
  }

  async facts(): Promise<CollectionFacts> {
    const facts = await askJson(this.#asking, this.#path, factsAnswer);
    if (facts) return facts;
    throw new OpsError(
      'settings',
      `There is no ${decodeURIComponent(this.#path.slice('/collections/'.length))} in Qdrant.`,
      {
        next: 'Check qdrant.collections of the environment.',
      },
    );
  }

  /** In the order of their ids. */
  async page(limit: number, from: string | undefined): Promise<PointPage> {
    const { result } = await this.#post(
      'points/scroll',
      { limit, ...(from !== undefined && { offset: raw(from) }) },
      scrollAnswer,
    );
    const { next_page_offset: next } = result;
    return {
      points: this.#linked(result.points),
      next: next === undefined || next === null ? undefined : String(next),
    };
  }

  /** Some at random; undefined where the server is too old for that. */
  async sample(limit: number): Promise<readonly LinkedPoint[] | undefined> {
    try {
      const { result } = await this.#post('points/query', { query: { sample: 'random' }, limit }, queryAnswer);
      return this.#linked(result.points);
    } catch (error) {
      if (error instanceof OpsError && error.code === 'protocol') return undefined;
      throw error;
    }
  }

  /** Those of these ids that are there. */
  async byId(ids: readonly string[]): Promise<readonly LinkedPoint[]> {
    if (ids.length === 0) return [];
    const { result } = await this.#post('points', { ids: ids.map(raw) }, pointsAnswer);
    return this.#linked(result);
  }

  /** Those of these keys that a point names. */
  async named(keys: readonly string[]): Promise<ReadonlySet<string>> {
    const found = new Set<string>();
    const filter = { must: [{ key: this.#link, match: { any: keys } }] };
    let from: string | undefined;
    do {
      const body = { filter, limit: 1_000, ...(from !== undefined && { offset: raw(from) }) };
      const { result } = await this.#post('points/scroll', body, scrollAnswer);
      for (const { key } of this.#linked(result.points)) if (key !== undefined) found.add(key);
      from =
        result.next_page_offset === undefined || result.next_page_offset === null
          ? undefined
          : String(result.next_page_offset);
    } while (from !== undefined && found.size < keys.length);
    return found;
  }

  #linked(points: readonly z.output<typeof point>[]): readonly LinkedPoint[] {
    return points.map((one) => ({ id: String(one.id), key: textAt(one.payload ?? {}, this.#link) }));
  }

  async #post<T>(route: string, body: object, schema: z.ZodMiniType<T>): Promise<T> {
    const { target, signal } = this.#asking;
    const path = `${this.#path}/${route}`;
    const text = writeJson({ ...body, with_payload: [this.#link], with_vector: false });
    const message = { method: 'POST', body: text, headers: { 'content-type': 'application/json' } } as const;
    const answer = await sendText(target, path, message, signal, { timeoutMs: 30_000 });
    if (answer.status !== 200) throw statusError(target, path, answer);
    const parsed = schema.safeParse(readJson(answer.body));
    if (parsed.success) return parsed.data;
    throw new OpsError('protocol', `${target.baseUrl}${path} answered with something unexpected.`, {
      cause: parsed.error,
    });
  }
}

/** The text at `a` or `a.b`. */
function textAt(payload: Readonly<Record<string, unknown>>, field: string): string | undefined {
  let value: unknown = payload[field];
  if (value === undefined) {
    value = payload;
    for (const part of field.split('.')) value = isRecord(value) ? value[part] : undefined;
  }
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

const mark = '\u0000number:';

/** An id to be written as it was read. */
function raw(text: string): string {
  return /^\d+$/.test(text) ? mark + text : text;
}

function writeJson(body: object): string {
  return JSON.stringify(body).replaceAll(new RegExp(`"${String.raw`\\u0000`}number:(\\d+)"`, 'g'), '$1');
}

/** Ids go up to 2^64, which a number cannot hold: their digits are kept as a text. */
function readJson(text: string): unknown {
  try {
    return JSON.parse(text, (key, value: unknown, context?: { readonly source?: string }) =>
      (key === 'id' || key === 'next_page_offset') && typeof value === 'number'
        ? (context?.source ?? String(value))
        : value,
    );
  } catch {
    return undefined;
  }
}
