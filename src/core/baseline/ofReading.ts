import type { Reading } from '../checklist/meaning/criteria/types.ts';
import type { EnvironmentSettings } from '../environment/schema.ts';
import { figureOf } from './baseline.ts';
import type { Baseline } from './baseline.ts';
import { lookupId } from './recorded.ts';

/** What a criterion's reading was in the baseline, in the reading's unit; undefined where it has no such figure. */
export function baselineOfReading(
  baseline: Baseline,
  settings: EnvironmentSettings,
  reading: Reading,
): number | undefined {
  const id = figureIdOf(reading);
  const figure = id === undefined ? undefined : figureOf(baseline, settings, id);
  if (!figure) return undefined;
  if (reading.unit === 'ms') return figure.value * 1000;
  return reading.unit === 'perMinute' ? figure.value * 60 : figure.value;
}

function figureIdOf(reading: Reading): string | undefined {
  if (reading.source === 'prometheus') return reading.figure;
  if (reading.source === 'hitRate')
    return reading.namespace === undefined
      ? lookupId('hitRate', reading.from[0] === 'keyspace' ? 'keyspace' : 'application')
      : undefined;
  switch (reading.field) {
    case 'usedMemory':
      return 'memory';
    case 'keys':
      return 'keys';
    case 'evictionRate':
      return 'evictions';
    default:
      return undefined;
  }
}
