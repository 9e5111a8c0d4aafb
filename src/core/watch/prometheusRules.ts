import { inUnit } from '../checklist/meaning/criteria/judge.ts';
import type { Checklist } from '../checklist/model.ts';
import type { Criterion } from '../checklist/meaning/criteria/types.ts';
import type { Meaning } from '../checklist/meaning/types.ts';
import { nodesOf } from '../checklist/walk.ts';
import type { Environment } from '../environment/environment.ts';
import { formatDuration } from '../format.ts';
import { serviceNames } from '../health/monitorServices.ts';
import { equals } from '../metrics/selector.ts';
import { entryOf, listIn, openYaml, yamlText } from './prometheusFile.ts';
import type { AlertRule } from './rule.ts';
import { ruleOf } from './rulesOf.ts';

/** An alerting rule as Prometheus has it. */
export interface PrometheusRule {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

export interface Translated {
  readonly rules: readonly PrometheusRule[];
  /** What Prometheus cannot judge, with the reason. */
  readonly leftOut: readonly { readonly when: string; readonly why: string }[];
}

/** The group of an environment's rules in a rule file. */
export function groupName({ name }: Environment): string {
  return `cache-ops ${name}`;
}

/** The rules as Prometheus would judge them by itself. */
export function toPrometheusRules(environment: Environment, rules: readonly AlertRule[]): Translated {
  const written: PrometheusRule[] = [];
  const leftOut: { readonly when: string; readonly why: string }[] = [];
  for (const rule of rules) {
    const expr = expressionOf(environment, rule);
    if ('why' in expr) leftOut.push({ when: rule.when, why: expr.why });
    else written.push(toRule(environment, rule, `(${expr.query}) ${expr.operator} ${expr.limit}`));
  }
  return { rules: withoutRepeats(written), leftOut };
}

/** A checklist may say again what the settings say. */
function withoutRepeats(rules: readonly PrometheusRule[]): readonly PrometheusRule[] {
  const keyOf = ({ expr, for: lasting, labels }: PrometheusRule): string => `${expr} ${lasting} ${labels['severity']}`;
  const first = new Map(rules.toReversed().map((rule) => [keyOf(rule), rule]));
  return rules.filter((rule) => first.get(keyOf(rule)) === rule);
}

/**
 * The text of a rule file with the group of the environment as it should be now. What else the file holds, comments too,
 * stays. Throws OpsError `file` where `before` cannot be read.
 */
export function ruleFile(
  name: string,
  environment: Environment,
  rules: readonly PrometheusRule[],
  before?: string,
): string {
  const document = openYaml(name, before);
  const groups = listIn(name, document, 'groups');
  const group = entryOf(groups, 'name', groupName(environment));
  if (group) group.set('rules', document.createNode(rules));
  else groups.add(document.createNode({ name: groupName(environment), rules }));
  return yamlText(document);
}

/** Where an alarm of a document says no duration. */
const documentHoldMs = 300_000;

/** The alarms of a checklist as rules: its alert lists and warnings, without the symptoms of its troubleshooting. */
export function alarmsOf(checklist: Checklist, meaning: Meaning, { settings }: Environment): readonly AlertRule[] {
  const symptoms = [...nodesOf(checklist.stages)].filter(
    (node) => node.kind === 'stage' && node.role === 'troubleshooting',
  );
  const isSymptom = ({ range }: Criterion): boolean =>
    symptoms.some((stage) => range.start >= stage.range.start && range.start < stage.range.end);
  return meaning.criteria
    .filter((one) => one.sense === 'alarm' && !isSymptom(one))
    .flatMap(
      ({ owner: _owner, range: _range, text: _text, sense: _sense, severity = 'warning', windowMs, ...draft }) => {
        if (draft.comparator === 'stable' || draft.comparator === 'rising' || draft.relativeToBaseline !== undefined)
          return [];
        const when = `${draft.metric} ${draft.comparator} ${inUnit(draft.value, draft.unit)}`;
        const holdMs = windowMs ?? documentHoldMs;
        return [ruleOf({ ...draft, comparator: draft.comparator }, { when, holdMs, severity }, settings)];
      },
    );
}

/** A query with at most one value, and what it is held against; in the units of the metrics. */
export interface Expression {
  readonly query: string;
  readonly operator: string;
  readonly limit: number;
}

/** What Prometheus would have to ask; or why it cannot. */
export function expressionOf(
  { settings }: Environment,
  { condition }: AlertRule,
): Expression | { readonly why: string } {
  switch (condition.kind) {
    case 'unbound':
      return { why: condition.why };
    case 'state': {
      const job = settings.prometheus?.job;
      if (condition.service !== 'application' || condition.reading !== undefined)
        return { why: `Prometheus does not measure the ${serviceNames[condition.service]} of this environment.` };
      if (job === undefined) return { why: 'prometheus.job is not set, whose targets would tell.' };
      // 1 while no target of the job is up; no value otherwise.
      return { query: `absent(up{${equals('job', job)}} == 1)`, operator: '==', limit: 1 };
    }
    case 'number': {
      const { reading, comparison } = condition;
      if (reading.source === 'redis')
        return { why: 'It is read from Redis itself, which no configured metric of Prometheus shows.' };
      const { query } = reading;
      if (query === undefined)
        return { why: 'No Prometheus of this environment counts the application’s hits and misses.' };
      const scale = reading.source === 'prometheus' ? reading.scale : 1;
      const limit = Number((comparison.value / scale).toPrecision(12));
      return { query, operator: comparison.comparator === '=' ? '==' : comparison.comparator, limit };
    }
  }
}

function toRule(
  environment: Environment,
  { when, holdMs, severity, message }: AlertRule,
  expr: string,
): PrometheusRule {
  const lasting = holdMs === 0 ? '' : ` for ${formatDuration(holdMs)}`;
  return {
    alert: alertName(when),
    expr,
    ...(holdMs === 0 ? {} : { for: `${Math.round(holdMs / 1000)}s` }),
    labels: { severity, environment: environment.name },
    annotations: {
      summary: plain(`${environment.name}: ${when}${lasting}`),
      ...(message === undefined ? {} : { description: plain(message) }),
    },
  };
}

const signs: Readonly<Record<string, string>> = {
  '<': 'below',
  '<=': 'at most',
  '>': 'above',
  '>=': 'at least',
  '=': 'is',
};

/** `p95_response_time > 100ms` → `P95ResponseTimeAbove100ms` */
export function alertName(when: string): string {
  const words = when
    .replaceAll(/<=|>=|[<>=]/g, (sign) => ` ${signs[sign] ?? ''} `)
    .replaceAll('%', ' percent ')
    .replaceAll(/(\d)\s+(?=(?:ms|min|s|[KMGT]?B)\b)/g, '$1')
    .replaceAll(/(\d)\.(\d)/g, '$1_$2')
    .split(/[^\p{L}\p{N}_]+|_(?!\d)/u);
  return words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
}

/** Annotations are templates: what stands in braces twice is written as it is. */
export function plain(text: string): string {
  return text.replaceAll('{{', '{{ "{{" }}');
}
