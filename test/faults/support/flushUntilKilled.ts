// A program that flushes cache:* of the Redis at the port of its first argument, with journal and lock in the folder of
// its second, and stands still in the middle until it is killed: an editor that crashes.
import { OperationRunner } from '../../../src/core/operations/runner.ts';
import { flushOf, flushStore } from '../../live/support/flushing.ts';
import { realPorts } from '../../live/support/journals.ts';
import { targetAt } from '../../live/support/redisTargets.ts';

const [port = '', folder = ''] = process.argv.slice(2);
const ports = realPorts(folder);
const ask: typeof ports.ask = {
  ...ports.ask,
  during: (_title, work) =>
    work(new AbortController().signal, (words) => {
      if (!/^Unlink.*, [\d,]+ keys/.test(words)) return;
      process.stdout.write('removing\n');
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
    }),
};
const store = flushStore({ kind: 'single', target: targetAt(Number(port)) });
await new OperationRunner({ ...ports, ask }).run(flushOf(store, 'cache:*'));
