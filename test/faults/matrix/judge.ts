import assert from 'node:assert/strict';
import { readdir, readlink } from 'node:fs/promises';
import path from 'node:path';
import { stateOfEntry } from '../../../src/clients/journalFolder.ts';
import { hasStaleLock, liveHolder } from '../../../src/clients/lockFile.ts';
import type { JournalEntry } from '../../../src/core/journal/history.ts';
import { stateNames } from '../../../src/core/journal/present.ts';
import type { Outcome } from '../../../src/core/operations/operation.ts';
import { resultOf } from '../../../src/core/operations/outcomeWords.ts';
import { eventually } from '../../eventually.ts';
import { journalIn } from '../../live/support/journals.ts';
import type { Everything, Scenario } from './scenario.ts';
import type { World } from './world.ts';

/** What nobody may ever find, whatever happened. */
const halfWritten = /\.(?:tmp|new|link|removing|takeover)$|\.lock$/;

/** Nothing is half-written, nothing is there or gone that the plan did not name. */
export function judgeWorld(
  { touches, leftovers, becomes = {} }: Scenario,
  before: Everything,
  now: Everything,
  isCrash: boolean,
): void {
  const changed = [...new Set([...before.keys(), ...now.keys()])].filter((name) => before.get(name) !== now.get(name));
  const isLeft = (name: string): boolean => isCrash && leftovers?.test(name) === true;
  const isOurs = (name: string): boolean =>
    isCrash && name.includes(' cacheops:') && now.get(name) !== 'stays for ever';
  const strange = changed.filter(
    (name) => halfWritten.test(name) || !(touches.test(name) || isLeft(name) || isOurs(name)),
  );
  assert.deepEqual(strange, [], 'outside of the plan, or half-written');
  for (const [name, holds] of Object.entries(becomes))
    assert.ok([before.get(name), holds].includes(now.get(name)), `${name} is neither as it was nor as it was to be`);
}

/** What the journal says is what happened, line by line, and what was said to the person. */
export async function judgeJournal(world: World, outcome: Outcome): Promise<void> {
  const [entry, ...others] = await entriesOf(world);
  if (outcome.kind === 'nothingToDo') return assert.equal(entry, undefined, 'nothing was done, and is written down');
  assert.ok(entry?.ended, 'it has no end');
  assert.deepEqual(others, []);
  const { report, verification } = outcome;
  const { ended } = entry;
  assert.equal(await stateOfEntry(entry), resultOf(report, verification));
  assert.deepEqual(
    [ended.ended, ended.why, ended.verdict, ended.findings],
    [report.ended, report.why, verification.verdict, [...verification.findings]],
  );
  const begun = report.steps.filter(({ state }) => state !== 'notRun');
  assert.deepEqual(statesOf(entry.steps), statesOf(begun), 'steps as they were written down');
  assert.deepEqual(statesOf(ended.steps ?? []), statesOf(report.steps));
  const stopped = report.steps.findIndex(({ state }) => state === 'failed' || state === 'cancelled');
  const after = stopped < 0 ? [] : report.steps.slice(stopped + 1);
  assert.deepEqual(statesOf(after), statesOf(after.map((one) => ({ ...one, state: 'notRun' }))), 'after it stopped');
  for (const { state, why } of report.steps) assert.ok(state !== 'failed' || why, 'it is not said why a step failed');
}

/**
 * What was found afterwards is so. `reached` is what is seen past the product; where a server had been killed, once that is
 * back.
 */
export function judgeVerdict(outcome: Extract<Outcome, { kind: 'ran' }>, reached: string, isCrash: boolean): void {
  const { report, verification } = outcome;
  const { verdict } = verification;
  const said = JSON.stringify([report.ended, report.why, verification]);
  if (verdict.kind === 'passed') assert.equal(reached, 'all', `it was called verified: ${said}`);
  else assert.ok(verdict.why, `it is not said why it is ${verdict.kind}`);
  if (verdict.kind === 'failed' && !isCrash)
    assert.notEqual(reached, 'all', `it is done, and was called failed: ${said}`);
}

/** Of an editor that was killed: known as interrupted, with what it had done, and its lock as nobody's. */
export async function judgeInterrupted(world: World, stepsDone: readonly string[]): Promise<void> {
  const [entry, ...others] = await entriesOf(world);
  assert.ok(entry && others.length === 0, 'one entry');
  assert.equal(stateNames[await stateOfEntry(entry)], 'interrupted');
  assert.deepEqual(
    entry.steps.map(({ id, state }) => `${id} ${state}`),
    stepsDone.map((id) => `${id} done`),
  );
  assert.ok(await hasStaleLock(path.join(world.place.folder, 'locks')), 'its lock is known as stale');
}

/** Nobody holds the environment, and no program that was started on the way still runs. */
export async function judgeQuiet({ place: { folder, scratch } }: World): Promise<void> {
  for (const name of await readdir(path.join(folder, 'locks')).catch(() => []))
    assert.equal(await liveHolder(path.join(folder, 'locks', name)), undefined, `${name} is held`);
  await eventually(async () => assert.deepEqual(await programsBelow(scratch), [], 'programs that still run'), 5_000);
  await eventually(async () => assert.deepEqual(await readdir(scratch), [], 'scratch folders'), 5_000);
}

async function entriesOf(world: World): Promise<readonly JournalEntry[]> {
  const { entries, problems } = await journalIn(world.place.folder);
  assert.deepEqual(problems, []);
  return entries;
}

function statesOf(steps: readonly { readonly id: string; readonly state: string }[]): readonly string[] {
  return steps.map(({ id, state }) => `${id} ${state}`);
}

/** Of this machine, by the folder they work in. Only Linux tells. */
async function programsBelow(folder: string): Promise<readonly string[]> {
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(pids.map(async (pid) => [pid, await readlink(`/proc/${pid}/cwd`).catch(() => '')]));
  return found.flatMap(([pid = '', at = '']) => (at.startsWith(`${folder}/`) ? [`process ${pid} in ${at}`] : []));
}
