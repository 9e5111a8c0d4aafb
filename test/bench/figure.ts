/** One measured number. A bench module (every .ts in this folder that exports `run`) returns some. */
export interface Figure {
  /** `topic.detail`, stable over time: `activation.own`. */
  readonly name: string;
  readonly value: number;
  /** Of `value` and `against`: ms, KB, %, commands. */
  readonly unit: string;
  /** What it is compared with: the same thing measured otherwise in the same run. */
  readonly against?: number;
  /** The most that is allowed, of the value or of the value divided by `against`. */
  readonly limit?: { readonly of: 'value' | 'ratio'; readonly max: number };
  /** How it was measured, in a few words. */
  readonly note?: string;
}

/** A figure as `--json` writes it. `against` is what was measured beside it, else the limit, else null. */
export interface FigureRecord {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly against: number | null;
  readonly ratio: number | null;
}

export function toRecord(figure: Figure): FigureRecord {
  const { name, value, unit, limit } = figure;
  const against = figure.against ?? (limit?.of === 'value' ? limit.max : null);
  return { name, value, unit, against, ratio: against === null || against === 0 ? null : value / against };
}

/** False only where a limit is missed; a figure that is not a number misses any. */
export function isWithinLimit(figure: Figure): boolean {
  if (figure.limit === undefined) return true;
  const measured = figure.limit.of === 'value' ? figure.value : toRecord(figure).ratio;
  return measured !== null && measured <= figure.limit.max;
}

/** The figures as lines with aligned columns; what missed its limit is marked. */
export function formatTable(figures: readonly Figure[]): string {
  const head = ['name', 'value', 'unit', 'against', 'ratio', 'limit', '', 'how'];
  const rows = figures.map((figure) => {
    const { against, ratio } = toRecord(figure);
    return [
      figure.name,
      round(figure.value),
      figure.unit,
      against === null ? '' : round(against),
      ratio === null ? '' : ratio.toFixed(2),
      figure.limit === undefined ? '' : `${figure.limit.of} ≤ ${figure.limit.max}`,
      figure.limit === undefined ? '' : isWithinLimit(figure) ? 'ok' : 'MISSED',
      figure.note ?? '',
    ];
  });
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  return [head, ...rows]
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const upper = sorted[Math.floor(middle)] ?? Number.NaN;
  return Number.isInteger(middle) ? ((sorted[middle - 1] ?? Number.NaN) + upper) / 2 : upper;
}

function round(value: number): string {
  if (Math.abs(value) >= 100) return value.toFixed(0);
  return value.toFixed(Math.abs(value) >= 1 ? 1 : 3);
}
