import { availableParallelism } from 'node:os';
import { rm } from 'node:fs/promises';
import type { Counts } from '../results.ts';
import { folderOfRun, removeLeftovers } from './folder.ts';
import type { Held } from './hold.ts';
import { hold } from './hold.ts';
import type { State } from './state.ts';
import { applicationStates } from './states/application.ts';
import { badAnswerStates } from './states/badAnswers.ts';
import { grafanaStates } from './states/grafana.ts';
import { hitRateStates } from './states/hitRate.ts';
import { prometheusStates } from './states/prometheus.ts';
import { qdrantStates } from './states/qdrant.ts';
import { redisPlaceStates } from './states/redisPlaces.ts';
import { redisStates } from './states/redis.ts';
import { redisConnectionStates } from './states/redisConnection.ts';
import { redisMemoryStates } from './states/redisMemory.ts';
import { redisReplicationStates } from './states/redisReplication.ts';
import { redisTopologyStates } from './states/redisTopologies.ts';

const states: readonly State[] = [
  ...redisConnectionStates,
  ...redisStates,
  ...redisMemoryStates,
  ...redisReplicationStates,
  ...redisTopologyStates,
  ...redisPlaceStates,
  ...qdrantStates,
  ...prometheusStates,
  ...hitRateStates,
  ...applicationStates,
  ...grafanaStates,
  ...badAnswerStates,
];

/** Holds the states side by side and prints what was said of each. `slow`: also those that take long. */
export async function holdAll({
  slow,
  words = [],
}: {
  readonly slow: boolean;
  readonly words?: readonly string[];
}): Promise<Counts> {
  const asked = states.filter(({ name }) => words.every((word) => name.toLowerCase().includes(word.toLowerCase())));
  const chosen = asked.filter((state) => slow || !state.slow);
  await removeLeftovers();
  const held = await sideBySide(chosen);
  await rm(folderOfRun, { recursive: true, force: true });
  console.log(table(held));
  const left = asked.length - chosen.length;
  if (left > 0) console.log(`  ${left} states that take long are left out; npm run truth, and CI=true, hold them too.`);
  const count = (verdict: Held['verdict']): number => held.filter((one) => one.verdict === verdict).length;
  return { passed: count('right'), failed: count('WRONG') };
}

/** Most of them wait: twice as many as there are cores. */
async function sideBySide(chosen: readonly State[]): Promise<readonly Held[]> {
  const held = new Map<State, Held>();
  // What takes long begins first, so that nothing is waited for alone at the end.
  const queue = [...chosen.entries()].toSorted(([, a], [, b]) => Number(b.slow ?? false) - Number(a.slow ?? false));
  const work = async (): Promise<void> => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      const [number, state] = next;
      held.set(state, await hold(state, number));
    }
  };
  await Promise.all(Array.from({ length: 2 * availableParallelism() }, work));
  return chosen.flatMap((state) => held.get(state) ?? []);
}

function table(held: readonly Held[]): string {
  const rows = held.map(({ state, read, verdict, why }) => [
    `${state.name}${state.standIn ? ' (stand-in)' : ''}`,
    verdict === 'right' ? read : [read, why].filter((one) => one !== '').join(' ← '),
    verdict,
  ]);
  const width = Math.max(...rows.map(([name = '']) => name.length));
  const lines = rows.map(
    ([name = '', read = '', verdict = '']) => `  ${verdict.padEnd(8)}  ${name.padEnd(width)}  ${read}`,
  );
  return [`  ${'verdict'.padEnd(8)}  ${'state made'.padEnd(width)}  what is said`, ...lines].join('\n');
}
