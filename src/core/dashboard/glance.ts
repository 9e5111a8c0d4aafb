import { formatRatio, formatTime } from '../format.ts';
import { recordedLookups } from './recordedLookups.ts';
import type { RecordedInput } from './recordedCharts.ts';
import { lastOf, shareOf } from './series.ts';

const hourMs = 3_600_000;
const stepMs = 150_000;
const steps = '▁▂▃▄▅▆▇█';

/** The last hour's rate in one line: `Last hour of keyspace lookups, from 10:15: ▅▅▆▂ (12.0 % to 91.3 %)`; a dot is no data. */
export function lastHourLine({ settings, recording }: Omit<RecordedInput, 'grid'>, nowMs: number): string | undefined {
  const toMs = Math.floor(nowMs / stepMs) * stepMs;
  const grid = { fromMs: toMs - hourMs + stepMs, stepMs, count: hourMs / stepMs };
  const lookups = recordedLookups({ settings, recording, grid });
  if (!lookups) return undefined;
  const values = shareOf(lookups.rates.hits, lookups.rates.misses);
  const known = values.filter((value) => value !== null);
  if (!lastOf(values) || known.length < 2) return undefined;
  const line = values
    .map((value) => (value === null ? '·' : (steps[Math.min(7, Math.floor(value * 8))] ?? '')))
    .join('');
  const [least, most] = [Math.min(...known), Math.max(...known)].map(formatRatio);
  const from = formatTime(grid.fromMs, nowMs).slice(0, -3);
  const whose = lookups.counted === 'keyspace' ? 'keyspace lookups' : 'the application’s lookups';
  return `Last hour of ${whose}, from ${from}: ${line} (${least} to ${most})`;
}
