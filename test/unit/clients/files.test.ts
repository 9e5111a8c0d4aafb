import assert from 'node:assert/strict';
import { chmod, mkdtemp, readdir, readFile, rm, stat, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readTextFile, replaceFile } from '../../../src/clients/files.ts';
import { OpsError } from '../../../src/core/errors.ts';

describe('files', () => {
  let folder: string;
  let file: string;

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'cache-ops-'));
    file = path.join(folder, 'checklist.md');
  });

  afterEach(() => rm(folder, { recursive: true }));

  async function failureOf(work: Promise<unknown>): Promise<OpsError> {
    try {
      await work;
    } catch (error) {
      assert.ok(error instanceof OpsError, String(error));
      return error;
    }
    throw new assert.AssertionError({ message: 'It did not fail.' });
  }

  it('keep their byte order mark as the first character, so that offsets are the file’s', async () => {
    await writeFile(file, '\uFEFF# Title');
    assert.equal((await readTextFile(file, 100)).text, '\uFEFF# Title');
  });

  it('that are too large are named with size and limit, and not read', async () => {
    await writeFile(file, '');
    await truncate(file, 50 * 1024 ** 2);
    const { code, message } = await failureOf(readTextFile(file, 10 * 1024 ** 2));
    assert.equal(code, 'file');
    assert.match(message, /checklist\.md is too large to be shown: 50\.0 MB, the limit is 10\.0 MB\./);
  });

  it('that are not UTF-8 are refused', async () => {
    await writeFile(file, Buffer.from([0x2d, 0x20, 0xff, 0xfe]));
    assert.match((await failureOf(readTextFile(file, 100))).message, /is not valid UTF-8/);
  });

  it('that are gone are said to be gone', async () => {
    assert.match((await failureOf(readTextFile(file, 100))).message, /does not exist/);
  });

  it('are replaced as a whole, with their mode, and leave nothing beside them', async () => {
    await writeFile(file, 'old');
    await chmod(file, 0o640);
    await replaceFile(file, Buffer.from('old'), Buffer.from('new'));
    assert.equal(await readFile(file, 'utf8'), 'new');
    assert.equal((await stat(file)).mode & 0o777, 0o640);
    assert.deepEqual(await readdir(folder), ['checklist.md']);
  });

  it('are replaced behind a link, which stays one', async () => {
    const link = path.join(folder, 'link.md');
    await writeFile(file, 'old');
    await symlink(file, link);
    await replaceFile(link, Buffer.from('old'), Buffer.from('new'));
    assert.equal(await readFile(file, 'utf8'), 'new');
    assert.deepEqual(
      (await readdir(folder, { withFileTypes: true }))
        .map((entry) => [entry.name, entry.isSymbolicLink()])
        .toSorted(([a], [b]) => (String(a) < String(b) ? -1 : 1)),
      [
        ['checklist.md', false],
        ['link.md', true],
      ],
    );
  });

  it('that changed meanwhile stay as they are', async () => {
    await writeFile(file, 'someone else’s');
    const { code } = await failureOf(replaceFile(file, Buffer.from('old'), Buffer.from('new')));
    assert.equal(code, 'conflict');
    assert.equal(await readFile(file, 'utf8'), 'someone else’s');
    assert.deepEqual(await readdir(folder), ['checklist.md']);
  });

  it('that are read-only are refused, also to an administrator', async () => {
    await writeFile(file, 'old', { mode: 0o444 });
    const { code, message } = await failureOf(replaceFile(file, Buffer.from('old'), Buffer.from('new')));
    assert.equal(code, 'readOnly');
    assert.match(message, /is read-only; nothing was changed/);
    assert.equal(await readFile(file, 'utf8'), 'old');
  });
});
