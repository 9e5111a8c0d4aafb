import { bindCriterion } from '../checklist/meaning/criteria/bind.ts';
import { msOf } from '../checklist/meaning/criteria/amount.ts';
import type { CriterionDraft } from '../checklist/meaning/criteria/draft.ts';
import { inUnit } from '../checklist/meaning/criteria/judge.ts';
import { readCriteria } from '../checklist/meaning/criteria/read.ts';
import type { Binding } from '../checklist/meaning/criteria/types.ts';
import type { EnvironmentSettings } from '../environment/schema.ts';
import { formatDuration } from '../format.ts';
import { serviceIds, serviceNames } from '../health/monitorServices.ts';
import type { ServiceId } from '../health/monitorServices.ts';
import type { AlertRule, Comparison, Severity } from './rule.ts';

/** A value of `limits` says no duration; one odd poll is no alert. */
export const limitHoldMs = 60_000;

/** What an environment wants to be told of: its `limits`, then its `alerts`; what is said twice counts once. */
export function rulesOf(settings: EnvironmentSettings): readonly AlertRule[] {
  const all = [
    ...limitRules(settings),
    ...(settings.alerts ?? []).map(({ when, severity, message }) => readRule(when, severity, message, settings)),
  ];
  return [...new Map(all.map((rule) => [rule.id, rule])).values()];
}

/** The queries that the rules need of Prometheus, each once. */
export function queriesOf(rules: readonly AlertRule[]): readonly string[] {
  const queries = rules.flatMap(({ condition }) =>
    condition.kind === 'number' && condition.reading.source === 'prometheus' ? [condition.reading.query] : [],
  );
  return [...new Set(queries)];
}

const lasting =
  /^(.*?)\s+for\s+(?:at least\s+|more than\s+)?(\d+)\s*(s|secs?|seconds?|m|mins?|minutes?|h|hours?|d|days?)\s*$/is;

/** Reads `p95 > 100ms for 10m`; what cannot be read or bound stays a rule that says so. */
export function readRule(
  text: string,
  severity: Severity,
  message: string | undefined,
  settings: EnvironmentSettings,
): AlertRule {
  const [, lasts = text, amount, unit = ''] = lasting.exec(text.trim()) ?? [];
  const when = lasts.trim().replaceAll(/\s+/g, ' ');
  const holdMs = amount === undefined ? 0 : Number(amount) * msOf(unit);
  return make({ when, holdMs, severity, message, ...conditionOf(when, settings) });
}

type Bound = Pick<AlertRule, 'condition' | 'note'>;

function conditionOf(when: string, settings: EnvironmentSettings): Bound {
  const down = /^(\w+) down$/i.exec(when)?.[1]?.toLowerCase();
  const service = serviceIds.find((id) => id === down);
  if (service !== undefined) return stateCondition(service, undefined, settings);
  const [draft, ...others] = readCriteria(when);
  if (draft === undefined || others.length > 0 || !isComparison(draft)) {
    return unbound(`"${when}" cannot be read as one comparison of a number.`, 'alerts');
  }
  return compared(draft, settings);
}

function isComparison(draft: CriterionDraft): draft is Comparison {
  return draft.comparator !== 'stable' && draft.comparator !== 'rising' && draft.relativeToBaseline === undefined;
}

function compared(comparison: Comparison, settings: EnvironmentSettings): Bound {
  const binding: Binding = bindCriterion(comparison, settings);
  if (binding.kind === 'unbound') return unbound(binding.why, binding.setting);
  const { reading, note } = binding;
  if (reading.source === 'redis' && reading.field === 'evictedKeys') {
    return unbound(
      'The number of evictions since start never falls again; a rate does: evictions > 100/min.',
      'alerts',
    );
  }
  return { condition: { kind: 'number', comparison, reading }, note };
}

/** A comparison that was read elsewhere, as a rule. */
export function ruleOf(
  comparison: Comparison,
  about: Pick<AlertRule, 'when' | 'holdMs' | 'severity'>,
  settings: EnvironmentSettings,
): AlertRule {
  return make({ ...about, message: undefined, ...compared(comparison, settings) });
}

function stateCondition(service: ServiceId, reading: string | undefined, settings: EnvironmentSettings): Bound {
  return settings[service] === undefined
    ? unbound(`The environment names no ${serviceNames[service]}.`, service)
    : { condition: { kind: 'state', service, reading }, note: undefined };
}

function unbound(why: string, setting: string | undefined): Bound {
  return { condition: { kind: 'unbound', why, setting }, note: undefined };
}

function make(rule: Omit<AlertRule, 'id'>): AlertRule {
  const lasts = rule.holdMs === 0 ? '' : ` for ${formatDuration(rule.holdMs)}`;
  return { ...rule, id: `${rule.severity}: ${rule.when}${lasts}` };
}

/** Names that the words of criteria bind by, with what counts as too much or too little of it. */
function limitRules(settings: EnvironmentSettings): readonly AlertRule[] {
  const { limits } = settings;
  if (!limits) return [];
  const { hitRate, redisMemory, qdrantMemory, roundTrip, p50, p95, p99, errorRate, evictionsPerMinute } = limits;
  const over = (
    metric: string,
    value: number | undefined,
    unit: Comparison['unit'],
    percentile?: number,
  ): AlertRule[] =>
    limitRule({ metric, comparator: '>', value, unit, ...(percentile && { percentile }) }, 'warning', settings);
  const under = (value: number | undefined, severity: Severity): AlertRule[] =>
    limitRule({ metric: 'hit rate', comparator: '<', value, unit: 'ratio' }, severity, settings);
  return [
    ...under(hitRate?.critical, 'critical'),
    ...under(hitRate?.warning, 'warning'),
    ...over('redis memory', redisMemory, 'bytes'),
    ...(qdrantMemory === undefined ? [] : [qdrantMemoryRule(qdrantMemory, settings)]),
    ...over('round trip', roundTrip, 'ms'),
    ...over('p50', p50, 'ms', 50),
    ...over('p95', p95, 'ms', 95),
    ...over('p99', p99, 'ms', 99),
    ...over('error rate', errorRate, 'ratio'),
    ...over('evictions', evictionsPerMinute, 'perMinute'),
  ];
}

function limitRule(
  { value, ...rest }: Omit<Comparison, 'value'> & { readonly value: number | undefined },
  severity: Severity,
  settings: EnvironmentSettings,
): AlertRule[] {
  if (value === undefined) return [];
  const when = `${rest.metric} ${rest.comparator} ${inUnit(value, rest.unit)}`;
  return [ruleOf({ ...rest, value }, { when, holdMs: limitHoldMs, severity }, settings)];
}

/** Qdrant's own reading is judged by the limit already. */
function qdrantMemoryRule(limit: number, settings: EnvironmentSettings): AlertRule {
  const when = `qdrant memory > ${inUnit(limit, 'bytes')}`;
  const bound = stateCondition('qdrant', 'memory', settings);
  return make({ when, holdMs: limitHoldMs, severity: 'warning', message: undefined, ...bound });
}
