import { formatCount, formatCountOf, formatDuration } from '../format.ts';
import type { Reading } from './reading.ts';
import type { WantedMetric } from './prometheusMetrics.ts';

/** One line of a metrics page. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
  /** ms since 1970, where the page says one. */
  readonly atMs: number | undefined;
}

/**
 * Reads Prometheus' text format, and OpenMetrics as far as it is the same. Lines that are neither sample nor comment are
 * counted, not guessed. Source: prometheus.io/docs/instrumenting/exposition_formats.
 */
export function parseMetrics(text: string): { readonly samples: readonly Sample[]; readonly unread: number } {
  const samples: Sample[] = [];
  let unread = 0;
  // OpenMetrics says so with its last line; its times are in seconds.
  const timeUnitMs = /^# EOF\s*$/m.test(text) ? 1000 : 1;
  for (const line of text.split('\n')) {
    if (line.trim() === '' || line.startsWith('#')) continue;
    const sample = parseLine(line, timeUnitMs);
    if (sample) samples.push(sample);
    else unread++;
  }
  return { samples, unread };
}

const samplePattern = /^\s*([a-zA-Z_:][\w:]*)\s*(\{.*\})?\s+(\S+)(?:\s+(-?[\d.]+))?(?:\s+#.*)?\s*$/;

function parseLine(line: string, timeUnitMs: number): Sample | undefined {
  const [, name, block, number = '', time] = samplePattern.exec(line) ?? [];
  if (name === undefined) return undefined;
  const value = numberOf(number);
  if (value === undefined) return undefined;
  const atMs = time === undefined ? undefined : Number(time) * timeUnitMs;
  return { name, labels: parseLabels(block ?? ''), value, atMs };
}

/** As Prometheus reads it, by Go's ParseFloat: in any case of letters. Node's prom-client writes “Nan”. */
function numberOf(text: string): number | undefined {
  if (/^nan$/i.test(text)) return Number.NaN;
  const [, sign, infinite] = /^([+-]?)(inf(?:inity)?)$/i.exec(text) ?? [];
  if (infinite !== undefined) return sign === '-' ? -Infinity : Infinity;
  const value = Number(text);
  return Number.isNaN(value) ? undefined : value;
}

function parseLabels(block: string): Record<string, string> {
  const labels: Record<string, string> = {};
  for (const [, name = '', value = ''] of block.matchAll(/([a-zA-Z_]\w*)\s*=\s*"((?:[^"\\]|\\.)*)"/g))
    labels[name] = value.replaceAll(/\\(.)/g, (_, one: string) => (one === 'n' ? '\n' : one));
  return labels;
}

interface Matcher {
  readonly label: string;
  readonly operator: string;
  readonly value: string;
}

/** The samples a selector such as `hits{kind="exact"}` picks; undefined when the selector cannot be read. */
export function select(samples: readonly Sample[], selector: string): readonly Sample[] | undefined {
  const [, name, inner = ''] = /^([\w:]+)(?:\{(.*)\})?$/s.exec(selector) ?? [];
  if (name === undefined) return undefined;
  const matchers: Matcher[] = [...inner.matchAll(/([a-zA-Z_]\w*)\s*(=~|!~|!=|=)\s*"((?:[^"\\]|\\.)*)"/g)].map(
    ([, label = '', operator = '', value = '']) => ({ label, operator, value: value.replaceAll(/\\(.)/g, '$1') }),
  );
  try {
    return samples.filter((sample) => sample.name === name && matchers.every((one) => matches(sample, one)));
  } catch {
    return undefined; // a pattern that is none
  }
}

function matches({ labels }: Sample, { label, operator, value }: Matcher): boolean {
  const actual = labels[label] ?? '';
  if (operator === '=' || operator === '!=') return (actual === value) === (operator === '=');
  return new RegExp(`^(?:${value})$`, 'u').test(actual) === (operator === '=~');
}

/** Older than this, a sample that carries a time is stale; it is also how long Prometheus would show it. */
export const staleMs = 5 * 60_000;

/** One reading for each configured counter: there with its value, or not. */
export function counterReadings(page: string, wanted: readonly WantedMetric[], nowMs: number): readonly Reading[] {
  const { samples, unread } = parseMetrics(page);
  const names = { id: 'metrics', label: 'Metrics page' };
  if (samples.length === 0) {
    const what = unread === 0 ? 'empty' : 'not in Prometheus’ format';
    return [{ ...names, value: what, state: 'degraded', detail: 'No metric could be read from it.' }];
  }
  const all = formatCountOf(samples.length, 'sample');
  const summary: Reading =
    unread === 0
      ? { ...names, value: all, state: 'healthy', detail: 'Every line is in Prometheus’ format.' }
      : {
          ...names,
          value: `${all}, ${formatCountOf(unread, 'line')} unread`,
          state: 'degraded',
          detail: 'Some lines are not in Prometheus’ format: Prometheus would refuse the whole page.',
        };
  return [summary, ...wanted.map((one) => counterReading(samples, one, nowMs))];
}

function counterReading(samples: readonly Sample[], { label, selector }: WantedMetric, nowMs: number): Reading {
  const base = { id: `counter/${label.toLowerCase()}`, label: `Counter ${label.toLowerCase()}` };
  const found = select(samples, selector);
  if (found === undefined || found.length === 0) {
    const detail =
      'The metrics page has no such series: the name may be wrong, or it appears only with its first event.';
    return { ...base, value: `${selector}: not exposed`, state: 'degraded', detail };
  }
  const sum = found.reduce((total, { value }) => total + value, 0);
  const value = `${formatCount(sum)} (${selector})`;
  if (!Number.isFinite(sum)) {
    const detail = 'No hit rate can be told from it.';
    return { ...base, value: `${selector}: not a number`, state: 'degraded', detail };
  }
  const newestMs = Math.max(...found.map(({ atMs }) => atMs ?? nowMs));
  if (nowMs - newestMs > staleMs) {
    const detail = `The page gives it a time ${formatDuration(nowMs - newestMs)} ago.`;
    return { ...base, value: `${value}, stale`, state: 'degraded', detail };
  }
  return { ...base, value, state: 'healthy', detail: `Sum of ${found.length} series since the application started.` };
}
