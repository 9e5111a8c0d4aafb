import type { Environment } from '../environment/environment.ts';
import { redact } from '../environment/redact.ts';
import { serviceNames, servicesOf } from './monitorServices.ts';
import { environmentHitRate } from './environmentHitRate.ts';
import type { EnvironmentHitRate } from './environmentHitRate.ts';
import type { Reports } from './present.ts';
import { tierWords } from './present.ts';
import { presentHitRate, presentHitRateParts } from './presentHitRate.ts';
import type { Reading, ServiceReport } from './reading.ts';

/**
 * What is known of an environment's services, as Markdown for a ticket: every reading with state, rule and time. `secrets`
 * are removed wherever they stand. Addresses and names of the environment stay in.
 */
export function describeHealth(
  environment: Environment,
  reports: Reports,
  about: {
    readonly nowWallMs: number;
    readonly version: string;
    readonly secrets: readonly string[];
    /** Lines of Markdown. */
    readonly alerts?: readonly string[];
  },
): string {
  const lines = [
    `# Health of ${environment.name} (${tierWords(environment)})`,
    '',
    `Cache Ops ${about.version}, ${utc(about.nowWallMs)}`,
    '',
    '## Hit rate',
    '',
    ...hitRateLines(environment, environmentHitRate(environment, reports), about.nowWallMs),
    ...servicesOf(environment).flatMap((service) => [
      '',
      `## ${serviceNames[service]}`,
      '',
      ...(reports.has(service) ? reportLines(reports.get(service)) : ['Not watched by this version.']),
    ]),
    ...(about.alerts && about.alerts.length > 0 ? ['', '## Alerts', '', ...about.alerts] : []),
  ];
  return `${redact(lines.join('\n'), about.secrets)}\n`;
}

/** Of every source, since a ticket may be about why one of them has none. */
function hitRateLines(environment: Environment, hitRate: EnvironmentHitRate, nowWallMs: number): readonly string[] {
  const { description = '' } = presentHitRate(environment, hitRate, nowWallMs);
  const rows = presentHitRateParts(environment, hitRate, nowWallMs, utc);
  return [`${description}.`, '', ...rows.map(({ tooltip = '' }) => `- ${tooltip.replaceAll(/\s*\n\s*/g, ' · ')}`)];
}

function reportLines(report: ServiceReport | undefined): readonly string[] {
  if (!report) return ['Not read yet.'];
  const { failure, readAtMs } = report;
  const why = failure ? [`${failure.message} ${failure.next ?? ''}`.trim(), `Code: ${failure.code}.`] : [];
  const when = readAtMs === undefined ? 'Never read.' : `Last read ${utc(readAtMs)}.`;
  return [`State: ${report.state} (${report.summary}). ${when}`, ...why, '', ...report.readings.map(readingLine)];
}

function readingLine({ label, value, state, detail, readAtMs }: Reading): string {
  const judged = state === 'fact' ? '' : ` [${state}]`;
  const read = readAtMs === undefined ? '' : ` Read ${utc(readAtMs)}.`;
  return `- ${label}: ${value}${judged}${detail === undefined ? '' : ` – ${detail}`}${read}`.replaceAll(
    /\s*\n\s*/g,
    ' ',
  );
}

function utc(wallMs: number): string {
  return `${new Date(wallMs).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}
