import type { HealthState, Reading, ServiceReport } from '../../src/core/health/reading.ts';
import type { Row } from '../../src/core/row.ts';
import type { Expected } from './state.ts';

/** What is said besides the service's own report. */
export interface Beside {
  /** The environment's row. */
  readonly row: Row;
  readonly hitRate: { readonly state: HealthState | 'fact'; readonly words: string };
}

/** What is wrong with what is said; undefined: nothing. */
export function judge(
  report: ServiceReport | undefined,
  { row, hitRate }: Beside,
  expect: Expected,
): string | undefined {
  if (!report) return 'It was not read.';
  if (report.state !== expect.state)
    return `${report.state === 'healthy' ? 'WRONG GREEN' : 'wrong state'}: ${report.state}, not ${expect.state}`;
  const words = [report.summary, report.failure?.message, report.failure?.next].filter(Boolean).join(' | ');
  if (!expect.says.test(words)) return `It does not say ${expect.says}: ${words}`;
  const [rateState, rateWords] = expect.hitRate ?? [hitRate.state, /./];
  if (hitRate.state !== rateState || !rateWords.test(hitRate.words))
    return `The hit rate is ${hitRate.state}, not ${rateState} ${rateWords}: ${hitRate.words}`;
  if (hitRate.state === 'degraded' && row.icon?.name === 'pass')
    return `WRONG GREEN: the environment’s row is well though its hit rate is ${hitRate.words}`;
  return wrongReading(report, expect) ?? wrongWords(report) ?? wrongRow(row, report);
}

/** Whatever the state: what is judged says by which rule, and nothing is said that no person would say. */
function wrongWords({ readings }: ServiceReport): string | undefined {
  const without = readings.find(({ state, detail }) => state !== 'fact' && (detail ?? '') === '');
  if (without) return `No rule: ${without.id} ${saidOf(without)}`;
  const odd = /\b(undefined|NaN|null|Infinity)\b|\[object|(?<![\d.,])1 (?!series)[a-z]{3,}s\b/;
  const found = readings.find((one) => odd.test(`${one.label} ${one.value} ${one.detail ?? ''}`));
  return found && `Odd words: ${found.label}: ${saidOf(found)}`;
}

function wrongReading({ readings, failure }: ServiceReport, { readings: wanted = {} }: Expected): string | undefined {
  if (failure) {
    const claimed = readings.find(({ state }) => state !== 'unknown');
    return claimed && `${claimed.id} is ${claimed.state}, though nothing could be read`;
  }
  for (const [id, [state, words]] of Object.entries(wanted)) {
    const found = readings.filter((one) => matches(id, one));
    if (found.length === 0) return `There is no reading ${id}`;
    const right = found.find((one) => one.state === state && words.test(`${one.value} ${one.detail ?? ''}`));
    if (!right) return `${id} is ${found.map(saidOf).join('; ')}, not ${state} ${words}`;
  }
  const alarms = readings.filter(
    (one) => one.state !== 'healthy' && one.state !== 'fact' && !Object.keys(wanted).some((id) => matches(id, one)),
  );
  return alarms.length === 0 ? undefined : `False alarm: ${alarms.map((one) => `${one.id} ${saidOf(one)}`).join('; ')}`;
}

/** The environment's own row must not look better than its service. */
function wrongRow({ icon, description = '' }: Row, { state }: ServiceReport): string | undefined {
  if (state === 'healthy') return undefined;
  if (icon?.name === 'pass' || /\ball \d+ healthy/.test(description))
    return `WRONG GREEN: the environment’s row says ${description}`;
  return undefined;
}

function matches(id: string, reading: Reading): boolean {
  return id.endsWith('*') ? reading.id.startsWith(id.slice(0, -1)) : reading.id === id;
}

function saidOf({ state, value, detail }: Reading): string {
  return `${state} “${value}” (${detail ?? ''})`;
}
