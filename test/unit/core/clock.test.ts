import assert from 'node:assert/strict';
import { systemClock } from '../../../src/core/clock.ts';

describe('the clock', () => {
  it('does not take a very long delay for none', async () => {
    let called = false;
    const timer = systemClock.after(1e12, () => (called = true));
    await new Promise((resolve) => setTimeout(resolve, 20));
    timer.dispose();
    assert.equal(called, false);
  });
});
