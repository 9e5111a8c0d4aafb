import assert from 'node:assert/strict';
import { chainStart, hashIn, seal } from '../../../../src/core/journal/chain.ts';
import { entryMarkdown } from '../../../../src/core/journal/entryMarkdown.ts';
import { changeRecordOf, postMortemOf } from '../../../../src/core/journal/exports.ts';
import { noFilter, passes } from '../../../../src/core/journal/filter.ts';
import { filterWords } from '../../../../src/core/journal/filterWords.ts';
import { readHistory } from '../../../../src/core/journal/history.ts';
import type { JournalLine } from '../../../../src/core/journal/lines.ts';
import { markersOf } from '../../../../src/core/journal/markers.ts';
import { presentEntry, stateOf } from '../../../../src/core/journal/present.ts';
import { begunLine, endedLine, stepLine } from '../../../../src/core/journal/write.ts';
import { OperationRunner } from '../../../../src/core/operations/runner.ts';
import { environmentOf, operationOf, recordingPorts } from '../operations/ports.ts';

const staging = environmentOf({ tier: 'staging' });
const author = { machine: 'desk', process: { pid: 1 }, person: { git: 'Ada <b>', os: 'ada' } };
const plan = await new OperationRunner(recordingPorts().ports).plan(operationOf(staging, { title: 'Flush *a*' }));

const begun = (id: string, at: string): JournalLine =>
  begunLine({ id, nowMs: Date.parse(at), author, plan, reason: 'too | old' });
const step = (id: string, at: string): JournalLine =>
  stepLine(id, Date.parse(at), {
    id: 'one',
    title: 'Do one thing',
    state: 'done',
    progress: { done: 5, unit: 'keys' },
  });
const ended = (id: string, at: string): JournalLine =>
  endedLine(
    id,
    Date.parse(at),
    { ended: 'completed', steps: [], startedAtMs: 0, durationMs: 1_500 },
    { verdict: { kind: 'passed' }, findings: ['5 keys were removed.'] },
  );

function textOf(lines: readonly JournalLine[]): string {
  let previous = chainStart;
  return lines
    .map((line) => {
      const text = seal(line, previous);
      previous = hashIn(text);
      return `${text}\n`;
    })
    .join('');
}

const day = '2025-11-20T';
const one = [begun('1', `${day}10:00:00Z`), step('1', `${day}10:00:01Z`), ended('1', `${day}10:00:02Z`)];
const interrupted = [begun('2', `${day}11:00:00Z`), step('2', `${day}11:00:01Z`)];

describe('The history that journals tell', () => {
  it('brings the lines of an entry together, newest first, over several files', () => {
    const { entries, problems } = readHistory([
      { file: 'ada-desk.jsonl', text: textOf(one) },
      { file: 'bob-desk.jsonl', text: textOf(interrupted) },
    ]);
    assert.deepEqual(problems, []);
    assert.deepEqual(
      entries.map(({ id, steps, ended: end }) => [id, steps.length, end?.verdict.kind]),
      [
        ['2', 1, undefined],
        ['1', 1, 'passed'],
      ],
    );
  });

  it('says of an entry without an end whether it runs, was interrupted, or is another machine’s', () => {
    const [entry] = readHistory([{ file: 'a', text: textOf(interrupted) }]).entries;
    assert.ok(entry);
    assert.deepEqual(
      [true, false, undefined].map((runs) => stateOf(entry, runs)),
      ['running', 'interrupted', 'elsewhere'],
    );
    const row = presentEntry(entry, 'interrupted', Date.parse(`${day}11:30:00Z`));
    assert.match(row.description ?? '', /^staging · interrupted · /);
    assert.equal(row.contextValue, 'entry interrupted setFlag');
  });

  it('marks the entry whose line was edited, and names the line', () => {
    const text = textOf([...one, ...interrupted]).replace('5 keys were removed.', '9 keys were removed.');
    const { entries, problems } = readHistory([{ file: 'ada-desk.jsonl', text }]);
    assert.deepEqual(problems, [
      { file: 'ada-desk.jsonl', line: 3, message: 'Line 3 was edited: what it says does not match its hash.' },
    ]);
    assert.deepEqual(
      entries.map(({ id, tampered }) => [id, tampered]),
      [
        ['2', false],
        ['1', true],
      ],
    );
    assert.match(entryMarkdown(entries[1] ?? assert.fail()), /is not as it was written/);
  });

  it('tells of an interrupted entry what may have been begun, and what is so now', () => {
    const [first] = interrupted;
    const [entry] = readHistory([{ file: 'a', text: textOf(first ? [first] : []) }]).entries;
    assert.ok(entry);
    assert.match(entryMarkdown(entry), /\| Do one thing \| begun perhaps, not ended \|/);
    const left = entryMarkdown(entry, { ...plan, summary: '7 keys match *a*' });
    assert.match(left, /## What the servers show now\n\nLeft to do: 7 keys match \\\*a\\\*\./);
    const done = entryMarkdown(entry, { ...plan, nothingToDo: 'No key matches.' });
    assert.match(done, /Nothing is left to do\. No key matches\./);
    assert.doesNotMatch(done, /To go on/);
    assert.match(entryMarkdown(entry, 'redis:6379 refused.'), /It could not be read\. redis:6379 refused\./);
  });

  it('reads a line whose last backup does not say yet where it was taken', () => {
    const [first] = one;
    assert.ok(first?.type === 'begun');
    const old = { ...first, plan: { ...first.plan, lastBackup: { takenAtMs: 0, what: 'Redis export' } } };
    const { entries, problems } = readHistory([{ file: 'a', text: `${seal(old, chainStart)}\n` }]);
    assert.deepEqual(problems, []);
    assert.match(entryMarkdown(entries[0] ?? assert.fail('no entry')), /Redis export of an address that is not known/);
  });

  it('leaves lines of a later version alone, and says that it does not know them', () => {
    let text = textOf(one);
    const last = text.trimEnd().split('\n').at(-1) ?? '';
    text += `${seal({ type: 'later' }, hashIn(last))}\n`;
    const { entries, problems } = readHistory([{ file: 'a', text }]);
    assert.deepEqual(
      [entries.length, problems.map(({ message }) => message)],
      [1, ['Line 4 is no journal entry that this version knows.']],
    );
  });

  it('is filtered by environment, kind and result', () => {
    const [entry] = readHistory([{ file: 'a', text: textOf(one) }]).entries;
    assert.ok(entry);
    assert.ok(passes(entry, 'succeeded', noFilter));
    assert.ok(!passes(entry, 'succeeded', { ...noFilter, environments: new Set(['live']) }));
    assert.ok(!passes(entry, 'succeeded', { ...noFilter, states: new Set(['failed']) }));
    const filter = {
      environments: new Set(['staging']),
      kinds: new Set(['setFlag'] as const),
      states: new Set(['succeeded'] as const),
    };
    assert.ok(passes(entry, 'succeeded', filter));
    assert.equal(filterWords(filter), 'staging · Set flag · done and verified');
  });

  it('gives marks for charts', () => {
    const history = readHistory([{ file: 'a', text: textOf([...one, ...interrupted]) }]);
    const marks = markersOf(history, staging.id, Date.parse(`${day}10:00:01Z`), Date.parse(`${day}23:00:00Z`));
    assert.deepEqual(
      marks.map(({ title, result, endedAtMs }) => [title, result, endedAtMs]),
      [
        ['Flush *a*', 'succeeded', Date.parse(`${day}10:00:02Z`)],
        ['Flush *a*', 'unfinished', undefined],
      ],
    );
    assert.deepEqual(markersOf(history, 'another', 0, Infinity), []);
  });

  it('is exported as a change record and as a post-mortem, which leaves blanks for what nobody wrote down', () => {
    const { entries } = readHistory([{ file: 'a', text: textOf([...one, ...interrupted]) }]);
    const [second, first] = entries;
    assert.ok(first && second);
    const record = changeRecordOf(first);
    for (const said of [
      '# Change record: Flush \\*a\\*',
      'Ada \\<b\\> (ada), on desk',
      'too \\| old',
      '- 5 keys were removed.',
      '**Done and verified.**',
    ])
      assert.ok(record.includes(said), `${said}\n${record}`);
    const report = postMortemOf(second, entries);
    for (const said of [
      '# Post-mortem: Flush \\*a\\* in staging',
      'What led to it: \\_\\_\\_'.replaceAll('\\', ''),
      '**Not ended.**',
      '| 2025-11-20T10:00:00.000Z |',
    ])
      assert.ok(report.includes(said), `${said}\n${report}`);
  });
});
