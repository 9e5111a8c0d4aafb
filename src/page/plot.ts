import uPlot from 'uplot';
import type { Chart, ChartSeries } from '../core/dashboard/model.ts';
import { endOf, timesOf } from '../core/dashboard/range.ts';
import type { Grid } from '../core/dashboard/range.ts';
import type { Values } from '../core/dashboard/series.ts';
import { formatTick } from '../core/dashboard/units.ts';
import { faded } from './theme.ts';
import type { Theme } from './theme.ts';

export interface PlotOptions {
  readonly chart: Chart;
  /** The chart as it is when it is drawn again: other restarts, other limits. */
  readonly current: () => Chart;
  readonly grid: Grid;
  readonly theme: Theme;
  readonly width: number;
  readonly height: number;
  readonly isShown: (series: ChartSeries) => boolean;
  /** Called with the index of the moment under the cursor, or null. */
  readonly onCursor: (index: number | null) => void;
  /** Called with a stretch the user has drawn. */
  readonly onSelect: (fromMs: number, toMs: number) => void;
  readonly onDraw: () => void;
}

/** One chart as uPlot draws it: gaps stay open, limits and restarts are marked, the cursor is shared by all. */
export function createPlot(options: PlotOptions, container: HTMLElement): uPlot {
  const { chart, current, grid, theme, width, height, onCursor, onSelect, onDraw } = options;
  const axis = {
    stroke: theme.muted,
    font: theme.font,
    grid: { stroke: theme.grid, width: 1 },
    ticks: { show: false },
  };
  return new uPlot(
    {
      width,
      height,
      padding: [10, 14, 0, 0],
      ms: 1,
      legend: { show: false },
      cursor: {
        sync: { key: 'dashboard', setSeries: false },
        drag: { x: true, y: false, setScale: false },
        points: { size: 7, width: 2 },
        x: true,
        y: false,
      },
      scales: {
        x: { time: true, min: grid.fromMs, max: endOf(grid), auto: false },
        y: yScale(current),
      },
      axes: [
        { ...axis, space: 64, size: 26, gap: 6, values: (_plot, splits) => timeTicks(splits) },
        {
          ...axis,
          size: 58,
          gap: 6,
          space: 28,
          values: (_plot, splits) => splits.map((value) => (value === null ? '' : formatTick(value, chart.unit))),
          ...(chart.log === true ? { filter: powersOfTen } : {}),
          ...(chart.unit === 'bytes' ? { incrs: binarySteps } : {}),
        },
      ],
      series: [{}, ...chart.series.map((one) => lineOf(one, theme, options.isShown(one)))],
      hooks: {
        drawAxes: [(plot) => drawLimits(plot, current(), theme)],
        draw: [
          (plot) => {
            nameLimits(plot, current(), theme);
            drawResets(plot, current(), theme);
            onDraw();
          },
        ],
        setCursor: [(plot) => onCursor(plot.cursor.idx ?? null)],
        setSelect: [
          (plot) => {
            if (plot.select.width < 4) return;
            const from = plot.posToVal(plot.select.left, 'x');
            const to = plot.posToVal(plot.select.left + plot.select.width, 'x');
            plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
            onSelect(from, to);
          },
        ],
      },
    },
    plotData(chart, grid),
    container,
  );
}

export function plotData(chart: Chart, grid: Grid): uPlot.AlignedData {
  return [[...timesOf(grid)], ...chart.series.map(({ values }) => [...values])];
}

/** Round in the units that bytes are counted in. */
const binarySteps = Array.from({ length: 50 }, (_, power) => 2 ** power);

/** By what the chart shows when it is drawn, not when it was made. */
function yScale(current: () => Chart): uPlot.Scale {
  const { unit, log, wide } = current();
  // A rate is drawn from nothing to all, so that what looks like a fall is one.
  if (unit === 'ratio' && wide === true) return { range: [0, 1] };
  if (unit === 'ratio') return { range: (_plot, min) => [Math.max(0, Math.floor((min ?? 0) * 10 - 0.5) / 10), 1] };
  if (log === true) return { distr: 3, log: 10, range: () => logRange(current().series) };
  return {
    range: (_plot, _min, max) => {
      const most = Math.max(0, ...current().limits.map(({ value }) => value));
      // A limit far above what is drawn would flatten it; it is shown when it comes near.
      const top = most > 0 && most < (max || 1) * 4 ? Math.max(max || 0, most) : max || 1;
      return [0, uPlot.rangeNum(0, top, 0.1, true)[1] ?? top];
    },
  };
}

function logRange(series: readonly ChartSeries[]): uPlot.Range.MinMax {
  let least = Number.POSITIVE_INFINITY;
  let most = 0;
  for (const { values } of series)
    for (const value of values)
      if (value !== null && value > 0) {
        least = Math.min(least, value);
        most = Math.max(most, value);
      }
  if (most === 0) return [0.001, 1];
  return [10 ** Math.floor(Math.log10(least)), 10 ** Math.ceil(Math.log10(most))];
}

function powersOfTen(_plot: uPlot, splits: number[]): (number | null)[] {
  return splits.map((value) => (Math.abs(Math.log10(value) - Math.round(Math.log10(value))) < 1e-6 ? value : null));
}

function lineOf(one: ChartSeries, theme: Theme, show: boolean): uPlot.Series {
  const stroke = theme.series[one.color];
  const alone = aloneIn(one.values);
  return {
    label: one.label,
    show,
    stroke,
    width: one.dashed === true ? 1.25 : 1.75,
    spanGaps: false,
    ...(one.dashed === true ? { dash: [5, 4] } : {}),
    ...(one.filled === true && !theme.highContrast ? { fill: faded(stroke, 0.1) } : {}),
    // A single value between two gaps has no line: it is a dot.
    points: { show: alone.length > 0, size: 4, filter: () => alone },
  };
}

function aloneIn(values: Values): number[] {
  return values.flatMap((value, index) =>
    value !== null && (values[index - 1] ?? null) === null && (values[index + 1] ?? null) === null ? [index] : [],
  );
}

function drawLimits(plot: uPlot, { limits }: Chart, theme: Theme): void {
  const { ctx, bbox } = plot;
  const ratio = devicePixelRatio;
  const best = Math.max(...limits.filter(({ bad }) => bad === 'below').map(({ value }) => value));
  ctx.save();
  if (Number.isFinite(best) && !theme.highContrast) {
    // The band it should be in.
    ctx.fillStyle = faded(theme.good, 0.06);
    ctx.fillRect(bbox.left, bbox.top, bbox.width, plot.valToPos(best, 'y', true) - bbox.top);
  }
  ctx.lineWidth = ratio;
  ctx.setLineDash([2 * ratio, 3 * ratio]);
  for (const { y, tone } of inSight(plot, limits)) {
    ctx.strokeStyle = theme[tone];
    ctx.beginPath();
    ctx.moveTo(bbox.left, y);
    ctx.lineTo(bbox.left + bbox.width, y);
    ctx.stroke();
  }
  ctx.restore();
}

/** Above the lines of the series, which may run through them. */
function nameLimits(plot: uPlot, { limits }: Chart, theme: Theme): void {
  const { ctx, bbox } = plot;
  const ratio = devicePixelRatio;
  ctx.save();
  ctx.font = theme.font.replace('11px', `${11 * ratio}px`);
  ctx.textAlign = 'left';
  ctx.lineWidth = 3 * ratio;
  ctx.lineJoin = 'round';
  ctx.strokeStyle = theme.background;
  ctx.fillStyle = theme.muted;
  for (const { y, bad, label } of inSight(plot, limits)) {
    ctx.textBaseline = bad === 'below' ? 'top' : 'bottom';
    const at = [bbox.left + 6 * ratio, y + (bad === 'below' ? 4 : -4) * ratio] as const;
    ctx.strokeText(label, ...at);
    ctx.fillText(label, ...at);
  }
  ctx.restore();
}

/** Limits with where they are drawn; those that lie within the chart. */
function inSight(plot: uPlot, limits: Chart['limits']) {
  const { top, height } = plot.bbox;
  return limits
    .map((limit) => ({ ...limit, y: Math.round(plot.valToPos(limit.value, 'y', true)) + 0.5 }))
    .filter(({ y }) => y > top - 1 && y < top + height + 1);
}

function drawResets(plot: uPlot, { resets, wide }: Chart, theme: Theme): void {
  const { ctx, bbox } = plot;
  const ratio = devicePixelRatio;
  ctx.save();
  ctx.strokeStyle = theme.muted;
  ctx.fillStyle = theme.muted;
  ctx.font = theme.font.replace('11px', `${11 * ratio}px`);
  ctx.textAlign = 'center';
  ctx.textBaseline = 'top';
  ctx.lineWidth = ratio;
  ctx.setLineDash([ratio, 3 * ratio]);
  for (const at of resets) {
    const x = Math.round(plot.valToPos(at, 'x', true)) + 0.5;
    if (x < bbox.left || x > bbox.left + bbox.width) continue;
    // A small chart has a tick above it; what it means is told by the wide one.
    if (wide === true) ctx.fillText('↻', x, bbox.top);
    ctx.beginPath();
    ctx.moveTo(x, bbox.top + (wide === true ? 14 : -7) * ratio);
    ctx.lineTo(x, wide === true ? bbox.top + bbox.height : bbox.top - ratio);
    ctx.stroke();
  }
  ctx.restore();
}

const days = new Intl.DateTimeFormat('en-US', { month: 'short', day: 'numeric' });

/** `14:30`; the day where a day begins. */
function timeTicks(splits: readonly number[]): string[] {
  return splits.map((atMs) => {
    const at = new Date(atMs);
    if (at.getHours() === 0 && at.getMinutes() === 0 && at.getSeconds() === 0) return days.format(at);
    const [hours, minutes, seconds] = [at.getHours(), at.getMinutes(), at.getSeconds()].map((one) =>
      String(one).padStart(2, '0'),
    );
    return seconds === '00' ? `${hours}:${minutes}` : `${hours}:${minutes}:${seconds}`;
  });
}
