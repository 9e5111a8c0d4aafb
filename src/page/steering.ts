import type uPlot from 'uplot';
import { formatValue } from '../core/dashboard/units.ts';
import { formatTime } from '../core/format.ts';
import type { Board, ChartCard } from './card.ts';

/** A chart worked by keyboard and wheel: values are read and said, time is zoomed and moved. */
export function steer(card: ChartCard, board: Board): void {
  const { stage } = card;
  stage.addEventListener('dblclick', () => board.back());
  stage.addEventListener('keydown', (event) => {
    if (!card.plot || event.target !== stage || event.ctrlKey || event.metaKey) return;
    const action = actionsOf(card, card.plot, board, event.shiftKey)[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  });
  const onWheel = (event: WheelEvent): void => {
    const { plot } = card;
    // Without a key, or the chart chosen, the wheel belongs to the page.
    if (!plot || !(event.ctrlKey || event.metaKey || event.altKey || document.activeElement === stage)) return;
    event.preventDefault();
    const left = event.clientX - plot.over.getBoundingClientRect().left;
    zoomAt(plot, board, plot.posToVal(left, 'x'), event.deltaY < 0 ? 0.8 : 1.25);
  };
  stage.addEventListener('wheel', onWheel, { passive: false });
}

function actionsOf(card: ChartCard, plot: uPlot, board: Board, shift: boolean): Readonly<Record<string, () => void>> {
  const { fromMs, stepMs, count } = card.grid;
  const toMs = fromMs + (count - 1) * stepMs;
  const span = toMs - fromMs;
  const at = plot.cursor.idx ?? count - 1;
  const move = (index: number): void => moveTo(card, plot, board, Math.min(count - 1, Math.max(0, index)));
  const zoom = (factor: number): void => zoomAt(plot, board, fromMs + at * stepMs, factor);
  const leap = Math.max(1, Math.round(count / 20));
  return {
    ArrowLeft: () => (shift ? board.zoom(fromMs - span / 4, toMs - span / 4) : move(at - 1)),
    ArrowRight: () => (shift ? board.zoom(fromMs + span / 4, toMs + span / 4) : move(at + 1)),
    PageUp: () => move(at - leap),
    PageDown: () => move(at + leap),
    Home: () => move(0),
    End: () => move(count - 1),
    '+': () => zoom(0.5),
    '=': () => zoom(0.5),
    '-': () => zoom(2),
    Backspace: () => board.back(),
    Escape: () => board.back(),
    l: () => board.live(),
  };
}

function moveTo({ chart, grid }: ChartCard, plot: uPlot, board: Board, index: number): void {
  const atMs = grid.fromMs + index * grid.stepMs;
  plot.setCursor({ left: plot.valToPos(atMs, 'x'), top: plot.over.clientHeight / 2 });
  const words = chart.series
    .filter((one) => board.isShown(chart, one))
    .map(({ label, values }) => {
      const value = values[index] ?? null;
      return `${label} ${value === null ? 'no data' : formatValue(value, chart.unit)}`;
    });
  board.say(`${formatTime(atMs, Date.now())}: ${words.join(', ')}`);
}

function zoomAt({ scales }: uPlot, board: Board, atMs: number, factor: number): void {
  const { min = 0, max = 0 } = scales['x'] ?? {};
  board.zoom(atMs - (atMs - min) * factor, atMs + (max - atMs) * factor);
}
