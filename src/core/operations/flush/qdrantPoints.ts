import { OpsError } from '../../errors.ts';
import { formatCount } from '../../format.ts';
import type { ServiceIdentity } from '../identity.ts';
import type { PlanContext, RunContext, RunReport, Verification } from '../operation.ts';
import type { FlushPart, PlannedPart } from './part.ts';
import { filterWords } from './request.ts';
import type { PointFilter } from './request.ts';
import type { QdrantFlushStore } from './stores.ts';

/** Points of some collections: those with a payload, or all of them. */
export class QdrantPointsPart implements FlushPart {
  readonly #store: QdrantFlushStore;
  readonly #collections: readonly string[];
  readonly #filter: PointFilter | undefined;

  /** No filter means every point. An empty one would too, and is refused: OpsError `settings`. */
  constructor(store: QdrantFlushStore, collections: readonly string[], filter: PointFilter | undefined) {
    if (filter && Object.keys(filter).length === 0) {
      throw new OpsError('settings', 'An empty filter means every point; nothing was done.', {
        next: 'Name a field and its value, or flush all points of the collection.',
      });
    }
    this.#store = store;
    this.#collections = collections;
    this.#filter = filter;
  }

  async identify(signal: AbortSignal): Promise<readonly ServiceIdentity[]> {
    return [await this.#store.identify(signal)];
  }

  async plan({ signal }: PlanContext): Promise<PlannedPart> {
    const counts = await this.#counts(signal);
    const known = counts.filter((one): one is { name: string; points: number } => one.points !== undefined);
    const missing = counts.filter(({ points }) => points === undefined);
    const total = known.reduce((sum, one) => sum + one.points, 0);
    const which = this.#filter ? `with ${filterWords(this.#filter)}` : 'all';
    return {
      isEmpty: total === 0,
      draft: {
        summary: `${formatCount(total)} points (${which}) of ${known.map(({ name }) => name).join(', ') || 'no collection'}`,
        targets: known.map(({ name, points }) => ({
          what: `Qdrant ${this.#store.address}, collection ${name}`,
          count: { value: points, unit: 'points', exact: true },
          detail: which,
        })),
        irreversible: ['Points that are removed are gone; only a snapshot or the application brings them back.'],
        warnings: missing.map(({ name }) => `There is no collection ${name} at ${this.#store.address}.`),
        steps: known.map(({ name }) => ({
          id: stepOf(name),
          title: `Delete the points of ${name}`,
          commands: [
            `curl -X POST '${this.#store.address}/collections/${encodeURIComponent(name)}/points/delete?wait=true' -H 'content-type: application/json' -d '${JSON.stringify({ filter: this.#filter ? matchOf(this.#filter) : {} })}'`,
          ],
        })),
      },
      run: (context) => this.#run(known, context),
      verify: (report, stop) => this.#verify(total, report, stop),
    };
  }

  close(): void {
    this.#store.close();
  }

  async #run(
    collections: readonly { readonly name: string; readonly points: number }[],
    context: RunContext,
  ): Promise<void> {
    for (const { name, points } of collections) {
      await context.step(stepOf(name), async ({ signal, report }) => {
        const done = await this.#store.remove(
          name,
          this.#filter,
          (progress) => report({ ...progress, total: Math.max(points, progress.done) }),
          signal,
        );
        report({ done, unit: 'points' });
      });
    }
  }

  async #verify(planned: number, report: RunReport, signal: AbortSignal): Promise<Verification> {
    const counts = await this.#counts(signal);
    const left = counts.reduce((sum, { points = 0 }) => sum + points, 0);
    const removed = report.steps.reduce(
      (sum, { id, progress }) => sum + (id.startsWith('qdrant ') ? (progress?.done ?? 0) : 0),
      0,
    );
    const gone = `${formatCount(removed)} points were deleted; ${formatCount(planned)} had been counted.`;
    if (left === 0) return { verdict: { kind: 'passed' }, findings: [gone, 'No such point is there now.'] };
    if (report.ended === 'completed') {
      const since = `${formatCount(left)} such points are there now: they were written since it began.`;
      return { verdict: { kind: 'passed' }, findings: [gone, since] };
    }
    return { verdict: { kind: 'failed', why: `${formatCount(left)} such points are still there` }, findings: [gone] };
  }

  #counts(signal: AbortSignal): Promise<readonly { readonly name: string; readonly points: number | undefined }[]> {
    return Promise.all(
      this.#collections.map(async (name) => ({ name, points: await this.#store.count(name, this.#filter, signal) })),
    );
  }
}

/** As Qdrant's REST interface takes it: every field has to have its value. */
export function matchOf(filter: PointFilter): {
  readonly must: readonly { readonly key: string; readonly match: { readonly value: PointFilter[string] } }[];
} {
  return { must: Object.entries(filter).map(([key, value]) => ({ key, match: { value } })) };
}

function stepOf(collection: string): string {
  return `qdrant ${collection}`;
}
