import type { Values } from '../core/dashboard/series.ts';
import { svg } from './dom.ts';

const width = 120;
const height = 26;
/** Of the value itself: as much of a change fills the height. */
const leastPart = 0.1;

/** The course of a value, gaps left open. A picture beside the number: it says nothing a screen reader would miss. */
export function sparkline(values: Values): SVGElement {
  const known = values.filter((value) => value !== null);
  const most = Math.max(...known);
  // What hardly changes must not look like a fall: it is drawn as the nearly level line it is.
  const span = Math.max(most - Math.min(...known), leastPart * Math.abs(most)) || 1;
  const least = Math.max(0, (Math.min(...known) + most - span) / 2);
  const part = Math.max(1, Math.ceil(values.length / (2 * width)));
  let path = '';
  let pen = 'M';
  let before = known[0] ?? 0;
  for (let index = 0; index < values.length; index += part) {
    const value = farthest(values.slice(index, index + part), before);
    if (value === undefined) {
      pen = 'M';
      continue;
    }
    const x = (index / Math.max(1, values.length - 1)) * width;
    const y = height - 2 - ((value - least) / span) * (height - 4);
    path += `${pen}${x.toFixed(1)} ${y.toFixed(1)}`;
    pen = 'L';
    before = value;
  }
  const view = {
    viewBox: `0 0 ${width} ${height}`,
    preserveAspectRatio: 'none',
    class: 'spark',
    'aria-hidden': 'true',
  };
  return svg('svg', view, svg('path', { d: path || 'M0 0' }));
}

/** Of several values that share a place, the one that a fall or a peak would be. */
function farthest(values: Values, from: number): number | undefined {
  let found: number | undefined;
  for (const value of values)
    if (value !== null && (found === undefined || Math.abs(value - from) > Math.abs(found - from))) found = value;
  return found;
}
