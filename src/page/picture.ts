import type { Chart } from '../core/dashboard/model.ts';
import type { Grid } from '../core/dashboard/range.ts';
import { endOf } from '../core/dashboard/range.ts';
import { formatTick } from '../core/dashboard/units.ts';
import { formatTime } from '../core/format.ts';
import type { ChartCard } from './card.ts';
import { svg } from './dom.ts';
import type { Theme } from './theme.ts';

const size = { width: 960, height: 360, left: 64, right: 20, top: 64, bottom: 60 } as const;

/** The chart as a drawing of its own, with title, source and legend: what is pasted into a report must explain itself. */
export function chartSvg(card: ChartCard, theme: Theme, environment: string): string {
  const { chart, grid, plot } = card;
  const { min: least = 0, max: most = 1 } = plot?.scales['y'] ?? {};
  const scale = (value: number): number => (chart.log === true ? Math.log10(value) : value);
  const [low, high] = [scale(least), scale(most)];
  const x = (atMs: number): number =>
    size.left + ((atMs - grid.fromMs) / Math.max(1, endOf(grid) - grid.fromMs)) * (size.width - size.left - size.right);
  const y = (value: number): number =>
    size.height - size.bottom - ((scale(value) - low) / (high - low || 1)) * (size.height - size.top - size.bottom);
  const text = (words: string, at: Readonly<Record<string, string | number>>): SVGElement => {
    const element = svg('text', { fill: theme.muted, 'font-size': 12, 'font-family': 'sans-serif', ...at });
    element.textContent = words;
    return element;
  };
  const root = svg('svg', {
    xmlns: 'http://www.w3.org/2000/svg',
    viewBox: `0 0 ${size.width} ${size.height}`,
    width: size.width,
    height: size.height,
  });
  root.append(
    svg('rect', { width: size.width, height: size.height, fill: theme.background }),
    text(`${chart.title} – ${environment}`, {
      x: 20,
      y: 26,
      fill: theme.foreground,
      'font-size': 16,
      'font-weight': 600,
    }),
    text(`${formatTime(grid.fromMs, 0)} to ${formatTime(endOf(grid), 0)} · ${chart.source}`, { x: 20, y: 46 }),
    ...ticks(chart, least, most).flatMap((value) => [
      svg('line', { x1: size.left, x2: size.width - size.right, y1: y(value), y2: y(value), stroke: theme.grid }),
      text(formatTick(value, chart.unit), { x: size.left - 8, y: y(value) + 4, 'text-anchor': 'end' }),
    ]),
    ...timeTicks(grid).map((at) =>
      text(formatTime(at, Date.now()).replace(/:\d\d$/, ''), {
        x: x(at),
        y: size.height - size.bottom + 18,
        'text-anchor': 'middle',
      }),
    ),
    ...chart.limits
      .filter(({ value }) => value >= least && value <= most)
      .flatMap(({ value, tone, label }) => [
        svg('line', {
          x1: size.left,
          x2: size.width - size.right,
          y1: y(value),
          y2: y(value),
          stroke: theme[tone],
          'stroke-dasharray': '2 3',
        }),
        text(label, { x: size.left + 6, y: y(value) + 14 }),
      ]),
    ...chart.series.map(({ values, color, dashed }) =>
      svg('path', {
        d: pathOf(values, (index) => x(grid.fromMs + index * grid.stepMs), y, chart.log === true),
        fill: 'none',
        stroke: theme.series[color],
        'stroke-width': 1.75,
        ...(dashed === true ? { 'stroke-dasharray': '5 4' } : {}),
      }),
    ),
    ...legend(chart, theme, text),
  );
  return new XMLSerializer().serializeToString(root);
}

function pathOf(
  values: Chart['series'][number]['values'],
  x: (index: number) => number,
  y: (value: number) => number,
  log: boolean,
): string {
  let path = '';
  let pen = 'M';
  for (const [index, value] of values.entries()) {
    if (value === null || (log && value <= 0)) {
      pen = 'M';
      continue;
    }
    path += `${pen}${x(index).toFixed(1)} ${y(value).toFixed(1)}`;
    // A value between two gaps is a dot.
    if (pen === 'M' && (values[index + 1] ?? null) === null) path += 'h0.1';
    pen = 'L';
  }
  return path;
}

function ticks({ log }: Chart, least: number, most: number): readonly number[] {
  if (log === true) {
    const [from, to] = [Math.ceil(Math.log10(least)), Math.floor(Math.log10(most))];
    return Array.from({ length: to - from + 1 }, (_, index) => 10 ** (from + index));
  }
  return [0, 0.25, 0.5, 0.75, 1].map((part) => least + (most - least) * part);
}

function timeTicks(grid: Grid): readonly number[] {
  const span = endOf(grid) - grid.fromMs;
  return [0.1, 0.3, 0.5, 0.7, 0.9].map((part) => grid.fromMs + span * part);
}

function legend(
  { series }: Chart,
  theme: Theme,
  text: (words: string, at: Readonly<Record<string, string | number>>) => SVGElement,
): readonly SVGElement[] {
  let left = 20;
  return series.flatMap(({ label, color }) => {
    const at = left;
    left += 34 + label.length * 7;
    const line = { x1: at, x2: at + 14, y1: size.height - 18, y2: size.height - 18 };
    return [
      svg('line', { ...line, stroke: theme.series[color], 'stroke-width': 3 }),
      text(label, { x: at + 20, y: size.height - 14 }),
    ];
  });
}

/** The drawing as a picture, twice as fine; base64 without the head of a data address. */
export async function toPng(drawing: string): Promise<string> {
  const image = new Image();
  image.src = `data:image/svg+xml;base64,${btoa(String.fromCodePoint(...new TextEncoder().encode(drawing)))}`;
  await image.decode();
  const canvas = document.createElement('canvas');
  canvas.width = size.width * 2;
  canvas.height = size.height * 2;
  canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
  return canvas.toDataURL('image/png').replace(/^[^,]*,/, '');
}
