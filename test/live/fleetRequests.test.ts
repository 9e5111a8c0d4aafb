import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { countRequests } from './support/fleetRequests.ts';

/** Of all services of an environment together, in one poll. */
const mostRequests = 6;

describe('watching an environment with all its services', function () {
  this.timeout(90_000);
  let folder: string;

  before(async () => void (folder = await mkdtemp(join(tmpdir(), 'cache-ops-requests-'))));
  after(() => rm(folder, { recursive: true, force: true }));

  it(`takes at most ${mostRequests} requests a poll, on average over an hour`, async () => {
    const { polls, requests, all } = await countRequests(folder);
    assert.ok(polls >= 350, `${polls} polls`);
    for (const [service, count] of Object.entries(requests)) assert.ok(count > 0, `${service} was asked`);
    assert.ok(all / polls <= mostRequests, `${(all / polls).toFixed(2)} a poll: ${JSON.stringify(requests)}`);
  });
});
