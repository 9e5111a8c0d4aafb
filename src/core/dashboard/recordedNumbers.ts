import type { Tile } from './model.ts';
import type { Line, Watched } from './recordedCharts.ts';

/** A number by which a server is judged: a tile of the dashboard, and a figure of a baseline. */
interface RecordedNumber extends Pick<Line, 'from' | 'how'>, Pick<Tile, 'id' | 'label' | 'unit' | 'better'> {
  readonly service: Watched;
}

export const recordedNumbers = [
  {
    id: 'memory',
    label: 'Redis memory',
    service: 'redis',
    from: 'memory',
    how: 'gauge',
    unit: 'bytes',
    better: 'lower',
  },
  {
    id: 'evictions',
    label: 'Evictions',
    service: 'redis',
    from: 'evicted',
    how: 'rate',
    unit: 'perSecond',
    better: 'lower',
  },
  { id: 'keys', label: 'Keys', service: 'redis', from: 'keys', how: 'gauge', unit: 'count', better: 'neither' },
  {
    id: 'points',
    label: 'Qdrant points',
    service: 'qdrant',
    from: 'points',
    how: 'gauge',
    unit: 'count',
    better: 'neither',
  },
] as const satisfies readonly RecordedNumber[];
