import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { newestBaseline, writeBaseline } from '../../../src/clients/baselineFolder.ts';
import type { Capture } from '../../../src/core/baseline/capture.ts';

function captured(to: string, value: number): Capture {
  return {
    baseline: {
      version: 1,
      environment: 'desk',
      tier: 'staging',
      hosts: { redis: 'cache-1:6379' },
      window: { from: '2026-03-04T11:00:00.000Z', to },
      warmUp: { from: '2026-03-04T10:00:00.000Z', disturbances: [] },
      figures: [
        { id: 'keys', label: 'Keys', unit: 'count', value, service: 'redis', source: 'recorded here', samples: 4 },
      ],
    },
    absent: [],
  };
}

describe('The folder of baselines', () => {
  let folder: string;

  beforeEach(async () => {
    folder = path.join(await mkdtemp(path.join(tmpdir(), 'cache-ops-baselines-')), 'monitoring', 'baselines');
  });
  afterEach(() => rm(path.dirname(path.dirname(folder)), { recursive: true, force: true }));

  it('gets a JSON file and a document side by side, and gives back the newest', async () => {
    assert.equal(await newestBaseline(folder, 'desk'), undefined);
    const first = await writeBaseline(folder, captured('2026-03-04T12:00:00.000Z', 1));
    await writeBaseline(folder, captured('2026-03-05T12:00:00.000Z', 2));
    assert.equal(path.basename(first.json), 'desk-2026-03-04T12-00-00Z.json');
    assert.match(await readFile(first.markdown, 'utf8'), /^# Baseline of `desk` \(staging\)/);
    assert.equal((await readdir(folder)).length, 4);
    assert.equal((await newestBaseline(folder, 'desk'))?.figures[0]?.value, 2);
    assert.equal(await newestBaseline(folder, 'des'), undefined);
  });

  it('passes over what is no baseline', async () => {
    await writeBaseline(folder, captured('2026-03-04T12:00:00.000Z', 1));
    await writeFile(path.join(folder, 'desk-2027-01-01T00-00-00Z.json'), '{"version":1}');
    assert.equal((await newestBaseline(folder, 'desk'))?.figures[0]?.value, 1);
  });

  it('never replaces one, and leaves nothing where one of the two cannot be written', async () => {
    const { baseline } = captured('2026-03-04T12:00:00.000Z', 1);
    await writeBaseline(folder, { baseline, absent: [] });
    await assert.rejects(
      writeBaseline(folder, captured('2026-03-04T12:00:00.000Z', 9)),
      /already: .*nothing was written/,
    );
    assert.equal((await newestBaseline(folder, 'desk'))?.figures[0]?.value, 1);
    // A folder in the way of the second file.
    const other = path.join(path.dirname(folder), 'others');
    await mkdir(path.join(other, 'desk-2026-03-04T12-00-00Z.json.unfinished', 'in the way'), { recursive: true });
    await mkdir(path.join(other, 'desk-2026-03-04T12-00-00Z.json'), { recursive: true });
    await assert.rejects(writeBaseline(other, captured('2026-03-04T12:00:00.000Z', 1)));
    assert.deepEqual(
      (await readdir(other)).filter((name) => name.includes('.md')),
      [],
    );
  });
});
