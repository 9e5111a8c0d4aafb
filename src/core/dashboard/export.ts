import { toCsv } from '../csv.ts';
import type { Chart } from './model.ts';
import { timesOf } from './range.ts';
import type { Grid } from './range.ts';

const unitWords: Readonly<Record<Chart['unit'], string>> = {
  ratio: 'ratio',
  perSecond: 'per second',
  seconds: 'seconds',
  bytes: 'bytes',
  count: 'count',
  money: 'money',
};

/** Every moment with every series, exactly as read; an empty cell is no data. */
export function chartCsv({ series, unit }: Chart, grid: Grid): string {
  const head = ['time', ...series.map(({ label }) => `${label} (${unitWords[unit]})`)];
  const rows = timesOf(grid).map((atMs, index) => [
    new Date(atMs).toISOString(),
    ...series.map(({ values }) => values[index] ?? ''),
  ]);
  return toCsv([head, ...rows]);
}
