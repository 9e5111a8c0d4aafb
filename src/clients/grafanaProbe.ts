import * as z from 'zod/mini';
import type { Clock } from '../core/clock.ts';
import type { Environment } from '../core/environment/environment.ts';
import { OpsError } from '../core/errors.ts';
import type {
  Dashboard,
  DataSource,
  GrafanaDetails,
  GrafanaEssential,
  GrafanaRule,
} from '../core/health/grafanaReport.ts';
import { reportGrafana } from '../core/health/grafanaReport.ts';
import type { ServiceProbe } from '../core/health/monitor.ts';
import { getText, resolveHttpTarget } from './http.ts';
import type { Asking } from './httpProbe.ts';
import { HttpProbe, askJson, parseJson, readPart, requestTimeoutMs, statusError } from './httpProbe.ts';
import type { SecretLookup } from './redisTarget.ts';
import type { TunnelWay } from './tunnels.ts';

// Grafana's HTTP API (grafana.com/docs/grafana/latest/developers/http_api): health, search, data sources, and the rules'
// state in Prometheus' form.

const healthAnswer = z.object({ database: z.string(), version: z.optional(z.string()) });

const searchAnswer = z.array(z.object({ uid: z.string(), title: z.string() }));

const dataSourcesAnswer = z.array(z.object({ uid: z.string(), name: z.string(), type: z.string() }));

const checkAnswer = z.object({ status: z.string(), message: z.optional(z.string()) });

const rulesAnswer = z.pipe(
  z.object({
    data: z.object({
      groups: z.array(
        z.object({
          rules: z.array(
            z.object({
              type: z.optional(z.string()),
              name: z.string(),
              state: z.optional(z.string()),
              health: z.optional(z.string()),
              lastError: z.optional(z.string()),
              alerts: z.optional(z.nullable(z.array(z.object({ activeAt: z.optional(z.nullable(z.string())) })))),
            }),
          ),
        }),
      ),
    }),
  }),
  z.transform(({ data }): readonly GrafanaRule[] =>
    data.groups.flatMap(({ rules }) =>
      rules
        .filter(({ type }) => type !== 'recording')
        .map(({ name, state, health, lastError, alerts }) => ({
          name,
          state: state ?? '',
          health: health ?? '',
          lastError: lastError ?? '',
          activeAt: alerts?.[0]?.activeAt ?? undefined,
        })),
    ),
  ),
);

/** Reads the Grafana of an environment: whether it works each time; dashboards, data sources and rules now and then. */
export function openGrafanaProbe(
  environment: Environment,
  secret: SecretLookup,
  clock: Clock,
  tunnel?: TunnelWay,
): ServiceProbe {
  const { grafana } = environment.settings;
  const wanted = grafana?.dashboards ?? [];
  return new HttpProbe(
    {
      openTarget: () => {
        if (!grafana) throw new OpsError('settings', `${environment.name} names no Grafana.`);
        return resolveHttpTarget(environment, 'grafana', grafana, secret, tunnel);
      },
      readEssential: (asking) => readEssential(asking),
      readDetails: (asking) => readDetails(asking, wanted),
      report: (sample) => reportGrafana(sample, wanted),
    },
    clock,
  );
}

/** Health is open to everybody; with 503 it says in the same form what fails. */
async function readEssential({ target, signal }: Asking): Promise<GrafanaEssential> {
  const path = '/api/health';
  const answer = await getText(target, path, signal, { timeoutMs: requestTimeoutMs, maxBytes: 1024 * 1024 });
  const parsed = healthAnswer.safeParse(parseJson(answer.body));
  if (parsed.success) return { database: parsed.data.database, version: parsed.data.version };
  if (answer.status < 200 || (answer.status > 299 && answer.status !== 404)) throw statusError(target, path, answer);
  throw new OpsError('protocol', `${new URL(target.baseUrl).host} answers, but not as Grafana does.`, {
    next: 'Check grafana.url of the environment, and its path prefix.',
  });
}

async function readDetails(asking: Asking, wanted: readonly string[]): Promise<GrafanaDetails> {
  const [dashboards, dataSources, rules] = await Promise.all([
    readPart(asking, () => readDashboards(asking, wanted)),
    readPart(asking, () => readDataSources(asking)),
    readPart(asking, () => askJson(asking, '/api/prometheus/grafana/api/v1/rules', rulesAnswer)),
  ]);
  return { dashboards, dataSources, rules };
}

const mostDashboards = 1000;

/** Grafana lists a thousand at a time: those that are wanted are looked for by uid and by title instead. */
async function readDashboards(asking: Asking, wanted: readonly string[]): Promise<readonly Dashboard[] | undefined> {
  const queries = wanted.length === 0 ? [`limit=${mostDashboards}`] : wanted.flatMap(queriesFor);
  const found: Dashboard[] = [];
  for (const query of queries) {
    const page = await askJson(asking, `/api/search?type=dash-db&${query}`, searchAnswer);
    if (page === undefined) return undefined;
    found.push(...page);
  }
  return found;
}

function queriesFor(name: string): readonly string[] {
  return [`dashboardUIDs=${encodeURIComponent(name)}`, `query=${encodeURIComponent(name)}`];
}

const mostSources = 10;

/** Each is asked to check itself, which Grafana does from where it runs. */
async function readDataSources(asking: Asking): Promise<readonly DataSource[] | undefined> {
  const sources = await askJson(asking, '/api/datasources', dataSourcesAnswer);
  if (sources === undefined) return undefined;
  const read: DataSource[] = [];
  for (const { uid, name, type } of sources.slice(0, mostSources)) {
    const check = await readPart(asking, () => checkSource(asking, uid));
    read.push({ name, type, check });
  }
  return read;
}

/** A source that fails its check is answered with 400 and the reason, in the same form. */
async function checkSource(
  { target, signal }: Asking,
  uid: string,
): Promise<{ readonly ok: boolean; readonly message: string } | undefined> {
  const path = `/api/datasources/uid/${encodeURIComponent(uid)}/health`;
  const answer = await getText(target, path, signal, { timeoutMs: requestTimeoutMs, maxBytes: 1024 * 1024 });
  const parsed = checkAnswer.safeParse(parseJson(answer.body));
  if (parsed.success) {
    const ok = parsed.data.status.toUpperCase() === 'OK';
    return { ok, message: parsed.data.message ?? parsed.data.status };
  }
  if (answer.status === 404 || answer.status === 501) return undefined;
  throw statusError(target, path, answer);
}
