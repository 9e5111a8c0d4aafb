import * as z from 'zod/mini';
import type { Labelled } from '../core/dashboard/load.ts';
import { endOf } from '../core/dashboard/range.ts';
import type { Grid } from '../core/dashboard/range.ts';
import type { Points } from '../core/dashboard/series.ts';
import { OpsError } from '../core/errors.ts';
import type { HttpTarget } from './http.ts';
import { getText } from './http.ts';
import { parseJson, statusError } from './httpProbe.ts';

/** A month of many namespaces takes longer than a poll may. */
const timeoutMs = 30_000;

/** `[seconds, "value"]`, by hand: of tens of thousands of points, a schema for each would take longer than the query. */
const points = z.pipe(
  z.array(z.unknown()),
  z.transform((raw, context): Points => {
    const atMs: number[] = [];
    const values: number[] = [];
    for (const point of raw) {
      const [seconds, value]: unknown[] = Array.isArray(point) ? point : [];
      if (typeof seconds !== 'number' || typeof value !== 'string') {
        context.issues.push({ code: 'custom', message: 'no point', input: point });
        return z.NEVER;
      }
      atMs.push(seconds * 1000);
      values.push(toNumber(value));
    }
    return { atMs, values };
  }),
);

const answer = z.discriminatedUnion('status', [
  z.object({
    status: z.literal('success'),
    data: z.object({
      resultType: z.literal('matrix'),
      result: z.array(z.object({ metric: z.record(z.string(), z.string()), values: points })),
    }),
  }),
  z.object({ status: z.literal('error'), error: z.string() }),
]);

/** `+Inf` and `-Inf` are Prometheus' words; anything else that is no number is NaN, as its own NaN is. */
function toNumber(text: string): number {
  if (text === '+Inf') return Number.POSITIVE_INFINITY;
  return text === '-Inf' ? Number.NEGATIVE_INFINITY : Number(text);
}

/**
 * The series a query gives at the moments of a grid (GET /api/v1/query_range); none where there is no data. Throws
 * OpsError when Prometheus cannot be asked or refuses the query.
 */
export async function queryRange(
  target: HttpTarget,
  query: string,
  grid: Grid,
  signal: AbortSignal,
): Promise<readonly Labelled[]> {
  const parameters = new URLSearchParams({
    query,
    start: String(grid.fromMs / 1000),
    end: String(endOf(grid) / 1000),
    step: String(grid.stepMs / 1000),
  });
  const path = '/api/v1/query_range';
  const { status, body } = await getText(target, `${path}?${parameters.toString()}`, signal, { timeoutMs });
  const parsed = answer.safeParse(parseJson(body));
  if (!parsed.success) {
    if (status < 200 || status > 299) throw statusError(target, path, { status, body });
    throw new OpsError('protocol', 'Something answers there, but not Prometheus’ query interface.', {
      next: 'Check prometheus.url of the environment, and its path prefix.',
    });
  }
  if (parsed.data.status === 'error')
    throw new OpsError('protocol', `Prometheus refused the query: ${parsed.data.error.replace(/\.?$/, '.')}`);
  return parsed.data.data.result.map(({ metric, values }) => ({ labels: metric, points: values }));
}
