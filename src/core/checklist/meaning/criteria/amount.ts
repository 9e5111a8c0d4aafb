import type { CriterionUnit } from './types.ts';

export interface Amount {
  /** In `unit`. */
  readonly value: number;
  readonly unit: CriterionUnit;
}

/** A number with its unit, as a part of a larger pattern: two groups. */
export const AMOUNT =
  '~?(\\d[\\d,]*(?:\\.\\d+)?)\\s*(%|(?:percent|ms|msecs?|milliseconds?|s|secs?|seconds?|mins?|minutes?|h|hrs?|hours?|days?|[KMGT]i?B|bytes|B)\\b)?';

/** Behind the amount: `per minute`, `/min`, `req/s`. */
const RATE = /^\s*(?:\w+\s*)?(?:per\s+|\/\s*)(s|sec|second|min|minute|hour)\b/i;

const BYTES: Readonly<Record<string, number>> = { b: 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3, t: 1024 ** 4 };

/** `number` and `unit` as `AMOUNT` found them; `after` is the text behind them. */
export function toAmount(number: string, unit: string | undefined, after = ''): Amount {
  const value = Number(number.replaceAll(',', ''));
  if (unit === undefined || unit === '') return { value: perMinute(value, after), unit: rateOf(after) };
  const name = unit.toLowerCase();
  if (name === '%' || name === 'percent') return { value: Number((value / 100).toPrecision(12)), unit: 'ratio' };
  if (name === 'b' || name === 'bytes') return { value, unit: 'bytes' };
  if (/^[kmgt]i?b$/.test(name)) return { value: value * (BYTES[name.charAt(0)] ?? 1), unit: 'bytes' };
  return { value: value * msOf(name), unit: 'ms' };
}

function rateOf(after: string): CriterionUnit {
  const per = RATE.exec(after)?.[1]?.toLowerCase();
  if (per === undefined) return 'count';
  return per.startsWith('s') ? 'perSecond' : 'perMinute';
}

function perMinute(value: number, after: string): number {
  return RATE.exec(after)?.[1]?.toLowerCase() === 'hour' ? value / 60 : value;
}

/** The length of a unit of time in milliseconds. */
export function msOf(unit: string): number {
  const name = unit.toLowerCase();
  if (name === 'ms' || name.startsWith('msec') || name.startsWith('milli')) return 1;
  if (name.startsWith('s')) return 1000;
  if (name.startsWith('m')) return 60_000;
  if (name.startsWith('h')) return 3_600_000;
  return name.startsWith('d') ? 86_400_000 : 604_800_000;
}
