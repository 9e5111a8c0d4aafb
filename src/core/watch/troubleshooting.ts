import { compare } from '../checklist/meaning/criteria/judge.ts';
import type { Criterion } from '../checklist/meaning/criteria/types.ts';
import type { Meaning } from '../checklist/meaning/types.ts';
import type { Checklist, ChecklistNode, Range, Stage } from '../checklist/model.ts';
import { nodesOf } from '../checklist/walk.ts';
import { serviceNames } from '../health/monitorServices.ts';
import type { AlertRule } from './rule.ts';

/** A section of a checklist that says what to do about something. */
export interface Remedy {
  /** Its heading: `Issue: Cache hit rate < 50%`. */
  readonly title: string;
  readonly range: Range;
  /** How well it fits; to be compared with others only. */
  readonly fit: number;
}

/** The words by which alerts and sections are told to be about the same; the first that fits. */
const topics = {
  hitRate: /\bhit[- _]?(?:rates?|ratio)/i,
  evictions: /\bevict/i,
  memory: /\bmemory\b|\boom\b|\bmaxmemory\b/i,
  errors: /\berror[- _]?rates?\b|\b5xx\b|\bexceptions?\b/i,
  latency: /\blatenc|\bresponse[- ]times?\b|\bround[- ]?trip|\bslow\b|\bp(?:50|95|99)(?![a-z\d])/i,
  down: /\bnot (?:working|responding|reachable|available|starting)\b|\bwon['’]?t start\b|\bdown\b|\bunavailable\b|\bconnection (?:\w+ )?(?:refused|problems?|issues?|failures?|errors?)\b/i,
} as const;

type Topic = keyof typeof topics;

/** The section below a checklist's troubleshooting whose symptom is what the rule is about; undefined: none is. */
export function remedyFor(
  { checklist, meaning, text }: { readonly checklist: Checklist; readonly meaning: Meaning; readonly text: string },
  rule: AlertRule,
  value: number | undefined,
): Remedy | undefined {
  const topic = topicOf(rule);
  if (topic === undefined) return undefined;
  const remedies = sectionsOf(checklist, text).map(({ title, symptoms, range }) => {
    const inside = meaning.criteria.filter((one) => one.range.start >= range.start && one.range.start < range.end);
    const words = fitOf(title, topic, rule, 3) + fitOf(symptoms, topic, rule, 2);
    return { title, range, fit: words === 0 ? 0 : words + fitOfNumbers(inside, topic, value) };
  });
  const [best] = remedies.toSorted((a, b) => b.fit - a.fit);
  return best && best.fit > 0 ? best : undefined;
}

function topicOf({ condition, when }: AlertRule): Topic | undefined {
  if (condition.kind === 'state' && condition.reading === undefined) return 'down';
  return topicIn(condition.kind === 'number' ? condition.comparison.metric : when);
}

function topicIn(words: string): Topic | undefined {
  const readable = words.replaceAll('_', ' ');
  return (['hitRate', 'evictions', 'memory', 'errors', 'latency', 'down'] as const).find((one) =>
    topics[one].test(readable),
  );
}

function fitOf(words: string, topic: Topic, { condition }: AlertRule, weight: number): number {
  if (!topics[topic].test(words)) return 0;
  // Of several things that can be down, the one that is.
  const isNamed = condition.kind === 'state' && new RegExp(`\\b${serviceNames[condition.service]}\\b`, 'i').test(words);
  return weight + (isNamed ? 1 : 0);
}

/** A section that names the number fits better where it is what was read, and less where it is not. */
function fitOfNumbers(criteria: readonly Criterion[], topic: Topic, value: number | undefined): number {
  if (value === undefined) return 0;
  const own = criteria.filter(({ metric, sense }) => sense === 'alarm' && topicIn(metric) === topic);
  const holding = own.filter(
    ({ comparator, value: limit }) =>
      comparator !== 'stable' && comparator !== 'rising' && compare(value, comparator, limit),
  );
  if (holding.length === 0) return own.length === 0 ? 0 : -1;
  // "Hit rate = 0%" says more than any "below".
  return holding.some(({ comparator }) => comparator === '=') ? 6 : 2;
}

interface Section {
  readonly title: string;
  readonly symptoms: string;
  readonly range: Range;
}

/** The innermost headings below "Troubleshooting", and the lines of a drawn tree that have symptoms below them. */
function sectionsOf(checklist: Checklist, text: string): readonly Section[] {
  const sections: Section[] = [];
  for (const node of nodesOf(checklist.stages)) {
    if (node.kind !== 'stage' || node.role !== 'troubleshooting') continue;
    const inside = node.children.filter((child) => child.kind === 'stage');
    if (inside.length === 0) sections.push({ title: node.title, symptoms: symptomsIn(node, text), range: node.range });
    sections.push(...drawnSections(node));
  }
  return sections;
}

function symptomsIn({ range }: Stage, text: string): string {
  const lines = text.slice(range.start, range.end).split('\n');
  return lines.filter((line) => isSymptoms(line)).join('\n');
}

function drawnSections(stage: Stage): readonly Section[] {
  const own = stage.children.filter((child) => child.kind !== 'stage');
  return [...nodesOf(own)].flatMap((node: ChecklistNode) => {
    if (node.kind !== 'item' || node.form !== 'drawn') return [];
    const symptoms = node.children.flatMap((child) =>
      child.kind === 'item' && isSymptoms(child.text) ? [child.text] : [],
    );
    return symptoms.length === 0
      ? []
      : [{ title: node.text.replace(/:$/, ''), symptoms: symptoms.join('\n'), range: node.range }];
  });
}

function isSymptoms(line: string): boolean {
  return /^[^\p{L}]*symptoms?\b/iu.test(line);
}
