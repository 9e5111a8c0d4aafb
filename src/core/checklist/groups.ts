import type { Row } from '../row.ts';
import type { ChecklistNode, Stage } from './model.ts';
import { countsInto, sumOf } from './progress.ts';
import { rowIdOf } from './rowId.ts';

/** Up to here, rows stand side by side. */
export const mostSiblings = 400;
const groupSize = 200;

/**
 * Rows by the hundred, for an editor that would otherwise draw up thousands at once: each as a stage of its own that the
 * document does not have. Undefined where there are not that many. `around`: what they stand in;
 * undefined for the document.
 */
export function groupsOf(
  nodes: readonly ChecklistNode[],
  around: ChecklistNode | undefined,
): readonly Stage[] | undefined {
  if (nodes.length <= mostSiblings) return undefined;
  const starts = Array.from({ length: Math.ceil(nodes.length / groupSize) }, (_, index) => index * groupSize);
  return starts.flatMap((start) => groupOf(nodes.slice(start, start + groupSize), start + 1, around) ?? []);
}

function groupOf(
  children: readonly ChecklistNode[],
  from: number,
  around: ChecklistNode | undefined,
): Stage | undefined {
  const { level, role } = around?.kind === 'stage' ? around : { level: 0, role: 'work' as const };
  const [first] = children;
  const last = children.at(-1);
  if (!first || !last) return undefined;
  return {
    kind: 'stage',
    id: `${around === undefined ? '' : rowIdOf(around)}/@${from}`,
    title: `${from}–${from + children.length - 1}`,
    level: level + 1,
    role,
    range: { ...first.range, end: last.range.end },
    children,
    progress: sumOf(children.filter((child) => countsInto(child, role))),
  };
}

/** `201–400`, with how far that part is. */
export function presentGroup({ id, title, progress: { done, total } }: Stage): Row {
  const words = total === 0 ? undefined : `${done} of ${total}`;
  const said = `Rows ${title}${words === undefined ? '' : `, ${words} ticked`}`;
  return {
    id,
    label: title,
    ...(words === undefined ? {} : { description: words }),
    icon: { name: 'list-flat' },
    tooltip: said,
    contextValue: 'stage.group',
    expandable: 'collapsed',
    spoken: said,
  };
}
