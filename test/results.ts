import { readFile } from 'node:fs/promises';

/** What became of one test; the title is the path through its `describe`s. */
export type TestRecord =
  | { readonly state: 'started' | 'skipped'; readonly title: readonly string[] }
  | { readonly state: 'passed'; readonly title: readonly string[]; readonly durationMs: number }
  | { readonly state: 'failed'; readonly title: readonly string[]; readonly error: string };

export interface Counts {
  readonly passed: number;
  readonly failed: number;
}

/** The records of a run, in order; `complete` only if the run came to its end. */
export async function readRecords(file: string): Promise<{ records: readonly TestRecord[]; complete: boolean }> {
  const text = await readFile(file, 'utf8').catch(() => '');
  const lines = text.split('\n').filter((line) => line !== '');
  const complete = lines.at(-1) === '"end"';
  const records = (complete ? lines.slice(0, -1) : lines).map((line): TestRecord => JSON.parse(line));
  return { records, complete };
}

/** A run that stopped midway, or in which nothing passed or failed, counts as one failure more. */
export function countRecords(records: readonly TestRecord[], complete: boolean): Counts {
  const count = (state: TestRecord['state']): number => records.filter((record) => record.state === state).length;
  const passed = count('passed');
  const failed = count('failed');
  return { passed, failed: complete && passed + failed > 0 ? failed : failed + 1 };
}

/** The records as the indented listing people know from mocha, failures explained below. */
export function listRecords(records: readonly TestRecord[], complete: boolean): string {
  const lines: string[] = [];
  let open: readonly string[] = [];
  for (const record of records.filter((each) => each.state !== 'started')) {
    const suites = record.title.slice(0, -1);
    const shared = suites.findIndex((suite, depth) => suite !== open[depth]);
    for (let depth = shared === -1 ? suites.length : shared; depth < suites.length; depth += 1)
      lines.push(`${'  '.repeat(depth + 1)}${suites[depth]}`);
    open = suites;
    lines.push(`${'  '.repeat(suites.length + 1)}${describeRecord(record)}`);
  }
  const started = records.at(-1);
  if (!complete)
    lines.push(
      '',
      `  The run stopped before its end, ${started === undefined ? 'before the first test' : `in or after: ${started.title.join(' ')}`}`,
    );
  for (const record of records)
    if (record.state === 'failed') lines.push('', `  ${record.title.join(' › ')}`, indent(record.error));
  return lines.join('\n');
}

function describeRecord(record: TestRecord): string {
  const name = record.title.at(-1) ?? '';
  if (record.state === 'passed') return `✔ ${name}${record.durationMs > 75 ? ` (${record.durationMs} ms)` : ''}`;
  return record.state === 'failed' ? `✘ ${name}` : `- ${name} (skipped)`;
}

function indent(text: string): string {
  return text.replaceAll(/^/gm, '    ');
}
