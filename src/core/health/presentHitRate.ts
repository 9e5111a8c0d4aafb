import type { Environment } from '../environment/environment.ts';
import { formatCountOf, formatDuration, formatRatio, formatTime } from '../format.ts';
import type { HitRate } from '../metrics/hitRate.ts';
import { lookupCounts, windowWords } from '../metrics/hitRate.ts';
import type { HitRatePart, SourcedHitRate } from '../metrics/sourcedHitRate.ts';
import { rateWords, sourceNames } from '../metrics/sourcedHitRate.ts';
import type { Row } from '../row.ts';
import type { EnvironmentHitRate } from './environmentHitRate.ts';
import { brokenLimit } from './hitRateLimits.ts';
import { icons } from './icons.ts';
import type { HealthState } from './reading.ts';

/** `67.2 % hits (Prometheus), warning`; of the keyspace `83.5 % keyspace hits (Redis)`. */
export function hitRateWords({ used, judgement }: EnvironmentHitRate): string {
  if (!used) return 'no hit rate';
  const judged = judgement === 'warning' || judgement === 'critical' ? `, ${judgement}` : '';
  const source = used.source === 'keyspace' ? 'Redis' : sourceNames[used.source];
  switch (used.rate.kind) {
    case 'noData':
      return 'no data';
    case 'noTraffic':
      return `no traffic (${source})`;
    case 'rate': {
      const since = used.rate.windowMs === undefined ? ' since start' : '';
      const what = used.source === 'keyspace' ? 'keyspace hits' : 'hits';
      return `${formatRatio(used.rate.ratio)} ${what}${since} (${source})${used.doubt === undefined ? judged : ', misses unknown'}`;
    }
  }
}

/** What the rate rests on, why no better source was used, and which limit it breaks; a line each. */
export function hitRateDetail(
  environment: Environment,
  { sources, used, isSubstitute, judgement }: EnvironmentHitRate,
  nowWallMs: number,
): readonly string[] {
  if (!used) return [notMeasured];
  const broken = judgement === 'unjudged' ? undefined : brokenLimit(used.rate, environment.settings.limits?.hitRate);
  const better = sources.slice(0, sources.indexOf(used));
  return [
    ...countLines(used),
    ...kindLine(used),
    ...sourceLines(used, nowWallMs, formatTime),
    ...better.map(({ source, rate }) => `Not from ${sourceNames[source]}: ${rateWords(rate)}.`),
    ...(isSubstitute
      ? ['The application’s own hit rate is not known; this is not it, and no limit is held against it.']
      : []),
    ...(broken === undefined ? [] : [broken]),
  ];
}

const notMeasured =
  'The settings name nothing to measure it by. Set metrics.hits and metrics.misses, with prometheus.url or application.metrics.';

function countLines({ rate, source }: SourcedHitRate): readonly string[] {
  if (rate.kind === 'noData') return [`No data: ${rate.why}.`];
  if (rate.kind === 'noTraffic') return [`No lookup, ${windowWords(rate)}.`];
  // Prometheus extrapolates to the borders of the window.
  const about = source === 'prometheus' ? 'About ' : '';
  // Of a Redis, because there is nothing yet to take it from.
  const since = source === 'keyspace' ? 'since the counters began; read only once so far' : 'since the counters began';
  const window = rate.windowMs === undefined ? since : windowWords(rate);
  return [`${about}${lookupCounts(rate)}.`, `Window: ${window}.`];
}

function kindLine({ parts }: SourcedHitRate): readonly string[] {
  const kinds = parts.filter(({ kind, rate }) => (kind === 'exact' || kind === 'semantic') && rate.kind === 'rate');
  if (kinds.length === 0) return [];
  const said = kinds.map(({ kind, rate }) => `${kind} ${rate.kind === 'rate' ? formatRatio(rate.ratio) : ''}`);
  return [`Of all lookups: ${said.join(', ')}.`];
}

/** How many samples, how old; then what else has to be known. */
function sourceLines(
  { source, samples, newestAtMs, restart, note, doubt, rate }: SourcedHitRate,
  nowMs: number,
  timeWords: TimeWords,
): readonly string[] {
  if (rate.kind === 'noData') return note === undefined ? [] : [note];
  const counted = samples === undefined ? '' : `, ${formatCountOf(samples, 'sample')}`;
  const newest =
    newestAtMs === undefined
      ? ''
      : `; the newest at ${timeWords(newestAtMs, nowMs)}, ${formatDuration(nowMs - newestAtMs)} ago`;
  const others = [doubt, restart, note].filter((one) => one !== undefined);
  return [`Source: ${sourceNames[source]}${counted}${newest}.`, ...others];
}

/** A moment (wall clock, ms since 1970) in words, seen from now. */
type TimeWords = (atMs: number, nowMs: number) => string;

/**
 * What the environment’s own row has to say of it: a broken limit, or that a limit cannot be held against anything.
 * Undefined where there is nothing to say.
 */
export function hitRateTrouble(
  { settings }: Environment,
  { used, state, judgement }: EnvironmentHitRate,
): { readonly state: HealthState; readonly words: string } | undefined {
  if (settings.limits?.hitRate === undefined || !used || state === 'fact' || state === 'healthy') return undefined;
  const words = used.rate.kind === 'rate' && state !== 'unknown' ? formatRatio(used.rate.ratio) : 'not known';
  return { state, words: `hit rate ${words}${judgement === 'unjudged' ? '' : `, ${judgement}`}` };
}

/** The environment’s row for it; its children are {@link presentHitRateParts}. */
export function presentHitRate(environment: Environment, hitRate: EnvironmentHitRate, nowWallMs: number): Row {
  const { used, isSubstitute, judgement, state } = hitRate;
  const judged = judgement === 'warning' || judgement === 'critical' ? ` · ${judgement}` : '';
  const substitute = isSubstitute ? ' · the application’s is not known' : '';
  const doubt = used?.doubt === undefined ? '' : ' · misses unknown';
  const words = used ? `${sourcedWords(used)}${judged}${substitute}${doubt}` : 'not measured';
  return {
    id: `${environment.id}/hitRate`,
    label: 'Hit rate',
    description: words,
    icon: judgement === 'critical' ? icons.down : icons[state],
    tooltip: [`Hit rate: ${words}`, ...hitRateDetail(environment, hitRate, nowWallMs)].join('\n'),
    contextValue: `hitRate ${state}`,
    expandable: hitRate.sources.length === 0 ? 'no' : 'collapsed',
    spoken: `Hit rate: ${words}`,
  };
}

function sourcedWords({ rate, source }: SourcedHitRate): string {
  return rate.kind === 'noData' ? rateWords(rate) : `${rateWords(rate)} · ${sourceNames[source]}`;
}

/** Exact, semantic and each namespace as the source in use measures them, then every source with what it says. */
export function presentHitRateParts(
  environment: Environment,
  { sources, used }: EnvironmentHitRate,
  nowWallMs: number,
  timeWords: TimeWords = formatTime,
): readonly Row[] {
  const base = `${environment.id}/hitRate`;
  const { namespaces = {} } = environment.settings;
  const parts = (used?.parts ?? []).map((part): Row => {
    const row = partRow(`${base}/${part.kind}/${part.name}`, part);
    const isOurs = part.kind === 'namespace' && Object.hasOwn(namespaces, part.name);
    return isOurs ? { ...row, contextValue: 'namespace' } : row;
  });
  const from = sources.map((one): Row => {
    const isUsed = one === used;
    const samples = one.samples === undefined ? '' : `, ${formatCountOf(one.samples, 'sample')}`;
    const words = `${rateWords(one.rate)}${samples}${isUsed && one.rate.kind !== 'noData' ? ' · in use' : ''}`;
    const label = `From ${sourceNames[one.source]}`;
    return {
      id: `${base}/source/${one.source}`,
      label,
      description: words,
      icon: one.rate.kind === 'noData' ? icons.unknown : icons.fact,
      tooltip: [
        `${label}: ${words}`,
        ...(one.rate.kind === 'rate' ? countLines(one) : []),
        ...kindLine(one),
        ...sourceLines(one, nowWallMs, timeWords),
      ].join('\n'),
      contextValue: 'hitRateSource',
      expandable: 'no',
    };
  });
  return [...parts, ...from];
}

function partRow(id: string, { kind, name, rate }: HitRatePart): Row {
  const label = kind === 'exact' ? 'Exact' : kind === 'semantic' ? 'Semantic' : name === '' ? '(no name)' : name;
  const of = kind === 'exact' || kind === 'semantic' ? ' of all lookups' : '';
  const words = rate.kind === 'rate' ? `${formatRatio(rate.ratio)}${of} · ${partCounts(kind, rate)}` : rateWords(rate);
  return { id, label, description: words, icon: icons.fact, tooltip: `${label}: ${words}`, expandable: 'no' };
}

function partCounts(kind: HitRatePart['kind'], rate: Extract<HitRate, { kind: 'rate' }>): string {
  return kind === 'exact' || kind === 'semantic' ? formatCountOf(rate.hits, 'hit') : lookupCounts(rate);
}
