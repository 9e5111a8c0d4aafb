import assert from 'node:assert/strict';
import { openApplicationProbe } from '../../src/clients/applicationProbe.ts';
import { detailsEveryMs } from '../../src/clients/httpProbe.ts';
import { FakeClock } from '../unit/core/fakeClock.ts';
import { startHttpStandIn } from './support/httpStandIn.ts';
import type { HttpStandIn } from './support/httpStandIn.ts';
import { environmentWith, never, said, secretsOf } from './support/serviceReadings.ts';

/** An application whose metrics page answers as `page` says. */
async function withApplication(
  work: (server: HttpStandIn, page: { status: number }, clock: FakeClock) => Promise<void>,
): Promise<void> {
  const page = { status: 200 };
  const server = await startHttpStandIn(({ url }) =>
    url === '/metrics' ? { status: page.status, body: 'a_total 1\n' } : { body: 'ok' },
  );
  try {
    await work(server, page, new FakeClock());
  } finally {
    await server.stop();
  }
}

const open = (url: string, clock: FakeClock) =>
  openApplicationProbe(
    environmentWith({ application: { health: `${url}/health`, metrics: `${url}/metrics` } }),
    secretsOf(),
    clock,
  );

describe('what is read less often', () => {
  it('is read again when it is due, when asked for, and after closing', async () => {
    await withApplication(async ({ url, asked }, _, clock) => {
      const probe = open(url, clock);
      const paths = async (fresh: boolean): Promise<readonly string[]> => {
        asked.length = 0;
        await probe.read(never, fresh);
        return [...asked];
      };
      assert.deepEqual(await paths(false), ['/health', '/metrics'], 'the first time');
      assert.deepEqual(await paths(false), ['/health']);
      assert.deepEqual(await paths(true), ['/health', '/metrics'], 'on request');
      await clock.advance(detailsEveryMs);
      assert.deepEqual(await paths(false), ['/health', '/metrics'], 'when due');
      probe.close();
      assert.deepEqual(await paths(false), ['/health', '/metrics'], 'after closing');
      probe.close();
    });
  });

  it('is tried again soon when it failed, but not when a right is missing', async () => {
    await withApplication(async ({ url, asked }, page, clock) => {
      const probe = open(url, clock);
      page.status = 500;
      assert.equal(said(await probe.read(never, true), 'metrics')[1], 'unknown');
      page.status = 200;
      await clock.advance(15_000);
      assert.equal(said(await probe.read(never, false), 'metrics')[1], 'healthy');
      page.status = 403;
      assert.deepEqual(said(await probe.read(never, true), 'metrics'), ['not permitted', 'unknown']);
      await clock.advance(15_000);
      asked.length = 0;
      await probe.read(never, false);
      assert.deepEqual(asked, ['/health']);
      probe.close();
    });
  });

  it('is the page with the hits and misses, unless the hit rate has no better source', async () => {
    await withApplication(async ({ url, asked }, _, clock) => {
      let everyMs: number | undefined;
      const probe = openApplicationProbe(
        environmentWith({
          application: { health: `${url}/health`, metrics: `${url}/metrics` },
          metrics: { hits: 'a_total', misses: 'b_total' },
        }),
        secretsOf(),
        clock,
        undefined,
        { lookupsEveryMs: () => everyMs },
      );
      const paths = async (): Promise<readonly string[]> => {
        asked.length = 0;
        await probe.read(never, false);
        return [...asked];
      };
      await paths();
      assert.deepEqual(await paths(), ['/health'], 'Prometheus tells it');
      everyMs = 60_000;
      assert.deepEqual(
        await paths(),
        ['/health', '/metrics'],
        'Prometheus tells none, and one read alone tells no rate',
      );
      assert.deepEqual(await paths(), ['/health'], 'it was read a moment ago');
      await clock.advance(60_000);
      assert.deepEqual(await paths(), ['/health', '/metrics'], 'it is due');
      everyMs = 0;
      assert.deepEqual(await paths(), ['/health', '/metrics'], 'there is no Prometheus');
      probe.close();
    });
  });
});
