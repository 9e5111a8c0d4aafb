import { formatCount, formatCountOf, formatDuration, formatMilliseconds } from '../format.ts';
import type { Part } from './monitorParts.ts';
import { readingsOf, reportReadings } from './monitorParts.ts';
import type { HealthState, Reading, ServiceReport } from './reading.ts';

export interface GrafanaEssential {
  /** Of its own database: `ok`, `failing`. */
  readonly database: string;
  /** Grafana leaves it out where the operator hides it. */
  readonly version: string | undefined;
}

export interface Dashboard {
  readonly uid: string;
  readonly title: string;
}

export interface DataSource {
  readonly name: string;
  readonly type: string;
  /** What its own check said; undefined where this kind has none, or Grafana is older than 9. */
  readonly check: Part<{ readonly ok: boolean; readonly message: string }>;
}

export interface GrafanaRule {
  readonly name: string;
  /** `firing`, `pending`, `inactive`. */
  readonly state: string;
  /** `ok`, `error`, `nodata`. */
  readonly health: string;
  readonly lastError: string;
  readonly activeAt: string | undefined;
}

export interface GrafanaDetails {
  readonly dashboards: Part<readonly Dashboard[]>;
  readonly dataSources: Part<readonly DataSource[]>;
  readonly rules: Part<readonly GrafanaRule[]>;
}

export interface GrafanaSample {
  readonly essential: GrafanaEssential;
  readonly details: GrafanaDetails;
  readonly address: string;
  readonly tookMs: number;
  readonly readAtMs: number;
}

const names = {
  dashboards: { id: 'dashboards', label: 'Dashboards' },
  dataSources: { id: 'dataSources', label: 'Data sources' },
  rules: { id: 'rules', label: 'Alert rules' },
} as const;

/** What a sample means. `wanted`: uids or titles of dashboards that must be there. */
export function reportGrafana(sample: GrafanaSample, wanted: readonly string[]): ServiceReport {
  const { essential, details, readAtMs } = sample;
  return reportReadings(
    [
      { id: 'connection', label: 'Connection', value: sample.address, state: 'healthy', detail: 'GET /api/health.' },
      { id: 'roundTrip', label: 'Answer time', value: formatMilliseconds(sample.tookMs), state: 'fact' },
      { id: 'version', label: 'Version', value: versionWords(essential.version), state: 'fact' },
      databaseReading(essential.database),
      ...readingsOf(details.dashboards, names.dashboards, (found) => dashboardReadings(found, wanted)),
      ...readingsOf(details.dataSources, names.dataSources, (sources) => sources.flatMap(dataSourceReadings)),
      ...readingsOf(details.rules, names.rules, (rules) => ruleReadings(rules, readAtMs)),
    ],
    readAtMs,
  );
}

function versionWords(version: string | undefined): string {
  return version === undefined ? 'not said' : `Grafana ${version}`;
}

function databaseReading(database: string): Reading {
  const base = { id: 'database', label: 'Database' };
  if (database === 'ok') return { ...base, value: 'ok', state: 'healthy', detail: 'GET /api/health.' };
  return {
    ...base,
    value: database,
    state: 'down',
    detail: 'Grafana cannot use its own database: no dashboard loads.',
  };
}

function dashboardReadings(found: readonly Dashboard[], wanted: readonly string[]): readonly Reading[] {
  const base = names.dashboards;
  if (wanted.length === 0)
    return [
      { ...base, value: `${formatCount(found.length)} visible`, state: 'fact', detail: 'Of which this login may see.' },
    ];
  return wanted.map((name) => {
    const dashboard = found.find(({ uid, title }) => uid === name || title.toLowerCase() === name.toLowerCase());
    const reading = { id: `dashboard/${name}`, label: `Dashboard ${name}` };
    if (dashboard)
      return { ...reading, value: `there, uid ${dashboard.uid}`, state: 'healthy', detail: 'Found by uid or title.' };
    return {
      ...reading,
      value: 'missing',
      state: 'degraded',
      detail: 'No dashboard with this uid or title, or this login may not see it.',
    };
  });
}

function dataSourceReadings({ name, type, check }: DataSource): readonly Reading[] {
  const base = { id: `dataSource/${name}`, label: `Data source ${name}` };
  if (check.kind === 'notOffered')
    return [{ ...base, value: `${type}, not checked`, state: 'fact', detail: 'Grafana has no check for this kind.' }];
  return readingsOf(check, base, ({ ok, message }) => [
    {
      ...base,
      value: ok ? `${type}, reachable` : `${type}: ${message}`,
      state: ok ? 'healthy' : 'degraded',
      detail: message === '' ? 'By its own check.' : message,
    },
  ]);
}

const mostListed = 20;

function ruleReadings(rules: readonly GrafanaRule[], nowMs: number): readonly Reading[] {
  const base = names.rules;
  if (rules.length === 0) return [{ ...base, value: 'none', state: 'fact' }];
  const firing = rules.filter(({ state }) => state === 'firing');
  const summary: Reading = {
    ...base,
    value: `${firing.length} firing, ${formatCountOf(rules.length, 'rule')}`,
    state: firing.length > 0 ? 'degraded' : 'healthy',
    detail: 'Grafana’s own alert rules that this login may see.',
  };
  const shown = rules.filter(({ state, health }) => state === 'firing' || !['ok', 'unknown', ''].includes(health));
  return [summary, ...shown.slice(0, mostListed).map((rule) => ruleReading(rule, nowMs))];
}

function ruleReading({ name, state, health, lastError, activeAt }: GrafanaRule, nowMs: number): Reading {
  const base = { id: `rule/${name}`, label: `Rule ${name}` };
  const atMs = activeAt === undefined ? Number.NaN : Date.parse(activeAt);
  // Grafana writes the year 1 where there is no time.
  const since = Number.isNaN(atMs) || atMs <= 0 ? '' : ` for ${formatDuration(nowMs - atMs)}`;
  const meaning: HealthState = state === 'firing' ? 'degraded' : 'unknown';
  const value = state === 'firing' ? `firing${since}` : health === 'nodata' ? 'no data' : 'cannot be evaluated';
  return {
    ...base,
    value,
    state: meaning,
    detail: lastError === '' ? 'By a rule of Grafana, which says no more.' : lastError,
  };
}
