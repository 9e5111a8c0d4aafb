import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { writeNewFile } from '../../../src/clients/newFile.ts';
import { OpsError } from '../../../src/core/errors.ts';

describe('a new file', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'cache-ops-new-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('is written with its folders, and never over another', async () => {
    const wanted = path.join(folder, 'a', 'b.md');
    assert.equal(await writeNewFile(wanted, 'one'), wanted);
    const [second, third] = await Promise.all([writeNewFile(wanted, 'two'), writeNewFile(wanted, 'three')]);
    assert.deepEqual(readdirSync(path.join(folder, 'a')).toSorted(), ['b-2.md', 'b-3.md', 'b.md']);
    assert.equal(readFileSync(wanted, 'utf8'), 'one');
    assert.deepEqual(
      [second, third].map((file) => readFileSync(file, 'utf8')),
      ['two', 'three'],
    );
  });

  it('is not written where there may be none', async () => {
    const blocked = path.join(folder, 'file');
    writeFileSync(blocked, '');
    chmodSync(blocked, 0o444);
    await assert.rejects(
      writeNewFile(path.join(blocked, 'b.md'), ''),
      (error) => error instanceof OpsError && error.code === 'file' && /could not be written/.test(error.message),
    );
  });
});
