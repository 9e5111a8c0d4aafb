import * as z from 'zod/mini';
import { OpsError } from '../../core/errors.ts';
import { matchOf } from '../../core/operations/flush/qdrantPoints.ts';
import type { PointFilter } from '../../core/operations/flush/request.ts';
import type { QdrantFlushStore, Report } from '../../core/operations/flush/stores.ts';
import type { ServiceIdentity } from '../../core/operations/identity.ts';
import { sendText } from '../http.ts';
import type { HttpTarget } from '../http.ts';
import { parseJson, statusError } from '../httpProbe.ts';
import { identifyQdrant } from '../qdrantIdentity.ts';

const pagePoints = 1_000;
/** Deleting a page waits until it is applied; an indexing segment can take its time. */
const timeoutMs = 60_000;

const countAnswer = z.object({ result: z.object({ count: z.number() }) });
const scrollAnswer = z.object({
  result: z.object({ points: z.array(z.object({ id: z.union([z.number(), z.string()]) })) }),
});

/**
 * Counts and deletes points over Qdrant's REST interface (its OpenAPI document: points/count, points/scroll,
 * points/delete). By pages of ids, since a deletion by filter can neither be cancelled nor show how far it is.
 */
export class QdrantFlush implements QdrantFlushStore {
  readonly address: string;
  readonly #open: () => Promise<HttpTarget>;
  #target: Promise<HttpTarget> | undefined;

  constructor(url: string, open: () => Promise<HttpTarget>) {
    this.address = url.replace(/\/+$/, '');
    this.#open = open;
  }

  async identify(signal: AbortSignal): Promise<ServiceIdentity> {
    return identifyQdrant(await this.#reach(), signal);
  }

  async count(collection: string, filter: PointFilter | undefined, signal: AbortSignal): Promise<number | undefined> {
    const answer = await this.#post(collection, 'count', { exact: true, ...whichOf(filter) }, countAnswer, signal);
    return answer?.result.count;
  }

  async remove(
    collection: string,
    filter: PointFilter | undefined,
    report: Report,
    signal: AbortSignal,
  ): Promise<number> {
    let removed = 0;
    for (;;) {
      signal.throwIfAborted();
      const scroll = { limit: pagePoints, with_payload: false, with_vector: false, ...whichOf(filter) };
      const page = await this.#post(collection, 'scroll', scroll, scrollAnswer, signal);
      const points = page?.result.points.map(({ id }) => id) ?? [];
      if (points.length === 0) return removed;
      // Once sent it is waited for: what is done is then known.
      await this.#post(collection, 'delete?wait=true', { points }, z.unknown(), new AbortController().signal);
      removed += points.length;
      report({ done: removed, unit: 'points', now: collection });
    }
  }

  close(): void {
    void this.#target?.then(
      (target) => target.close(),
      () => undefined,
    );
    this.#target = undefined;
  }

  #reach(): Promise<HttpTarget> {
    return (this.#target ??= this.#open());
  }

  /** Undefined where there is no such collection. */
  async #post<T>(
    collection: string,
    what: string,
    body: object,
    schema: z.ZodMiniType<T>,
    signal: AbortSignal,
  ): Promise<T | undefined> {
    const target = await this.#reach();
    const path = `/collections/${encodeURIComponent(collection)}/points/${what}`;
    const headers = { 'content-type': 'application/json' };
    const message = { method: 'POST' as const, body: JSON.stringify(body), headers };
    const answer = await sendText(target, path, message, signal, { timeoutMs });
    if (answer.status === 404) return undefined;
    if (answer.status !== 200) throw statusError(target, path, answer);
    const parsed = schema.safeParse(parseJson(answer.body));
    if (parsed.success) return parsed.data;
    throw new OpsError('protocol', `${this.address}${path} answered with something unexpected.`, {
      cause: parsed.error,
    });
  }
}

function whichOf(filter: PointFilter | undefined): object {
  return filter === undefined ? {} : { filter: matchOf(filter) };
}
