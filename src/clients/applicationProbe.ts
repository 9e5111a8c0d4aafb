import * as z from 'zod/mini';
import type { Clock } from '../core/clock.ts';
import type { Environment } from '../core/environment/environment.ts';
import { OpsError } from '../core/errors.ts';
import type { ApplicationDetails, ApplicationEssential } from '../core/health/applicationReport.ts';
import { reportApplication } from '../core/health/applicationReport.ts';
import type { ServiceProbe } from '../core/health/monitor.ts';
import { wantedMetrics } from '../core/health/prometheusMetrics.ts';
import { getText, resolveHttpTarget } from './http.ts';
import type { Asking } from './httpProbe.ts';
import { HttpProbe, askJson, askText, readPart, requestTimeoutMs, statusError } from './httpProbe.ts';
import type { SecretLookup } from './redisTarget.ts';
import type { TunnelWay } from './tunnels.ts';

type Addresses = NonNullable<Environment['settings']['application']>;

/** Reads the application of an environment: its health each time, its metrics page and statistics now and then. */
export function openApplicationProbe(
  environment: Environment,
  secret: SecretLookup,
  clock: Clock,
  tunnel?: TunnelWay,
): ServiceProbe {
  const { application } = environment.settings;
  const wanted = wantedMetrics(environment.settings);
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
      readEssential: (asking) => readEssential(asking, application ?? {}),
      readDetails: (asking) => readDetails(asking, application ?? {}),
      report: (sample) => reportApplication(sample, wanted, environment.settings.qdrant?.vectorSize),
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

async function readDetails(asking: Asking, { metrics, stats }: Partial<Addresses>): Promise<ApplicationDetails> {
  const [page, numbers] = await Promise.all([
    metrics === undefined ? undefined : readPart(asking, () => askText(at(asking, metrics), '')),
    stats === undefined ? undefined : readPart(asking, () => askJson(at(asking, stats), '', z.unknown())),
  ]);
  return { metrics: page, stats: numbers };
}

/** The addresses of an application may be on several hosts; each is written whole. */
function at(asking: Asking, url: string): Asking {
  return { ...asking, target: { ...asking.target, baseUrl: url } };
}
