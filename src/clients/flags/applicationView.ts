import type { Environment } from '../../core/environment/environment.ts';
import { explain } from '../../core/errors.ts';
import { reportedIn } from '../../core/flags/application.ts';
import type { ApplicationHealth, ApplicationView } from '../../core/flags/application.ts';
import { healthReadings } from '../../core/health/applicationHealth.ts';
import { parseMetrics } from '../../core/health/applicationMetrics.ts';
import { worst } from '../../core/health/reading.ts';
import { getText, resolveHttpTarget } from '../http.ts';
import type { HttpAnswer } from '../http.ts';
import { parseJson, statusError } from '../httpProbe.ts';
import type { SecretLookup } from '../redisTarget.ts';
import type { Tunnels } from '../tunnels.ts';

const limits = { timeoutMs: 3_000, maxBytes: 16 * 1024 * 1024 };

/** Undefined: the settings name no address of the application. */
export function openApplicationView(
  environment: Environment,
  secret: SecretLookup,
  tunnels?: Tunnels,
): ApplicationView | undefined {
  const { application } = environment.settings;
  if (!application) return undefined;
  /** Each time over a connection of its own: the process on the other side is started anew meanwhile. */
  const get = async (url: string, signal: AbortSignal): Promise<HttpAnswer> => {
    const tunnel = tunnels?.of(environment, 'application');
    const target = await resolveHttpTarget(environment, 'application', { ...application, url }, secret, tunnel);
    try {
      const answer = await getText(target, '', signal, limits);
      // Also an answer that says it is not well is an answer.
      if ([401, 403, 404].includes(answer.status)) throw statusError(target, '', answer);
      return answer;
    } finally {
      target.close();
    }
  };
  return {
    health: async (signal) => {
      if (application.health === undefined) return undefined;
      try {
        return healthOf(await get(application.health, signal));
      } catch (error) {
        if (signal.aborted) throw error;
        // Words, which stand within sentences.
        return { state: 'down', words: explain(error).replace(/\.$/, '') };
      }
    },
    reported: async (name, signal) => {
      for (const url of [application.health, application.stats]) {
        if (url === undefined) continue;
        const found = reportedIn(parseJson((await get(url, signal)).body), name);
        if (found !== undefined) return found;
      }
      return undefined;
    },
    samples: async (signal) =>
      application.metrics === undefined
        ? undefined
        : parseMetrics((await get(application.metrics, signal)).body).samples,
  };
}

function healthOf({ status, body }: HttpAnswer): ApplicationHealth {
  const [overall, ...checks] = healthReadings(status, body);
  const ill = checks.filter(({ state }) => state !== 'healthy' && state !== 'fact');
  const state = worst([overall, ...checks].map((one) => one?.state ?? 'unknown'));
  return { state, words: [overall?.value ?? '', ...ill.map(({ label, value }) => `${label}: ${value}`)].join(', ') };
}
