// Plays an editor that crashes: `node editor.ts SCENARIO PLACE STEP WHEN` carries the operation out, stands still at the
// moment, says so, and is killed there. PLACE is JSON.
import { writeSync } from 'node:fs';
import { OperationRunner } from '../../../src/core/operations/runner.ts';
import { portsAt } from './drive.ts';
import { telling } from './moments.ts';
import { groups } from './scenarios.ts';
import { placeSchema } from './place.ts';

const [name = '', placeText = '', step = '', when] = process.argv.slice(2);
const place = placeSchema.parse(JSON.parse(placeText));
const scenario = Object.values(groups)
  .flat()
  .find((one) => one.name === name);
if (!scenario) throw new Error(`There is no scenario ${name}.`);
const ports = telling(portsAt(place.folder), (now) => {
  if (now.step !== step || now.when !== when) return;
  writeSync(1, 'halted\n');
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
});
await new OperationRunner(ports).run(await scenario.operation(place));
