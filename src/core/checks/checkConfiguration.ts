import { saysSecret } from '../environment/secretFields.ts';
import type { Verdict } from '../verdict.ts';
import type {
  Bound,
  ConfigurationEntry,
  ConfigurationExpectation,
  ConfigurationLimit,
  ConfigurationResult,
} from './configuration.ts';

/**
 * Holds a configuration file's entries against what a document expects. Where a key stands in several places, those
 * below one of `preferred` count (`production:` for that tier); otherwise all of them must be as expected. What is not
 * set is inconclusive, since the program has a value of its own then; a section that is missing has failed.
 */
export function checkConfiguration(
  expectations: readonly ConfigurationExpectation[],
  entries: readonly ConfigurationEntry[],
  preferred: readonly string[],
): readonly ConfigurationResult[] {
  return expectations.map((expectation) => {
    const found =
      expectation.kind === 'every' ? named(expectation.path, entries) : find(expectation.path, entries, preferred);
    return { expectation, verdict: judge(expectation, found), lines: found.map(({ line }) => line) };
  });
}

function named(key: string, entries: readonly ConfigurationEntry[]): readonly ConfigurationEntry[] {
  return entries.filter(({ path }) => path.at(-1)?.toLowerCase() === key);
}

function find(
  path: string,
  entries: readonly ConfigurationEntry[],
  preferred: readonly string[],
): readonly ConfigurationEntry[] {
  const keys = path.split('.');
  const ending = entries.filter((entry) => entry.path.slice(-keys.length).join('.') === keys.join('.'));
  const exact = ending.filter((entry) => entry.path.length === keys.length);
  if (exact.length > 0) return exact;
  const below = ending.filter((entry) => preferred.includes(entry.path[0]?.toLowerCase() ?? ''));
  return below.length > 0 ? below : ending;
}

function judge(limit: ConfigurationLimit, found: readonly ConfigurationEntry[]): Verdict {
  if (found.length === 0) {
    if (limit.kind === 'present') return { kind: 'failed', why: `${limit.path} is missing` };
    const what = limit.kind === 'every' ? `no key named ${limit.path}` : `${limit.path} is not set`;
    return { kind: 'inconclusive', why: `${what}; what the program does then is not known here` };
  }
  const verdicts = found.map((entry) => judgeEntry(limit, entry));
  return (
    verdicts.find(({ kind }) => kind === 'failed') ??
    verdicts.find(({ kind }) => kind === 'inconclusive') ?? { kind: 'passed' }
  );
}

function judgeEntry(limit: ConfigurationLimit, { path, value }: ConfigurationEntry): Verdict {
  if (limit.kind === 'present') return { kind: 'passed' };
  const name = path.join('.');
  if (value === undefined || value === null)
    return { kind: 'inconclusive', why: `${name} holds ${value === null ? 'nothing' : 'more keys, no value'}` };
  const shown = saysSecret('variable', path.at(-1) ?? '') ? 'another value' : JSON.stringify(value);
  if (limit.kind !== 'between')
    return value === limit.value
      ? { kind: 'passed' }
      : { kind: 'failed', why: `${name} is ${shown}, expected ${JSON.stringify(limit.value)}` };
  if (typeof value !== 'number')
    return { kind: 'failed', why: `${name} is ${shown}, expected a number ${rangeWords(limit)}` };
  return isWithin(value, limit.low, limit.high)
    ? { kind: 'passed' }
    : { kind: 'failed', why: `${name} is ${shown}, expected a number ${rangeWords(limit)}` };
}

function isWithin(value: number, low: Bound | undefined, high: Bound | undefined): boolean {
  if (Number.isNaN(value)) return false;
  const isAbove = low === undefined || value > low.value || (low.inclusive && value === low.value);
  return isAbove && (high === undefined || value < high.value || (high.inclusive && value === high.value));
}

/** "from 0 to 1", "above 5". */
export function rangeWords({ low, high }: Extract<ConfigurationLimit, { kind: 'between' }>): string {
  if (low?.inclusive === true && high?.inclusive === true) return `from ${low.value} to ${high.value}`;
  const from = low === undefined ? [] : [`${low.inclusive ? 'of at least' : 'above'} ${low.value}`];
  const to = high === undefined ? [] : [`${high.inclusive ? 'of at most' : 'below'} ${high.value}`];
  return [...from, ...to].join(' and ');
}
