import assert from 'node:assert/strict';
import { LiveOutput } from '../../../../src/core/run/liveOutput.ts';
import type { BlockEvent } from '../../../../src/core/run/model.ts';
import { FakeClock } from '../fakeClock.ts';

function live(): { clock: FakeClock; output: LiveOutput; events: BlockEvent[] } {
  const clock = new FakeClock();
  const events: BlockEvent[] = [];
  return { clock, events, output: new LiveOutput(clock, (event) => events.push(event)) };
}

describe('Live output', () => {
  it('comes in the order it was written, pieces of one stream together', () => {
    const { output, events } = live();
    for (const text of ['a', 'b']) output.push('s', 'stdout', text);
    output.push('s', 'stderr', 'c');
    output.push('s', 'stdout', 'd');
    output.flush();
    assert.deepEqual(
      events.map((event) => event.kind === 'output' && `${event.stream} ${event.text}`),
      ['stdout ab', 'stderr c', 'stdout d'],
    );
  });

  it('says how much it skips when there is more than anyone reads', () => {
    const { output, events } = live();
    for (let count = 0; count < 1_000; count++) output.push('s', 'stdout', 'x'.repeat(1_000));
    output.flush();
    const shown = events.map((event) => (event.kind === 'output' ? event : assert.fail()));
    assert.equal(shown.length, 2);
    const total = shown.reduce((sum, { text, skippedCharacters }) => sum + text.length + skippedCharacters, 0);
    assert.equal(total, 1_000_000);
    assert.ok((shown[0]?.text.length ?? 0) + (shown[1]?.text.length ?? 0) < 40_000);
  });

  it('does not grow while two streams take turns', () => {
    const { output, events } = live();
    for (let count = 0; count < 10_000; count++) output.push('s', count % 2 === 0 ? 'stdout' : 'stderr', 'x');
    output.flush();
    assert.ok(events.length <= 100, `${events.length} events`);
  });
});
