import * as z from 'zod/mini';
import { OpsError } from '../core/errors.ts';
import type { HttpTarget } from './http.ts';
import { getText } from './http.ts';

/** Prometheus' HTTP API, instant queries: prometheus.io/docs/prometheus/latest/querying/api. */
const answer = z.discriminatedUnion('status', [
  z.object({
    status: z.literal('success'),
    data: z.discriminatedUnion('resultType', [
      z.object({
        resultType: z.literal('vector'),
        result: z.array(z.object({ value: z.tuple([z.number(), z.string()]) })),
      }),
      z.object({ resultType: z.literal('scalar'), result: z.tuple([z.number(), z.string()]) }),
    ]),
  }),
  z.object({ status: z.literal('error'), errorType: z.string(), error: z.string() }),
]);

/**
 * The one value of an instant query; undefined when there is no data, which is not the same as NaN (0 by 0: no traffic).
 * Throws OpsError when Prometheus cannot be asked, refuses the query, or answers with several series.
 */
export async function queryValue(target: HttpTarget, query: string, signal: AbortSignal): Promise<number | undefined> {
  const { status, body } = await getText(target, `/api/v1/query?${new URLSearchParams({ query }).toString()}`, signal);
  const parsed = answer.safeParse(parseJson(body));
  if (!parsed.success)
    throw new OpsError('protocol', `Prometheus answered ${status} with something that is no query result.`, {
      next: 'Check prometheus.url of the environment.',
    });
  if (parsed.data.status === 'error')
    throw new OpsError('protocol', `Prometheus refused the query: ${parsed.data.error}`);
  const { data } = parsed.data;
  if (data.resultType === 'scalar') return Number(data.result[1]);
  const [first, ...others] = data.result;
  if (others.length > 0)
    throw new OpsError('protocol', `The query gives ${data.result.length} series, where one value is needed.`);
  return first && Number(first.value[1]);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
