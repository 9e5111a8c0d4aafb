import { resultOf } from '../operations/outcomeWords.ts';
import type { Result } from '../operations/outcomeWords.ts';
import type { StepResult } from '../operations/operation.ts';
import { readChain } from './chain.ts';
import type { ChainProblem } from './chain.ts';
import { journalLine } from './lines.ts';
import type { BegunLine, EndedLine } from './lines.ts';

/** Something that was carried out: its lines brought together. */
export interface JournalEntry {
  readonly id: string;
  /** Name of the journal file it is from. */
  readonly file: string;
  readonly begun: BegunLine;
  readonly ended: EndedLine | undefined;
  /** The last that is known of each step that was begun. */
  readonly steps: readonly StepResult[];
  /**
   * Wall clock, ms since 1970, of its beginning; never before that of the entry above it in the file, so that a clock
   * set back does not mix up their order.
   */
  readonly orderMs: number;
  /** Whether one of its lines is not as it was written. */
  readonly tampered: boolean;
}

export interface JournalHistory {
  /** Newest first. */
  readonly entries: readonly JournalEntry[];
  readonly problems: readonly (ChainProblem & { readonly file: string })[];
}

/** `unfinished`: its end was not written; whether it still runs, the journal does not know. */
export function resultOfEntry({ ended }: Pick<JournalEntry, 'ended'>): Result | 'unfinished' {
  return ended === undefined ? 'unfinished' : resultOf(ended, ended);
}

/** What several journals say together. `text` is a whole file. */
export function readHistory(files: readonly { readonly file: string; readonly text: string }[]): JournalHistory {
  const read = files.map(readJournal);
  return {
    entries: read.flatMap(({ entries }) => entries).toSorted((a, b) => b.orderMs - a.orderMs),
    problems: read.flatMap(({ problems }) => problems),
  };
}

interface Building {
  readonly begun: BegunLine;
  readonly orderMs: number;
  readonly steps: Map<string, StepResult>;
  readonly numbers: number[];
  ended?: EndedLine;
}

function readJournal({ file, text }: { readonly file: string; readonly text: string }): JournalHistory {
  const chain = readChain(text);
  const problems = [...chain.problems];
  const building = new Map<string, Building>();
  let latestMs = 0;
  for (const { number, body } of chain.lines) {
    const parsed = journalLine.safeParse(body);
    if (!parsed.success) {
      // What is no JSON has been said already.
      const message = `Line ${number} is no journal entry that this version knows.`;
      if (body !== undefined) problems.push({ line: number, message });
      continue;
    }
    const line = parsed.data;
    if (line.type === 'begun') {
      latestMs = Math.max(latestMs, Date.parse(line.at) || 0);
      building.set(line.id, { begun: line, orderMs: latestMs, steps: new Map(), numbers: [number] });
      continue;
    }
    const entry = line.type === 'repaired' ? undefined : building.get(line.id);
    entry?.numbers.push(number);
    if (entry && line.type === 'step') entry.steps.set(line.step.id, line.step);
    if (entry && line.type === 'ended') entry.ended = line;
  }
  const broken = new Set(problems.map(({ line }) => line));
  const entries = [...building.values()].map(({ begun, ended, orderMs, steps, numbers }) => ({
    id: begun.id,
    file,
    begun,
    ended,
    steps: [...steps.values()],
    orderMs,
    tampered: numbers.some((number) => broken.has(number)),
  }));
  // Of two within a millisecond, the later in the file is the newer.
  return { entries: entries.toReversed(), problems: problems.map((one) => ({ ...one, file })) };
}
