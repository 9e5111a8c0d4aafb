import type { Checklist, ChecklistNode } from '../checklist/model.ts';
import { isStale } from './present.ts';
import type { EvidencePlan } from './anchors.ts';
import type { Evidence } from './evidence.ts';
import { rollUpParts } from './rollUp.ts';

/** How many items and blocks are known to be what; an item stands for the blocks in it. */
export interface Tally {
  readonly passed: number;
  readonly failed: number;
  readonly inconclusive: number;
  /** Known from before the environment was changed, whatever the verdict was. */
  readonly stale: number;
}

/** What is known of one version of a document in one environment. */
export interface Overview {
  /** By the id of a command. */
  readonly evidence: ReadonlyMap<string, Evidence>;
  /** By the id of an item or block: the evidence that decided its verdict. */
  readonly nodes: ReadonlyMap<string, Evidence>;
  /** By the id of each stage below which something is known. */
  readonly tallies: ReadonlyMap<string, Tally>;
}

export const nothingKnown: Overview = { evidence: new Map(), nodes: new Map(), tallies: new Map() };

/** `changedAtMs`: when the environment was last changed from here; wall clock. */
export function overviewOf(
  checklist: Checklist,
  { parts }: Pick<EvidencePlan, 'parts'>,
  evidence: ReadonlyMap<string, Evidence>,
  changedAtMs: number | undefined,
): Overview {
  if (evidence.size === 0) return nothingKnown;
  const nodes = new Map<string, Evidence>();
  for (const [id, ids] of parts) {
    const rolled = rollUpParts(ids, evidence);
    if (rolled) nodes.set(id, rolled.evidence);
  }
  return { evidence, nodes, tallies: talliesOf(checklist, nodes, changedAtMs) };
}

/** Whether rows drawn up from one would say the same drawn up from the other. */
export function isSameOverview(one: Overview, other: Overview): boolean {
  return one === other || (isSameMap(one.nodes, other.nodes) && isSameMap(one.evidence, other.evidence));
}

function isSameMap(one: ReadonlyMap<string, Evidence>, other: ReadonlyMap<string, Evidence>): boolean {
  return one.size === other.size && [...one].every(([id, evidence]) => other.get(id) === evidence);
}

/** By the id of each stage. */
export function talliesOf(
  checklist: Checklist,
  nodes: ReadonlyMap<string, Evidence>,
  changedAtMs: number | undefined,
): ReadonlyMap<string, Tally> {
  const tallies = new Map<string, Tally>();
  const count = (node: ChecklistNode): Tally => {
    const below = node.children.filter(
      (child) => !(child.kind === 'block' && node.kind === 'item' && nodes.has(node.id)),
    );
    const tally = sumOf([ownOf(nodes.get(node.id), changedAtMs), ...below.map(count)]);
    if (node.kind === 'stage' && tally !== nothing) tallies.set(node.id, tally);
    return tally;
  };
  if (nodes.size > 0) for (const stage of checklist.stages) count(stage);
  return tallies;
}

/** Of some nodes side by side; undefined where nothing is known of them. */
export function tallyOf(
  nodes: readonly ChecklistNode[],
  overview: Overview,
  changedAtMs: number | undefined,
): Tally | undefined {
  const tally = sumOf(
    nodes.map((node) =>
      node.kind === 'stage'
        ? (overview.tallies.get(node.id) ?? nothing)
        : ownOf(overview.nodes.get(node.id), changedAtMs),
    ),
  );
  return tally === nothing ? undefined : tally;
}

/** What deserves a look first, shortly: `1 failed`, `2 inconclusive, 3 stale`; `5 passed` where all is well. */
export function tallyWords({ passed, failed, inconclusive, stale }: Tally): string {
  const bad = wordsOf({ failed, inconclusive, stale });
  return bad === '' ? wordsOf({ passed }) : bad;
}

/** All of it: `1 failed, 2 inconclusive, 5 passed`. */
export function tallyInFull({ passed, failed, inconclusive, stale }: Tally): string {
  return wordsOf({ failed, inconclusive, stale, passed });
}

function wordsOf(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([kind, count]) => `${count} ${kind}`)
    .join(', ');
}

const nothing: Tally = { passed: 0, failed: 0, inconclusive: 0, stale: 0 };

function ownOf(evidence: Evidence | undefined, changedAtMs: number | undefined): Tally {
  if (!evidence) return nothing;
  if (isStale(evidence, changedAtMs)) return { ...nothing, stale: 1 };
  const { kind } = evidence.verdict;
  return kind === 'notRun' ? nothing : { ...nothing, [kind]: 1 };
}

function sumOf(tallies: readonly Tally[]): Tally {
  const some = tallies.filter((tally) => tally !== nothing);
  if (some.length <= 1) return some[0] ?? nothing;
  const sum = { ...nothing };
  for (const one of some)
    for (const kind of ['passed', 'failed', 'inconclusive', 'stale'] as const) sum[kind] += one[kind];
  return sum;
}
