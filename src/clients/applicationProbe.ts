import * as z from 'zod/mini';
import type { Clock } from '../core/clock.ts';
import type { Environment } from '../core/environment/environment.ts';
import type { EnvironmentSettings } from '../core/environment/schema.ts';
import { OpsError } from '../core/errors.ts';
import { ApplicationLookups } from '../core/health/applicationLookups.ts';
import type { ApplicationDetails, ApplicationEssential } from '../core/health/applicationReport.ts';
import { reportApplication } from '../core/health/applicationReport.ts';
import type { ProbeNeeds } from '../core/health/fleet.ts';
import type { ServiceProbe } from '../core/health/monitor.ts';
import type { Part } from '../core/health/monitorParts.ts';
import { wantedMetrics } from '../core/health/prometheusMetrics.ts';
import { getText, resolveHttpTarget } from './http.ts';
import type { Asking } from './httpProbe.ts';
import { HttpProbe, askJson, askText, keepPart, requestTimeoutMs, statusError } from './httpProbe.ts';
import type { SecretLookup } from './redisTarget.ts';
import type { TunnelWay } from './tunnels.ts';

type Addresses = NonNullable<Environment['settings']['application']>;

/**
 * Reads the application of an environment: its health each time, its metrics page and statistics now and then; the one of
 * them that tells the hit rate more often, where that is needed.
 */
export function openApplicationProbe(
  environment: Environment,
  secret: SecretLookup,
  clock: Clock,
  tunnel?: TunnelWay,
  needs?: ProbeNeeds,
): ServiceProbe {
  const { application } = environment.settings;
  const wanted = wantedMetrics(environment.settings);
  const lookups = new ApplicationLookups(environment.settings);
  const lookupSource = lookupSourceOf(environment.settings);
  const addresses = application ?? {};
  return new HttpProbe<ApplicationEssential, ApplicationDetails>(
    {
      openTarget: () => {
        const url = application?.health ?? application?.metrics ?? application?.stats;
        if (!application || url === undefined)
          throw new OpsError('settings', `${environment.name} names no address of the application that can be read.`, {
            next: 'Set application.health.',
          });
        return resolveHttpTarget(environment, 'application', { ...application, url }, secret, tunnel);
      },
      readEssential: (asking) => readEssential(asking, addresses),
      readDetails: (asking) => readDetails(asking, addresses),
      renewDetails: (asking, known) => {
        const everyMs = needs?.lookupsEveryMs();
        // One read alone tells no rate: the second follows soon.
        return renewLookups(asking, known, lookupSource, lookups.isComplete ? everyMs : everyMs && 0);
      },
      report: (sample) => ({
        ...reportApplication(sample, wanted, environment.settings.qdrant?.vectorSize),
        hitRates: lookups.ratesOf(sample.details, clock.monotonicMs()),
      }),
    },
    clock,
  );
}

async function readEssential(
  asking: Asking,
  { health, metrics, stats }: Partial<Addresses>,
): Promise<ApplicationEssential> {
  if (health === undefined) {
    // Something of it has to answer before anything is said of it.
    const asked = at(asking, metrics ?? stats ?? '');
    if ((await askText(asked, '')) === undefined)
      throw new OpsError('protocol', `${asked.target.baseUrl} is not found (HTTP 404).`);
    return { health: undefined };
  }
  const asked = at(asking, health);
  const answer = await getText(asked.target, '', asked.signal, { timeoutMs: requestTimeoutMs, maxBytes: 1024 * 1024 });
  if (answer.status === 404)
    throw new OpsError('protocol', `${health} is not found (HTTP 404).`, { next: 'Check application.health.' });
  if (answer.status === 401 || answer.status === 403) throw statusError(asked.target, '', answer);
  return { health: answer };
}

/** Of the metrics page and the statistics, the one that tells the hit rate; read again when it is that old. */
async function renewLookups(
  asking: Asking,
  known: ApplicationDetails,
  source: LookupSource | undefined,
  everyMs: number | undefined,
): Promise<ApplicationDetails> {
  if (source === undefined || everyMs === undefined) return known;
  return source.part === 'metrics'
    ? { ...known, metrics: await readPage(asking, source.url, known.metrics, everyMs) }
    : { ...known, stats: await readStatistics(asking, source.url, known.stats, everyMs) };
}

interface LookupSource {
  readonly part: 'metrics' | 'stats';
  readonly url: string;
}

/** The metrics page where the settings say what to look for on it, else the statistics. */
function lookupSourceOf({ metrics: names, application }: EnvironmentSettings): LookupSource | undefined {
  if (names && application?.metrics !== undefined) return { part: 'metrics', url: application.metrics };
  return application?.stats === undefined ? undefined : { part: 'stats', url: application.stats };
}

async function readDetails(asking: Asking, { metrics, stats }: Partial<Addresses>): Promise<ApplicationDetails> {
  const [page, numbers] = await Promise.all([
    metrics === undefined ? undefined : readPage(asking, metrics),
    stats === undefined ? undefined : readStatistics(asking, stats),
  ]);
  return { metrics: page, stats: numbers };
}

function readPage(asking: Asking, url: string, known?: Part<string>, keepMs = 0): Promise<Part<string>> {
  return keepPart(asking, known, keepMs, () => askText(at(asking, url), ''));
}

function readStatistics(asking: Asking, url: string, known?: Part<unknown>, keepMs = 0): Promise<Part<unknown>> {
  return keepPart(asking, known, keepMs, () => askJson(at(asking, url), '', z.unknown()));
}

/** The addresses of an application may be on several hosts; each is written whole. */
function at(asking: Asking, url: string): Asking {
  return { ...asking, target: { ...asking.target, baseUrl: url } };
}
