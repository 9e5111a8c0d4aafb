import { formatValue } from '../dashboard/units.ts';
import { formatDuration } from '../format.ts';
import { codeSpan, markdownTable } from '../markdownTable.ts';
import { utcMinute } from './baseline.ts';
import type { Capture } from './capture.ts';

/** A baseline as a document for people. */
export function baselineReport({ baseline, absent }: Capture): string {
  const { environment, tier, window, hosts, figures } = baseline;
  const spanMs = Date.parse(window.to) - Date.parse(window.from);
  const rows = figures.map(({ label, value, unit, source, samples }) => [
    label,
    formatValue(value, unit),
    source,
    String(samples),
  ]);
  const where = Object.entries(hosts).map(([service, host]) => `${service} at ${codeSpan(host)}`);
  return [
    `# Baseline of ${codeSpan(environment)} (${tier})`,
    `Over ${formatDuration(spanMs)}, from ${utcMinute(window.from)} to ${utcMinute(window.to)}; ${where.join(', ')}.`,
    warmWords(baseline),
    markdownTable(['Figure', 'Value', 'Source', 'Samples'], rows),
    ...(absent.length === 0 ? [] : [`No data, and therefore not compared with: ${absent.join(', ')}.`]),
    '',
  ].join('\n\n');
}

/** Whether the cache was warm, as far as is known here. */
export function warmWords({ warmUp: { from, disturbances }, window }: Capture['baseline']): string {
  const lead = `from ${utcMinute(from)} (${formatDuration(Date.parse(window.from) - Date.parse(from))} before the window)`;
  return disturbances.length === 0
    ? `Warm window: nothing in the journal and no restart is known ${lead} to its end.`
    : `Not a warm window for certain. Known ${lead} to its end: ${disturbances.join('; ')}.`;
}
