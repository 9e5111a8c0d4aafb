import { formatBytes, formatCount, formatDuration, formatMilliseconds, formatRatio } from '../format.ts';
import type { Tile, Unit } from './model.ts';

/** A value as a person reads it, with its unit; money in the currency of the environment. */
export function formatValue(value: number, unit: Unit, currency = 'USD'): string {
  switch (unit) {
    case 'ratio':
      return formatRatio(value);
    case 'perSecond':
      return `${short(value)}/s`;
    case 'seconds':
      return formatSeconds(value);
    case 'bytes':
      return formatBytes(value);
    case 'count':
      return formatCount(value);
    case 'money':
      return `${value.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 })} ${currency}`;
  }
}

/** For an axis, where the same unit stands at every line: `80%`, `5 ms`, `1.2k`. */
export function formatTick(value: number, unit: Unit): string {
  if (unit === 'ratio') return `${+(value * 100).toFixed(1)}%`;
  if (unit === 'seconds')
    return value === 0
      ? '0'
      : formatValue(value, unit)
          .replace(/(\.\d*?)0+(?= |$)/, '$1')
          .replace('. ', ' ');
  if (unit === 'bytes') return formatBytes(value).replace('.0 ', ' ');
  return short(value);
}

function formatSeconds(seconds: number): string {
  const magnitude = Math.abs(seconds);
  if (magnitude >= 60) return formatDuration(seconds * 1000);
  return magnitude >= 1 ? `${seconds.toFixed(2)} s` : formatMilliseconds(seconds * 1000);
}

function short(value: number): string {
  const magnitude = Math.abs(value);
  if (magnitude >= 1e6) return `${+(value / 1e6).toFixed(2)}M`;
  if (magnitude >= 1e4) return `${+(value / 1e3).toFixed(1)}k`;
  if (magnitude >= 100) return value.toFixed(0);
  return String(+value.toFixed(magnitude >= 1 ? 1 : 3));
}

/** How a value changed, in words: `+3.2 points`, `−12 %`. Undefined where nothing could be said. */
export function changeWords(value: number, before: number, unit: Unit): string | undefined {
  if (unit === 'ratio') {
    const points = (value - before) * 100;
    return Math.abs(points) < 0.05 ? 'unchanged' : `${sign(points)}${Math.abs(points).toFixed(1)} points`;
  }
  if (before === 0) return value === 0 ? 'unchanged' : undefined;
  const percent = ((value - before) / before) * 100;
  const words = Math.abs(percent) < 10 ? Math.abs(percent).toFixed(1) : short(Math.round(Math.abs(percent)));
  return Math.abs(percent) < 0.5 ? 'unchanged' : `${sign(percent)}${words} %`;
}

function sign(value: number): string {
  return value < 0 ? '−' : '+';
}

/** Whether a change is for the better. */
export function changeTone({ value, better, unit }: Tile, before: number): 'better' | 'worse' | 'neither' {
  if (value === null || better === 'neither' || changeWords(value, before, unit) === 'unchanged') return 'neither';
  return value > before === (better === 'higher') ? 'better' : 'worse';
}
