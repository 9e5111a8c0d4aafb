import type { Environment } from '../environment/environment.ts';
import { formatTime } from '../format.ts';
import type { Row } from '../row.ts';
import { environmentHitRate } from './environmentHitRate.ts';
import { icons } from './icons.ts';
import type { ServiceId } from './monitorServices.ts';
import { serviceNames, servicesOf } from './monitorServices.ts';
import { worst } from './reading.ts';
import { hitRateTrouble } from './presentHitRate.ts';
import type { HealthState, Reading, ServiceReport } from './reading.ts';

/** The tier; of production also that nobody said so. */
export function tierWords({ tier, tierOrigin }: Pick<Environment, 'tier' | 'tierOrigin'>): string {
  return tierOrigin === 'assumed' && tier === 'production' ? 'production, assumed' : tier;
}

/** `staging (production, assumed)`; with the folder where there are several: `shop: staging (production, assumed)`. */
export function environmentWords(environment: Environment, folderName: string | undefined): string {
  return `${folderName === undefined ? '' : `${folderName}: `}${environment.name} (${tierWords(environment)})`;
}

/** What is known of an environment's services; a watched one that was not read yet is undefined. */
export type Reports = ReadonlyMap<ServiceId, ServiceReport | undefined>;

/** `folderName` only where several folders make it worth saying. */
export function presentEnvironment(
  environment: Environment,
  view: {
    readonly active: boolean;
    readonly folderName: string | undefined;
    readonly reports: Reports;
    /** What fires; undefined while nothing does. */
    readonly alerts?: { readonly words: string; readonly state: HealthState | 'fact' } | undefined;
  },
): Row {
  const watched = [...view.reports.values()];
  const hitRate = hitRateTrouble(environment, environmentHitRate(environment, view.reports));
  const health = healthWords(environment, view.reports);
  const { alerts } = view;
  const active = view.active ? 'active' : '';
  const words = [alerts?.words ?? '', hitRate?.words ?? '', health];
  const description = [view.folderName ?? '', tierWords(environment), ...words, active]
    .filter((part) => part !== '')
    .join(' · ');
  const assumed =
    environment.tierOrigin === 'assumed' && environment.tier === 'production'
      ? '\nNo tier is set and a host is not local, so it counts as production. Set "tier" in the environment to change that.'
      : '';
  const states = [
    ...watched.map((report) => report?.state ?? ('unknown' as const)),
    alerts?.state ?? ('fact' as const),
    hitRate?.state ?? ('fact' as const),
  ];
  const state = watched.length === 0 ? 'fact' : worst(states);
  return {
    id: environment.id,
    label: environment.name,
    description,
    icon: icons[state],
    tooltip: `${environment.name}: ${description}${assumed}`,
    contextValue: ['environment', view.active ? 'active' : '', environment.settings.tunnel ? 'tunnelled' : '']
      .filter((part) => part !== '')
      .join(' '),
    expandable: view.active ? 'expanded' : 'collapsed',
  };
}

/** `Qdrant connection refused · Redis healthy`, worst first; `all 4 healthy` only when every service named was read and is. */
function healthWords(environment: Environment, reports: Reports): string {
  const named = servicesOf(environment);
  if (named.length === 0) return 'no service named';
  const healthy = [...reports].filter(([, report]) => report?.state === 'healthy');
  if (healthy.length === named.length && healthy.length > 1) return `all ${healthy.length} healthy`;
  const troubled = [...reports].filter(([, report]) => report?.state !== 'healthy');
  const worstFirst = troubled.toSorted(([, a], [, b]) => severityOf(b?.state) - severityOf(a?.state));
  const words = worstFirst.map(([id, report]) => `${serviceNames[id]} ${report?.summary ?? 'not read yet'}`);
  return [...words, ...healthyWords(healthy.map(([id]) => serviceNames[id]))].join(' · ');
}

function healthyWords(names: readonly string[]): readonly string[] {
  if (names.length === 0) return [];
  return [names.length < 3 ? `${names.join(', ')} healthy` : `other ${names.length} healthy`];
}

function severityOf(state: HealthState | undefined): number {
  return ['healthy', 'degraded', 'unknown', 'down'].indexOf(state ?? 'unknown');
}

export function presentService(
  environment: Environment,
  service: ServiceId,
  report: ServiceReport | undefined,
  nowWallMs: number,
): Row {
  const name = serviceNames[service];
  const base = {
    id: `${environment.id}/${service}`,
    label: name,
    contextValue: `service ${service}${offerWord(report?.readings.find(({ offer }) => offer))}`,
    // Its readings unfold by themselves only where it is about them.
    expandable: service === 'redis' ? ('expanded' as const) : ('collapsed' as const),
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
    tooltip: `${failure}${name} of ${environment.name} (${tierWords(environment)}): ${report.summary}, ${read}.`,
  };
}

/** Why a service could not be read, as a row of its own below it. */
export function presentFailure(environment: Environment, service: ServiceId, report: ServiceReport): Row | undefined {
  if (!report.failure) return undefined;
  const { code, message, next } = report.failure;
  return {
    id: `${environment.id}/${service}/failure`,
    label: message,
    ...(next === undefined ? {} : { description: next }),
    icon: icons[report.state],
    tooltip: next === undefined ? message : `${message}\n${next}`,
    contextValue: `failure ${code}`,
    expandable: 'no',
  };
}

export function presentReading(environment: Environment, service: ServiceId, reading: Reading, nowWallMs: number): Row {
  const said = reading.state === 'fact' || reading.state === 'healthy' ? '' : ` · ${reading.state}`;
  const read = reading.readAtMs === undefined ? '' : `\nRead at ${formatTime(reading.readAtMs, nowWallMs)}.`;
  const detail = reading.detail === undefined ? '' : `\n${reading.detail}`;
  return {
    id: `${environment.id}/${service}/${reading.id}`,
    label: reading.label,
    description: `${reading.value}${said}`,
    icon: icons[reading.state],
    tooltip: `${reading.label}: ${reading.value}${said}${detail}${read}`,
    contextValue: `reading ${reading.state} ${reading.id}${offerWord(reading)}`,
    expandable: 'no',
    spoken: `${reading.label}: ${reading.value}${said}`,
  };
}

/** By which the menu knows what its row can offer. */
function offerWord(reading: Pick<Reading, 'offer'> | undefined): string {
  return reading?.offer === undefined ? '' : ` ${reading.offer}`;
}

/** The services an environment names that are not watched; said, so that nobody takes silence for health. */
export function presentUnwatched(environment: Environment, watched: Reports): Row | undefined {
  const names = servicesOf(environment)
    .filter((id) => !watched.has(id))
    .map((id) => serviceNames[id]);
  if (names.length === 0) return undefined;
  return {
    id: `${environment.id}/unwatched`,
    label: names.join(', '),
    description: 'not watched by this version',
    icon: { name: 'eye-closed' },
    tooltip: `${names.join(', ')}: named by the environment, but this version of Cache Ops does not read them. Nothing is said of their health.`,
    expandable: 'no',
  };
}
