import type { Clock } from '../core/clock.ts';
import type { Environment } from '../core/environment/environment.ts';
import { OpsError } from '../core/errors.ts';
import type { ServiceProbe } from '../core/health/monitor.ts';
import { wantedMetrics } from '../core/health/prometheusMetrics.ts';
import type { PrometheusDetails, PrometheusEssential, PrometheusWanted } from '../core/health/prometheusReport.ts';
import { reportPrometheus } from '../core/health/prometheusReport.ts';
import { ofJob } from '../core/metrics/selector.ts';
import { queriesOf, rulesOf } from '../core/watch/rulesOf.ts';
import { getText, resolveHttpTarget } from './http.ts';
import type { Asking } from './httpProbe.ts';
import { HttpProbe, askJson, askText, parseJson, readPart, requestTimeoutMs, statusError } from './httpProbe.ts';
import {
  buildAnswer,
  headAnswer,
  rulesAnswer,
  runtimeAnswer,
  targetsAnswer,
  vectorAnswer,
} from './prometheusAnswers.ts';
import type { SecretLookup } from './redisTarget.ts';
import type { TunnelWay } from './tunnels.ts';

/** Reads the Prometheus (or an engine with its interface) of an environment: one query each time, more now and then. */
export function openPrometheusProbe(
  environment: Environment,
  secret: SecretLookup,
  clock: Clock,
  tunnel?: TunnelWay,
): ServiceProbe {
  const { prometheus } = environment.settings;
  const wanted: PrometheusWanted = {
    job: prometheus?.job,
    metrics: wantedMetrics(environment.settings),
    queries: queriesOf(rulesOf(environment.settings)),
  };
  return new HttpProbe(
    {
      openTarget: () => {
        if (!prometheus) throw new OpsError('settings', `${environment.name} names no Prometheus.`);
        return resolveHttpTarget(environment, 'prometheus', prometheus, secret, tunnel);
      },
      readEssential: (asking) => readEssential(asking, wanted),
      readDetails: (asking, essential) => readDetails(asking, essential, wanted),
      changeMark: ({ up, targets, firing, agesSeconds }) =>
        `${up} ${targets} ${firing} ${[...agesSeconds.keys()].join()}`,
      report: (sample) => reportPrometheus(sample, wanted),
    },
    clock,
  );
}

/** Names under which the one query returns its values; a metric's is its index. */
const markLabel = 'cache_ops';

function marked(expression: string, mark: string): string {
  return `label_replace(${expression}, "${markLabel}", "${mark}", "", "")`;
}

function essentialQuery({ job, metrics }: PrometheusWanted): string {
  const up = job === undefined ? 'up' : `up{job=${JSON.stringify(job)}}`;
  return [
    marked('vector(1)', 'answers'),
    marked(`count(${up})`, 'targets'),
    marked(`sum(${up})`, 'up'),
    marked('count(ALERTS{alertstate="firing"})', 'firing'),
    ...metrics.map(({ selector }, index) => marked(`time() - max(timestamp(${ofJob(selector, job)}))`, String(index))),
  ].join(' or ');
}

async function readEssential(asking: Asking, wanted: PrometheusWanted): Promise<PrometheusEssential> {
  const [values, numbers] = await Promise.all([
    queryMarked(asking, essentialQuery(wanted)),
    readPart(asking, () => readNumbers(asking, wanted.queries ?? [])),
  ]);
  if (!values.has('answers'))
    throw new OpsError('protocol', 'The answer to a query lacks what every engine must give: vector(1).');
  const agesSeconds = new Map(
    wanted.metrics.flatMap((_, index) => {
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
  };
}

/** All queries in one, apart from what says whether Prometheus works: a query that is refused concerns its alerts only. */
async function readNumbers(asking: Asking, queries: readonly string[]): Promise<ReadonlyMap<string, number>> {
  if (queries.length === 0) return new Map();
  const values = await queryMarked(asking, queries.map((query, index) => marked(query, String(index))).join(' or '));
  return new Map(
    queries.flatMap((query, index) => {
      const value = values.get(String(index));
      return value === undefined ? [] : [[query, value] as const];
    }),
  );
}

async function queryMarked(asking: Asking, query: string): Promise<ReadonlyMap<string, number>> {
  const path = `/api/v1/query?${new URLSearchParams({ query }).toString()}`;
  const answer = await getText(asking.target, path, asking.signal, { timeoutMs: requestTimeoutMs });
  const parsed = vectorAnswer.safeParse(parseJson(answer.body));
  if (!parsed.success) {
    if (answer.status < 200 || answer.status > 299) throw statusError(asking.target, path, answer);
    throw new OpsError('protocol', 'Something answers there, but not Prometheus’ query interface.', {
      next: 'Check prometheus.url of the environment, and its path prefix.',
    });
  }
  if (parsed.data.status === 'error')
    throw new OpsError('protocol', `Prometheus refused the query: ${parsed.data.error}`);
  return new Map(
    parsed.data.data.result.map(({ metric, value }) => [metric[markLabel] ?? '', Number(value[1])] as const),
  );
}

async function readDetails(
  asking: Asking,
  { agesSeconds }: PrometheusEssential,
  wanted: PrometheusWanted,
): Promise<PrometheusDetails> {
  const [ready, version, targets, rules, reload, headSeries, seenLately] = await Promise.all([
    readPart(asking, () => askText(asking, '/-/ready')),
    readPart(asking, () => askJson(asking, '/api/v1/status/buildinfo', buildAnswer)),
    readPart(asking, () => askJson(asking, '/api/v1/targets?state=active', targetsAnswer)),
    readPart(asking, () => askJson(asking, '/api/v1/rules?type=alert', rulesAnswer)),
    readPart(asking, async () => (await askJson(asking, '/api/v1/status/runtimeinfo', runtimeAnswer)) ?? undefined),
    readPart(asking, () => askJson(asking, '/api/v1/status/tsdb?limit=1', headAnswer)),
    readPart(asking, () => readSeenLately(asking, agesSeconds, wanted)),
  ]);
  return {
    ready,
    version,
    targets,
    rules,
    reload,
    headSeries,
    seenLately,
  };
}

async function readSeenLately(
  asking: Asking,
  agesSeconds: ReadonlyMap<number, number>,
  { metrics, job }: PrometheusWanted,
): Promise<ReadonlySet<number>> {
  const absent = metrics.flatMap(({ selector }, index) => (agesSeconds.has(index) ? [] : [{ selector, index }]));
  if (absent.length === 0) return new Set();
  const query = absent.map(({ selector, index }) =>
    marked(`count(last_over_time(${ofJob(selector, job)}[1d]))`, String(index)),
  );
  return new Set([...(await queryMarked(asking, query.join(' or '))).keys()].map(Number));
}
