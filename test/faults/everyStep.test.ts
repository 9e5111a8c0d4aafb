import path from 'node:path';
import { Drive } from './matrix/drive.ts';
import type { Scenario } from './matrix/scenario.ts';
import { writePrograms } from './matrix/programs.ts';
import { groups } from './matrix/scenarios.ts';
import { World } from './matrix/world.ts';
import { ensureQdrant } from '../sandbox/qdrant.ts';

const folder = path.resolve(import.meta.dirname, '../../.sandbox/faults-matrix');
/** Much of it is waiting: so many operations are tried side by side, each in a world of its own. */
const lanes = 4;

const inherited = process.env;
/** One segment and a short log: a collection is made, and saved, in a fraction of the time. Also in scratch servers. */
const smallQdrant = {
  QDRANT__STORAGE__OPTIMIZERS__DEFAULT_SEGMENT_NUMBER: '1',
  QDRANT__STORAGE__WAL__WAL_CAPACITY_MB: '1',
};

interface Trial {
  readonly scenario: Scenario;
  readonly fault: string;
  readonly run: (drive: Drive) => Promise<void>;
  readonly result: PromiseWithResolvers<void>;
}

for (const [name, scenarios] of Object.entries(groups))
  describe(`At every step of ${name}`, function () {
    this.timeout(120_000);
    const trials = scenarios.flatMap(trialsOf);
    let all: Promise<unknown>;

    before(async () => {
      const programs = path.join(folder, 'programs');
      await writePrograms(programs);
      process.env = {
        ...inherited,
        ...smallQdrant,
        QDRANT_BIN: await ensureQdrant(),
        PATH: `${programs}:${inherited['PATH'] ?? ''}`,
        PLATFORMS: folder,
      };
      const waiting = [...scenarios];
      const work = async (): Promise<void> => {
        for (let scenario = waiting.shift(); scenario; scenario = waiting.shift())
          await tryAll(trials.filter((one) => one.scenario === scenario));
      };
      all = Promise.all(Array.from({ length: lanes }, work));
    });
    after(async () => {
      await all;
      process.env = inherited;
    });

    for (const { scenario, fault, result } of trials) it(`${scenario.name}: ${fault}`, () => result.promise);
  });

function trialsOf(scenario: Scenario): readonly Trial[] {
  const trial = (fault: string, run: Trial['run']): Trial => {
    const result = Promise.withResolvers<void>();
    // It may have failed long before anybody asks.
    result.promise.catch(() => undefined);
    return { scenario, fault, run, result };
  };
  return [
    trial('nothing happens, and it is done', (drive) => drive.smoothly()),
    trial('it is cancelled', (drive) => drive.cancelled()),
    trial('another window wants the same, and the editor is killed', (drive) => drive.editorKilled()),
    ...scenario.servers.map((name) => trial(`${name} is killed`, (drive) => drive.serverKilled(name))),
    ...scenario.servers.flatMap((name) =>
      name === 'redis' || name === 'qdrant'
        ? [trial(`another ${name} answers in its place`, (drive) => drive.serverReplaced(name))]
        : [],
    ),
  ];
}

/** One after the other, in one world. */
async function tryAll(trials: readonly Trial[]): Promise<void> {
  const [first] = trials;
  if (!first) return;
  const { name, servers, needs = [] } = first.scenario;
  const world = World.create(path.join(folder, name.replaceAll(/\W+/g, '-')), [...servers, ...needs]);
  const drive = world.then((made) => new Drive(first.scenario, made));
  for (const { run, result } of trials) await drive.then(run).then(result.resolve, result.reject);
  await world.then((made) => made.stop()).catch(() => undefined);
}
