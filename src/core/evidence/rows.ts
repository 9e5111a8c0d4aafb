import type { Row } from '../row.ts';
import type { Evidence } from './evidence.ts';
import type { Tally } from './overview.ts';
import { tallyInFull, tallyWords } from './overview.ts';
import { presentEvidence } from './present.ts';

const longestLabel = 100;

/** A command of a block, by the comment above it or its first line. */
export function presentCommand(id: string, code: string, title: string | undefined): Row {
  const [line = ''] = code.split('\n', 1);
  const label = title ?? line;
  return {
    id,
    label: label.length > longestLabel ? `${label.slice(0, longestLabel)}…` : label,
    ...(title === undefined ? {} : { description: line }),
    icon: { name: 'chevron-right' },
    tooltip: code,
    contextValue: 'command',
    expandable: 'no',
    spoken: `command, ${label}`,
  };
}

/** The row with what is known of it: verdict and age in words, then what it said before. */
export function withEvidence(row: Row, evidence: Evidence, changedAtMs: number | undefined, nowMs: number): Row {
  const view = presentEvidence(evidence, changedAtMs, nowMs);
  return {
    ...row,
    description: row.description === undefined ? view.words : `${view.words} · ${row.description}`,
    icon: view.icon,
    tooltip: [row.tooltip, '', ...view.detail].join('\n'),
    contextValue: `${row.contextValue ?? ''} ${evidence.verdict.kind}`,
    spoken: `${row.spoken ?? row.label}, ${view.words}`,
  };
}

/** The row of a stage, or of part of one, with what is known below it: `3 of 8 · 1 failed`. */
export function withTally<R extends Row>(row: R, tally: Tally | undefined): R {
  if (!tally) return row;
  const words = tallyWords(tally);
  return {
    ...row,
    description: row.description === undefined ? words : `${row.description} · ${words}`,
    tooltip: [row.tooltip, tallyInFull(tally)].filter((line) => line !== undefined).join('\n'),
    spoken: `${row.spoken ?? row.label}, ${words}`,
  };
}
