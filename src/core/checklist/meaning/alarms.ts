import type { Stage } from '../model.ts';
import type { CriterionDraft } from './criteria/draft.ts';
import type { Criterion } from './criteria/types.ts';

const WARNS =
  /^(?:watch (?:for|out)|symptoms?|bad|roll(?:ing)? ?back (?:when|if)|when to roll ?back|alerts?|warning|critical|red flags?|issue|problem|investigate (?:if|when))\b/i;

/** Whether what a text says is a sign of trouble: it says so itself, or stands below a label that does. */
export function warns(text: string, label: string | undefined): boolean {
  return WARNS.test(text) || (label !== undefined && WARNS.test(label));
}

/** In a troubleshooting stage numbers are symptoms, but for those that are ticked off or part of a fix. */
export function isSymptom({ role }: Stage, label: string | undefined, form: string): boolean {
  return (
    role === 'troubleshooting' &&
    form !== 'item' &&
    !/^(?:fix|solutions?|resolution|prevention|goal|target)\b/i.test(label ?? '')
  );
}

export function senseOf(isAlarm: boolean, draft: CriterionDraft): Criterion['sense'] {
  return isAlarm || draft.comparator === 'rising' ? 'alarm' : 'target';
}

const CONDITION = /^[ \t]*(?:-[ \t]+)?(?:condition|expr|if|threshold)[ \t]*:[ \t]*(["']?)(.+?)\1[ \t]*(?:#.*)?$/;
const DURATION = /^[ \t]*(?:-[ \t]+)?(?:duration|for|window|period)[ \t]*:[ \t]*["']?(\d+)\s*(s|m|min|h|d)["']?[ \t]*$/;

const SEVERITY = /^[ \t]*(?:-[ \t]+)?severity[ \t]*:[ \t]*["']?(critical|warning|info)\b/i;

export interface AlertRule {
  readonly condition: string;
  readonly severity: Criterion['severity'];
  /** In milliseconds. */
  readonly windowMs: number | undefined;
  /** Of the condition's line. */
  readonly start: number;
  readonly end: number;
}

const FACTORS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, min: 60_000, h: 3_600_000, d: 86_400_000 };

/** Alert rules in YAML: `condition: "error_rate > 5%"` with `duration: "5m"` beside it. */
export function alertRules(code: string): readonly AlertRule[] {
  if (!/^[ \t]*(?:-[ \t]+)?(?:condition|expr)[ \t]*:/m.test(code)) return [];
  const rules: AlertRule[] = [];
  let at = 0;
  for (const line of code.split('\n')) {
    const condition = CONDITION.exec(line)?.[2];
    const [, number, unit = ''] = DURATION.exec(line) ?? [];
    const last = rules.at(-1);
    if (condition !== undefined)
      rules.push({ condition, severity: undefined, windowMs: undefined, start: at, end: at + line.trimEnd().length });
    else if (number !== undefined && last !== undefined && last.windowMs === undefined) {
      rules[rules.length - 1] = { ...last, windowMs: Number(number) * (FACTORS[unit] ?? 1) };
    }
    const severity = readSeverity(SEVERITY.exec(line)?.[1]);
    const said = rules.at(-1);
    if (severity && said && said.severity === undefined) rules[rules.length - 1] = { ...said, severity };
    at += line.length + 1;
  }
  return rules;
}

function readSeverity(word: string | undefined): Criterion['severity'] {
  const name = word?.toLowerCase();
  return name === 'critical' || name === 'warning' || name === 'info' ? name : undefined;
}
