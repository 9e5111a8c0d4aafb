import assert from 'node:assert/strict';
import { OpsError } from '../../../../src/core/errors.ts';
import { ServiceMonitor, unusedMs } from '../../../../src/core/health/monitor.ts';
import { NetworkReturn } from '../../../../src/core/health/networkReturn.ts';
import { longestPauseMs } from '../../../../src/core/poller.ts';
import { FakeClock } from '../fakeClock.ts';

describe('when the network returns', () => {
  class SleepyClock extends FakeClock {
    sleptMs = 0;

    override wallMs(): number {
      return super.wallMs() + this.sleptMs;
    }
  }

  function setUp() {
    const clock = new SleepyClock();
    const world = { clock, addresses: 'eth0 10.0.0.7/24', isUp: false, reads: 0 };
    const monitor: ServiceMonitor = new ServiceMonitor({
      openProbe: () => ({
        read: () => {
          world.reads++;
          if (!world.isUp) return Promise.reject(new OpsError('unreachable', 'No route.'));
          return Promise.resolve({ summary: 'ok', state: 'healthy', readings: [], readAtMs: clock.wallMs() });
        },
        close: () => undefined,
      }),
      intervalMs: 5_000,
      clock,
      onRead: () => network.update(monitor.report?.failure !== undefined),
    });
    const network = new NetworkReturn({ clock, addresses: () => world.addresses, onReturn: () => monitor.retry() });
    return { world, monitor, clock };
  }

  /** Fails until it asks only once in a long while. */
  async function failForLong({ world, monitor, clock }: ReturnType<typeof setUp>): Promise<number> {
    monitor.use();
    await clock.advance(10 * longestPauseMs);
    const { reads } = world;
    await clock.advance(longestPauseMs / 3);
    assert.ok(world.reads <= reads + 1, 'it asks rarely by now');
    return world.reads;
  }

  it('what failed is read within seconds of an address that changed', async () => {
    const all = setUp();
    const before = await failForLong(all);
    all.world.isUp = true;
    all.world.addresses = 'wlan0 192.168.1.20/24';
    await all.clock.advance(2_000);
    assert.equal(all.world.reads, before + 1);
    assert.equal(all.monitor.report?.state, 'healthy');
  });

  it('what failed is read within seconds of waking up', async () => {
    const all = setUp();
    const before = await failForLong(all);
    all.world.isUp = true;
    all.clock.sleptMs = 8 * 3_600_000;
    await all.clock.advance(2_000);
    assert.equal(all.world.reads, before + 1);
  });

  it('nothing is looked at while all is well', async () => {
    const { world, monitor, clock } = setUp();
    world.isUp = true;
    const use = monitor.use();
    await clock.advance(0);
    assert.equal(clock.nextInMs, 5_000, 'only the next poll is waited for');
    use.dispose();
    assert.equal(clock.nextInMs, unusedMs, 'only the connection is left to be closed');
  });
});
