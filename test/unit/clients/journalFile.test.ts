import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import path from 'node:path';
import { appendToJournal } from '../../../src/clients/journalFile.ts';
import { acquireLock, hasStaleLock, liveHolder } from '../../../src/clients/lockFile.ts';
import { readChain } from '../../../src/core/journal/chain.ts';
import { journalLine } from '../../../src/core/journal/lines.ts';
import type { JournalLine } from '../../../src/core/journal/lines.ts';

const step = (id: string): JournalLine => ({
  type: 'step',
  id,
  at: '2025-11-20T10:00:00.000Z',
  step: { id: 'one', title: 'x'.repeat(1000), state: 'done' },
});

describe('A journal file', () => {
  let folder = '';
  beforeEach(() => (folder = mkdtempSync(path.join(tmpdir(), 'cacheops-journal-'))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('is made with its folders, and grows by a chained line each time', async () => {
    const file = path.join(folder, 'monitoring', 'journal', 'a-b.jsonl');
    // Longer than the piece that is read from the back.
    for (let n = 0; n < 100; n++) await appendToJournal(file, step(String(n)));
    const { lines, problems } = readChain(readFileSync(file, 'utf8'));
    assert.deepEqual([lines.length, problems], [100, []]);
  });

  it('stays one chain when several write at once', async () => {
    const file = path.join(folder, 'a-b.jsonl');
    await Promise.all(Array.from({ length: 20 }, (_, n) => appendToJournal(file, step(String(n)))));
    const { lines, problems } = readChain(readFileSync(file, 'utf8'));
    assert.deepEqual([lines.length, problems], [20, []]);
  });

  it('loses a torn last line and nothing else, and says so', async () => {
    const file = path.join(folder, 'a-b.jsonl');
    await appendToJournal(file, step('1'));
    appendFileSync(file, '{"type":"begun","id":"2","at":"20');
    await appendToJournal(file, step('3'));
    const { lines, problems } = readChain(readFileSync(file, 'utf8'));
    assert.deepEqual(problems, []);
    const read = lines.map(({ body }) => journalLine.parse(body));
    assert.deepEqual(
      read.map(({ type }) => type),
      ['step', 'repaired', 'step'],
    );
    assert.ok(read[1]?.type === 'repaired' && read[1].lostBytes === 33);
  });

  it('goes on after an edited line, which stays known as such', async () => {
    const file = path.join(folder, 'a-b.jsonl');
    await appendToJournal(file, step('1'));
    await appendToJournal(file, step('2'));
    writeFileSync(file, readFileSync(file, 'utf8').replace('"id":"2"', '"id":"9"'));
    await appendToJournal(file, step('3'));
    assert.deepEqual(
      readChain(readFileSync(file, 'utf8')).problems.map(({ line }) => line),
      [2],
    );
  });

  it('says what keeps it from being written', async () => {
    const blocked = path.join(folder, 'file');
    writeFileSync(blocked, '');
    await assert.rejects(appendToJournal(path.join(blocked, 'a.jsonl'), step('1')), { code: 'file' });
  });
});

describe('A lock file', () => {
  let folder = '';
  let lock = '';
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'cacheops-lock-'));
    lock = path.join(folder, 'locks', 'one.lock');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('is had by one at a time, who is named to the other', async () => {
    const held = await acquireLock(lock, 'Flush cache:*');
    assert.equal(await hasStaleLock(path.dirname(lock)), false);
    await assert.rejects(acquireLock(lock, 'other'), {
      message: /^Another operation is at work since .*: Flush cache:\*\. Nothing was done\.$/,
      next: 'Wait for it, or stop it; it is in this window.',
    });
    held.dispose();
    (await acquireLock(lock, 'other')).dispose();
    assert.equal(await liveHolder(lock), undefined);
  });

  it('is taken over from a program that is no more, by one of those who try', async () => {
    let takenOver = 0;
    const take = (what: string) => acquireLock(lock, what, () => (takenOver += 1));
    (await take('x')).dispose();
    assert.equal(takenOver, 0);
    const holder = { pid: 2 ** 22 + 1, host: hostname(), since: '2025-11-20T10:00:00.000Z', what: 'Flush' };
    writeFileSync(lock, JSON.stringify(holder));
    assert.equal(await hasStaleLock(path.dirname(lock)), true);
    const results = await Promise.allSettled(['1', '2', '3'].map(take));
    assert.equal(results.filter(({ status }) => status === 'fulfilled').length, 1);
    assert.equal(takenOver, 1);
  });

  it('of a program whose number was given to another one is stale', async function () {
    if (process.platform !== 'linux') {
      console.log('      skipped: only Linux tells when a process was started');
      this.skip();
    }
    (await acquireLock(lock, 'x')).dispose();
    const holder = { pid: process.pid, started: '1', host: hostname(), since: '', what: 'Flush' };
    writeFileSync(lock, JSON.stringify(holder));
    assert.equal(await liveHolder(lock), undefined);
  });

  it('that nobody finished writing holds for a moment only, also when the clock was set back since', async () => {
    (await acquireLock(lock, 'x')).dispose();
    writeFileSync(lock, '{"pid":');
    await assert.rejects(acquireLock(lock, 'mine'), /something that is just beginning/);
    for (const offMs of [-60_000, 3_600_000]) {
      writeFileSync(lock, '{"pid":');
      const at = new Date(Date.now() + offMs);
      utimesSync(lock, at, at);
      (await acquireLock(lock, 'mine')).dispose();
    }
  });

  it('of another machine is believed, and the way out is said', async () => {
    (await acquireLock(lock, 'x')).dispose();
    writeFileSync(lock, JSON.stringify({ pid: 1, host: 'elsewhere', since: '2025', what: 'Flush' }));
    await assert.rejects(acquireLock(lock, 'mine'), {
      code: 'busy',
      next: `Wait for it. If that machine is gone, delete ${lock}.`,
    });
  });
});
