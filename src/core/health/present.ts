import type { Environment } from '../environment/environment.ts';
import { formatTime } from '../format.ts';
import type { Row } from '../row.ts';
import type { HealthState, Reading, ServiceReport } from './reading.ts';

const icons: Record<HealthState | 'fact', NonNullable<Row['icon']>> = {
  healthy: { name: 'pass', color: 'testing.iconPassed' },
  degraded: { name: 'warning', color: 'problemsWarningIcon.foreground' },
  down: { name: 'error', color: 'problemsErrorIcon.foreground' },
  unknown: { name: 'question', color: 'problemsInfoIcon.foreground' },
  fact: { name: 'circle-small' },
};

/** The tier; of production also that nobody said so. */
export function tierWords({ tier, tierOrigin }: Pick<Environment, 'tier' | 'tierOrigin'>): string {
  return tierOrigin === 'assumed' && tier === 'production' ? 'production, assumed' : tier;
}

/** `staging (production, assumed)`; with the folder where there are several: `shop: staging (production, assumed)`. */
export function environmentWords(environment: Environment, folderName: string | undefined): string {
  return `${folderName === undefined ? '' : `${folderName}: `}${environment.name} (${tierWords(environment)})`;
}

/** `folderName` only where several folders make it worth saying. */
export function presentEnvironment(
  environment: Environment,
  view: {
    readonly active: boolean;
    readonly folderName: string | undefined;
    readonly redis: ServiceReport | undefined;
  },
): Row {
  const health = environment.settings.redis ? `Redis ${view.redis?.summary ?? 'not read yet'}` : 'no Redis named';
  const description = [view.folderName ?? '', tierWords(environment), health, view.active ? 'active' : '']
    .filter((part) => part !== '')
    .join(' · ');
  const assumed =
    environment.tierOrigin === 'assumed' && environment.tier === 'production'
      ? '\nNo tier is set and a host is not local, so it counts as production. Set "tier" in the environment to change that.'
      : '';
  return {
    id: environment.id,
    label: environment.name,
    description,
    icon: icons[environment.settings.redis ? (view.redis?.state ?? 'unknown') : 'fact'],
    tooltip: `${environment.name}: ${description}${assumed}`,
    contextValue: view.active ? 'environment active' : 'environment',
    expandable: view.active ? 'expanded' : 'collapsed',
  };
}

export function presentRedis(environment: Environment, report: ServiceReport | undefined, nowWallMs: number): Row {
  const base = {
    id: `${environment.id}/redis`,
    label: 'Redis',
    contextValue: 'service redis',
    expandable: 'expanded' as const,
  };
  if (!report) return { ...base, description: 'not read yet', icon: { name: 'loading~spin' } };
  const read = report.readAtMs === undefined ? 'never read' : `read at ${formatTime(report.readAtMs, nowWallMs)}`;
  const failure = report.failure
    ? `${report.failure.message}${report.failure.next === undefined ? '' : ` ${report.failure.next}`}\n`
    : '';
  return {
    ...base,
    description: report.failure
      ? `${report.summary} · last ${read}`.replace('last never', 'never')
      : `${report.summary} · ${read}`,
    icon: icons[report.state],
    tooltip: `${failure}Redis of ${environment.name} (${tierWords(environment)}): ${report.summary}, ${read}.`,
  };
}

/** Why a service could not be read, as a row of its own below it. */
export function presentFailure(environment: Environment, report: ServiceReport): Row | undefined {
  if (!report.failure) return undefined;
  const { code, message, next } = report.failure;
  return {
    id: `${environment.id}/redis/failure`,
    label: message,
    ...(next === undefined ? {} : { description: next }),
    icon: icons[report.state],
    tooltip: next === undefined ? message : `${message}\n${next}`,
    contextValue: `failure ${code}`,
    expandable: 'no',
  };
}

export function presentReading(environment: Environment, reading: Reading): Row {
  const said = reading.state === 'fact' || reading.state === 'healthy' ? '' : ` · ${reading.state}`;
  return {
    id: `${environment.id}/redis/${reading.id}`,
    label: reading.label,
    description: `${reading.value}${said}`,
    icon: icons[reading.state],
    tooltip: `${reading.label}: ${reading.value}${said}${reading.detail === undefined ? '' : `\n${reading.detail}`}`,
    contextValue: `reading ${reading.state}`,
    expandable: 'no',
    spoken: `${reading.label}: ${reading.value}${said}`,
  };
}

/** The services an environment names that are not watched; said, so that nobody takes silence for health. */
export function presentUnwatched(environment: Environment): Row | undefined {
  const { qdrant, prometheus, grafana, application } = environment.settings;
  const named = Object.entries({ Qdrant: qdrant, Prometheus: prometheus, Grafana: grafana, Application: application })
    .filter(([, settings]) => settings !== undefined)
    .map(([name]) => name);
  if (named.length === 0) return undefined;
  return {
    id: `${environment.id}/unwatched`,
    label: named.join(', '),
    description: 'not watched by this version',
    icon: { name: 'eye-closed' },
    tooltip: `${named.join(', ')}: named by the environment, but this version of Cache Ops does not read them. Nothing is said of their health.`,
    expandable: 'no',
  };
}
