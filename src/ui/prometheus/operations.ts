import * as z from 'zod/mini';
import { GrafanaImport } from '../../clients/grafanaImport.ts';
import { resolveHttpTarget } from '../../clients/http.ts';
import { PrometheusReload } from '../../clients/prometheusReload.ts';
import type { Environment } from '../../core/environment/environment.ts';
import { OpsError } from '../../core/errors.ts';
import type { AlertRule } from '../../core/watch/rule.ts';
import { readRule } from '../../core/watch/rulesOf.ts';
import type { Services } from '../../services.ts';
import { secretLookup } from '../environments/secretLookup.ts';

export function reloadOf({ secrets, tunnels }: Services, environment: Environment): PrometheusReload {
  return new PrometheusReload(environment, async () => {
    const { prometheus } = environment.settings;
    if (!prometheus) {
      throw new OpsError('settings', `${environment.name} names no Prometheus.`, { next: 'Set prometheus.url.' });
    }
    const tunnel = tunnels.of(environment, 'prometheus');
    return resolveHttpTarget(environment, 'prometheus', prometheus, secretLookup(environment, secrets), tunnel);
  });
}

/** `alarms`: of checklists, besides the limits and alerts of the settings. */
export function importOf(
  { secrets, tunnels }: Services,
  environment: Environment,
  alarms: readonly AlertRule[],
): GrafanaImport {
  return new GrafanaImport(environment, alarms, async () => {
    const { grafana } = environment.settings;
    if (!grafana) {
      throw new OpsError('settings', `${environment.name} names no Grafana.`, { next: 'Set grafana.url.' });
    }
    const tunnel = tunnels.of(environment, 'grafana');
    return resolveHttpTarget(environment, 'grafana', grafana, secretLookup(environment, secrets), tunnel);
  });
}

const importRequest = z.object({
  alarms: z.array(
    z.object({ when: z.string(), holdMs: z.number(), severity: z.enum(['critical', 'warning', 'info']) }),
  ),
});

/** The import that an entry of the journal was about. */
export function importAgain(services: Services, environment: Environment, request: unknown): GrafanaImport {
  const { alarms } = importRequest.parse(request);
  const rules = alarms.map(({ when, holdMs, severity }) =>
    readRule(`${when} for ${Math.round(holdMs / 1000)}s`, severity, undefined, environment.settings),
  );
  return importOf(services, environment, rules);
}
