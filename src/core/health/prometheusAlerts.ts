import { formatCountOf, formatDuration } from '../format.ts';
import type { PrometheusWanted } from './prometheusReport.ts';
import type { Reading } from './reading.ts';

/** An alerting rule with its alerts; Prometheus' HTTP API, /api/v1/rules?type=alert. */
export interface Rule {
  readonly name: string;
  readonly query: string;
  /** `ok`, `err`, `unknown`. */
  readonly health: string;
  readonly lastError: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly alerts: readonly Alert[];
}

export interface Alert {
  /** `firing`, `pending`. */
  readonly state: string;
  readonly activeAt: string | undefined;
  readonly labels: Readonly<Record<string, string>>;
  readonly summary: string | undefined;
}

const mostListed = 20;

/**
 * The alert rules: how many, which fire, which cannot be evaluated. A firing alert is a finding where it is about the
 * environment: its query names a configured metric or the job, or its labels do; others are counted.
 */
export function alertReadings(rules: readonly Rule[], wanted: PrometheusWanted, nowMs: number): readonly Reading[] {
  const names = { id: 'alerts', label: 'Alerts' };
  if (rules.length === 0) return [{ ...names, value: 'no rule is loaded', state: 'fact', detail: 'Alerting rules.' }];
  const firing = rules.flatMap((rule) =>
    rule.alerts.filter(({ state }) => state === 'firing').map((alert) => ({ rule, alert })),
  );
  const own = firing.filter(({ rule, alert }) => concerns(rule, alert, wanted));
  const others = firing.length - own.length;
  const counts = [
    `${own.length} firing`,
    others > 0 ? `${others} firing elsewhere` : '',
    formatCountOf(rules.length, 'rule'),
  ];
  const broken = rules.filter(({ health }) => health === 'err');
  return [
    {
      ...names,
      value: counts.filter((one) => one !== '').join(', '),
      state: own.length > 0 ? 'degraded' : 'healthy',
      detail: 'Alerting rules of the server. Elsewhere: about neither the job nor the metrics of this environment.',
    },
    ...own.slice(0, mostListed).map(({ rule, alert }, index) => firingReading(rule, alert, index, nowMs)),
    ...broken.slice(0, mostListed).map(brokenReading),
  ];
}

function firingReading({ name }: Rule, alert: Alert, index: number, nowMs: number): Reading {
  const atMs = alert.activeAt === undefined ? Number.NaN : Date.parse(alert.activeAt);
  const since = Number.isNaN(atMs) ? 'firing' : `firing for ${formatDuration(nowMs - atMs)}`;
  const labels = Object.entries(alert.labels)
    .filter(([label]) => label !== 'alertname')
    .map(([label, value]) => `${label}=${value}`);
  return {
    id: `alert/${name}/${index}`,
    label: `Alert ${name}`,
    value: [since, ...labels].join(', '),
    state: 'degraded',
    detail: alert.summary ?? 'By a rule of the server, which says no more.',
  };
}

function brokenReading({ name, lastError }: Rule): Reading {
  return {
    id: `rule/${name}`,
    label: `Rule ${name}`,
    value: 'cannot be evaluated',
    state: 'unknown',
    detail: `Whether it would fire is not known. ${lastError}`.trim(),
  };
}

function concerns(rule: Rule, alert: Alert, { job, metrics }: PrometheusWanted): boolean {
  const names = metrics.map(({ selector }) => (/^[\w:]+/.exec(selector)?.[0] ?? '').replace(/_count$/, ''));
  if (job === undefined && names.length === 0) return true;
  if (job !== undefined && (alert.labels['job'] ?? rule.labels['job']) === job) return true;
  const words = [...names, job ?? ''].filter((word) => word !== '');
  return words.some((word) => rule.query.includes(word));
}
