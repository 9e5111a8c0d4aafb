import type { CriterionDraft } from './criteria/draft.ts';
import { readCriteria } from './criteria/read.ts';
import type { RowPiece } from './pieces.ts';

const TARGET = /^(?:target|goal|threshold|limit|expected|acceptable)\b/i;
const BASELINE = /^(?:baseline|before|current)\b/i;

/** What a row demands of a table with a column for it: | Metric | Baseline | Target |. */
export function targetOf({
  header,
  cells,
}: RowPiece): { readonly drafts: readonly CriterionDraft[]; readonly text: string } | undefined {
  const column = header.findIndex((title) => TARGET.test(title));
  const [metric] = cells;
  const aim = cells[column];
  if (metric === undefined || aim === undefined || column < 1 || !/\d/.test(aim.text)) return undefined;
  const wanted = /^[<>=≥≤]/.test(aim.text) ? aim.text : `target ${aim.text}`;
  const drafts = readCriteria(`${metric.text}: ${wanted}`).map((draft) => withBaseline(draft, header, cells));
  return { drafts, text: `${metric.text} ${aim.text}` };
}

function withBaseline(draft: CriterionDraft, header: readonly string[], cells: RowPiece['cells']): CriterionDraft {
  const cell = cells[header.findIndex((title) => BASELINE.test(title))];
  if (cell === undefined || !/\d/.test(cell.text)) return draft;
  const [read] = readCriteria(`x: = ${cell.text}`);
  const isSame = read !== undefined && (read.unit === draft.unit || read.unit === 'count');
  return isSame ? { ...draft, baseline: read.value } : draft;
}
