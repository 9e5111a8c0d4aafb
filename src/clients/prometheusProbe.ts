import { stat } from 'node:fs/promises';
import type { Clock } from '../core/clock.ts';
import type { Environment } from '../core/environment/environment.ts';
import { OpsError } from '../core/errors.ts';
import type { ServiceProbe } from '../core/health/monitor.ts';
import { wantedMetrics } from '../core/health/prometheusMetrics.ts';
import type { PrometheusDetails, PrometheusEssential, PrometheusWanted } from '../core/health/prometheusReport.ts';
import type { WrittenFile } from '../core/health/prometheusReload.ts';
import { reportPrometheus, scrapeIntervalOf } from '../core/health/prometheusReport.ts';
import { recentWindowMs } from '../core/metrics/hitRate.ts';
import { cacheMetricsOf, windowOfStep } from '../core/metrics/promql.ts';
import { ofJob } from '../core/metrics/selector.ts';
import { queriesOf, rulesOf } from '../core/watch/rulesOf.ts';
import { resolveHttpTarget } from './http.ts';
import type { Asking } from './httpProbe.ts';
import { HttpProbe, askJson, askText, keepPart, readPart } from './httpProbe.ts';
import { buildAnswer, headAnswer, rulesAnswer, runtimeAnswer, targetsAnswer } from './prometheusAnswers.ts';
import { PrometheusQuestions, marked, queryMarked } from './prometheusQuestions.ts';
import { fromFolder } from './pem.ts';
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
    cache: cacheMetricsOf(environment.settings),
  };
  const questions = new PrometheusQuestions(wanted);
  return new HttpProbe<PrometheusEssential, PrometheusDetails>(
    {
      openTarget: () => {
        if (!prometheus) throw new OpsError('settings', `${environment.name} names no Prometheus.`);
        return resolveHttpTarget(environment, 'prometheus', prometheus, secret, tunnel);
      },
      readEssential: (asking, known) => questions.ask(asking, windowFor(known, wanted)),
      readDetails: (asking, essential, known) => readDetails(asking, environment, essential, wanted, known),
      changeMark: ({ up, targets, firing, agesSeconds }) =>
        `${up} ${targets} ${firing} ${[...agesSeconds.keys()].join()}`,
      report: (sample) => reportPrometheus(sample, wanted),
    },
    clock,
  );
}

/** Long enough for several scrapes, where they are rare. */
function windowFor(known: PrometheusDetails | undefined, wanted: PrometheusWanted): number {
  return windowOfStep(recentWindowMs, (known && scrapeIntervalOf(known.targets, wanted)) ?? 0);
}

/** It changes with a restart only, after which all is read anew. */
const versionEveryMs = 1_800_000;

async function readDetails(
  asking: Asking,
  environment: Environment,
  { agesSeconds }: PrometheusEssential,
  wanted: PrometheusWanted,
  known: PrometheusDetails | undefined,
): Promise<PrometheusDetails> {
  const [ready, version, targets, rules, reload, headSeries, seenLately, files] = await Promise.all([
    readPart(asking, () => askText(asking, '/-/ready')),
    keepPart(asking, known?.version, versionEveryMs, () => askJson(asking, '/api/v1/status/buildinfo', buildAnswer)),
    readPart(asking, () => askJson(asking, '/api/v1/targets?state=active', targetsAnswer)),
    readPart(asking, () => askJson(asking, '/api/v1/rules?type=alert', rulesAnswer)),
    readPart(asking, async () => (await askJson(asking, '/api/v1/status/runtimeinfo', runtimeAnswer)) ?? undefined),
    readPart(asking, () => askJson(asking, '/api/v1/status/tsdb?limit=1', headAnswer)),
    readPart(asking, () => readSeenLately(asking, agesSeconds, wanted)),
    writtenFiles(environment),
  ]);
  return { ready, version, targets, rules, reload, headSeries, seenLately, files };
}

async function readSeenLately(
  asking: Asking,
  agesSeconds: ReadonlyMap<number, number>,
  { metrics, job }: PrometheusWanted,
): Promise<ReadonlySet<number>> {
  const absent = metrics.flatMap(({ selector }, index) => (agesSeconds.has(index) ? [] : [{ selector, index }]));
  if (absent.length === 0) return new Set();
  const expressions = absent.map(({ selector, index }) =>
    marked(`count(last_over_time(${ofJob(selector, job)}[1d]))`, String(index)),
  );
  return new Set((await queryMarked(asking, expressions)).map(({ mark }) => Number(mark)));
}

async function writtenFiles(environment: Environment): Promise<readonly WrittenFile[]> {
  const { files = [] } = environment.settings.prometheus ?? {};
  return Promise.all(
    files.map(async (path) => {
      const found = await stat(fromFolder(environment, path)).catch(() => undefined);
      return { path, writtenAtMs: found?.mtimeMs };
    }),
  );
}
