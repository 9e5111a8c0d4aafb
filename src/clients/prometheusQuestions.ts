import { OpsError } from '../core/errors.ts';
import type { Part } from '../core/health/monitorParts.ts';
import type { PrometheusEssential, PrometheusWanted } from '../core/health/prometheusReport.ts';
import type { MarkedValue } from '../core/metrics/prometheusLookups.ts';
import { lookupExpressions } from '../core/metrics/prometheusLookups.ts';
import { ofJob } from '../core/metrics/selector.ts';
import { getText } from './http.ts';
import type { Asking } from './httpProbe.ts';
import { parseJson, readPart, requestTimeoutMs, statusError } from './httpProbe.ts';
import { vectorAnswer } from './prometheusAnswers.ts';

/** Proxies refuse addresses of 8 KB and more. */
const longestPath = 6_000;

/** What is asked of a Prometheus at every poll: all in one query, as long as none of it is refused. */
export class PrometheusQuestions {
  readonly #wanted: PrometheusWanted;
  #apart = false;

  constructor(wanted: PrometheusWanted) {
    this.#wanted = wanted;
  }

  /** Throws OpsError when Prometheus does not answer; `windowMs` is that of the hit rate. */
  async ask(asking: Asking, windowMs: number): Promise<PrometheusEssential> {
    const { queries = [] } = this.#wanted;
    const essential = essentialExpressions(this.#wanted, windowMs);
    const numbers = queries.map((query, index) => marked(query, numberMark(index)));
    const together = await this.#askTogether(asking, [...essential, ...numbers]);
    if (together) return essentialOf(together, this.#wanted, windowMs, numbersPart(together, queries, asking));
    const [values, others] = await Promise.all([
      queryMarked(asking, essential),
      readPart(asking, async () => numbersOf(await queryMarked(asking, numbers), queries)),
    ]);
    return essentialOf(values, this.#wanted, windowMs, others);
  }

  /** Undefined where that is too long, or was refused: from then on a query that is refused concerns its alerts only. */
  async #askTogether(asking: Asking, expressions: readonly string[]): Promise<readonly MarkedValue[] | undefined> {
    if (this.#apart || pathOf(expressions).length > longestPath) return undefined;
    const answer = await askMarked(asking, expressions);
    if (!('refused' in answer)) return answer.values;
    this.#apart = true;
    return undefined;
  }
}

/** Names under which a query returns its values; a metric's is its index. */
const markLabel = 'cache_ops';

export function marked(expression: string, mark: string): string {
  return `label_replace(${expression}, "${markLabel}", "${mark}", "", "")`;
}

function numberMark(index: number): string {
  return `number ${index}`;
}

function essentialExpressions({ job, metrics, cache }: PrometheusWanted, windowMs: number): readonly string[] {
  const up = ofJob('up', job);
  return [
    marked('vector(1)', 'answers'),
    marked(`count(${up})`, 'targets'),
    marked(`sum(${up})`, 'up'),
    marked('count(ALERTS{alertstate="firing"})', 'firing'),
    ...metrics.map(({ selector }, index) => marked(`time() - max(timestamp(${ofJob(selector, job)}))`, String(index))),
    ...(cache ? [...lookupExpressions(cache, windowMs)].map(([mark, expression]) => marked(expression, mark)) : []),
  ];
}

function essentialOf(
  all: readonly MarkedValue[],
  { metrics }: PrometheusWanted,
  windowMs: number,
  numbers: PrometheusEssential['numbers'],
): PrometheusEssential {
  const values = new Map(all.map(({ mark, value }) => [mark, value]));
  if (!values.has('answers'))
    throw new OpsError('protocol', 'The answer to a query lacks what every engine must give: vector(1).');
  const agesSeconds = new Map(
    metrics.flatMap((_, index) => {
      const age = values.get(String(index));
      return age === undefined || Number.isNaN(age) ? [] : [[index, age] as const];
    }),
  );
  return {
    agesSeconds,
    targets: values.get('targets'),
    up: values.get('up'),
    firing: values.get('firing') ?? 0,
    numbers,
    lookups: { windowMs, values: all },
  };
}

function numbersPart(
  values: readonly MarkedValue[],
  queries: readonly string[],
  { clock }: Asking,
): Part<ReadonlyMap<string, number>> {
  return { kind: 'value', value: numbersOf(values, queries), readAtMs: clock.wallMs() };
}

/** By query; one without a value is left out. */
function numbersOf(values: readonly MarkedValue[], queries: readonly string[]): ReadonlyMap<string, number> {
  const byMark = new Map(values.map(({ mark, value }) => [mark, value]));
  return new Map(
    queries.flatMap((query, index) => {
      const value = byMark.get(numberMark(index));
      return value === undefined ? [] : [[query, value] as const];
    }),
  );
}

/** Asks for all expressions in one query. Throws OpsError where that is refused, or nothing of that kind answers. */
export async function queryMarked(asking: Asking, expressions: readonly string[]): Promise<readonly MarkedValue[]> {
  if (expressions.length === 0) return [];
  const answer = await askMarked(asking, expressions);
  if ('refused' in answer) throw new OpsError('protocol', `Prometheus refused the query: ${answer.refused}`);
  return answer.values;
}

async function askMarked(
  asking: Asking,
  expressions: readonly string[],
): Promise<{ readonly values: readonly MarkedValue[] } | { readonly refused: string }> {
  const path = pathOf(expressions);
  const answer = await getText(asking.target, path, asking.signal, { timeoutMs: requestTimeoutMs });
  const parsed = vectorAnswer.safeParse(parseJson(answer.body));
  if (!parsed.success) {
    if (answer.status < 200 || answer.status > 299) throw statusError(asking.target, path, answer);
    throw new OpsError('protocol', 'Something answers there, but not Prometheus’ query interface.', {
      next: 'Check prometheus.url of the environment, and its path prefix.',
    });
  }
  if (parsed.data.status === 'error') return { refused: parsed.data.error };
  const values = parsed.data.data.result.map(({ metric, value }) => ({
    mark: metric[markLabel] ?? '',
    labels: metric,
    value: Number(value[1]),
  }));
  return { values };
}

function pathOf(expressions: readonly string[]): string {
  return `/api/v1/query?${new URLSearchParams({ query: expressions.join(' or ') }).toString()}`;
}
