import type { Grid } from './range.ts';

/** One value for each moment of a grid; null where there is none, which is a gap and never a zero. */
export type Values = readonly (number | null)[];

/** Points in order of time: ms since 1970. */
export interface Points {
  readonly atMs: readonly number[];
  readonly values: readonly number[];
}

/** Points of a query made for this grid, put on it. NaN and infinities (nothing by nothing) are no values. */
export function onGrid({ atMs, values }: Points, { fromMs, stepMs, count }: Grid): Values {
  const found = Array.from<number | null>({ length: count }).fill(null);
  for (const [at, value] of values.entries()) {
    const index = Math.round(((atMs[at] ?? Number.NaN) - fromMs) / stepMs);
    if (index >= 0 && index < count && Number.isFinite(value)) found[index] = value;
  }
  return found;
}

/** A value where at least one has one. */
export function sumOf(all: readonly Values[]): Values {
  const [first = []] = all;
  return first.map((_, index) => {
    let sum: number | null = null;
    for (const values of all) {
      const value = values[index] ?? null;
      if (value !== null) sum = (sum ?? 0) + value;
    }
    return sum;
  });
}

/** `values`; nothing, as a number, where only the other is there: that a series is missing does not make all of it so. */
export function noneWhere(other: Values, values: Values): Values {
  return values.map((value, index) => value ?? ((other[index] ?? null) === null ? null : 0));
}

/** `part` of `part + rest`. No traffic has no ratio; a part that is missing while the rest is there counts as none. */
export function shareOf(part: Values, rest: Values): Values {
  return part.map((value, index) => {
    const other = rest[index] ?? null;
    if (value === null && other === null) return null;
    const whole = (value ?? 0) + (other ?? 0);
    return whole > 0 ? (value ?? 0) / whole : null;
  });
}

/** `a` op `b` where both have a value. */
export function combine(a: Values, b: Values, operation: (one: number, other: number) => number): Values {
  return a.map((value, index) => {
    const other = b[index] ?? null;
    return value === null || other === null ? null : operation(value, other);
  });
}

export function isEmpty(values: Values): boolean {
  return values.every((value) => value === null);
}

/** The newest value there is, and its index. */
export function lastOf(values: Values): { readonly value: number; readonly index: number } | undefined {
  const index = values.findLastIndex((value) => value !== null);
  const value = values[index] ?? null;
  return value === null ? undefined : { value, index };
}

/** Where the last value is older than this many steps, it is no longer what is so now. */
export const oldSteps = 3;

/** The newest value, where it is still what is so at the end of the range. */
export function currentOf(values: Values): ReturnType<typeof lastOf> {
  const last = lastOf(values);
  return last && values.length - 1 - last.index <= oldSteps ? last : undefined;
}

export function totalOf(values: Values): number {
  return values.reduce<number>((sum, value) => sum + (value ?? 0), 0);
}

/** The `most` largest by total, in that order, and all the others. */
export function largest<T extends { readonly weight: number; readonly name: string }>(
  all: readonly T[],
  most: number,
): { readonly shown: readonly T[]; readonly rest: readonly T[] } {
  const sorted = all.toSorted((a, b) => b.weight - a.weight || a.name.localeCompare(b.name));
  // One alone needs no "rest" in its place.
  const cut = sorted.length === most + 1 ? most + 1 : most;
  return { shown: sorted.slice(0, cut), rest: sorted.slice(cut) };
}
