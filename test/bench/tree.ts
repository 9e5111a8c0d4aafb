import assert from 'node:assert/strict';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { TreeRow } from '../e2e/treeView.ts';
import { eventually } from '../eventually.ts';
import { largeChecklist } from '../fixtures/largeChecklist.ts';
import { startRedis } from '../sandbox/redis.ts';
import { writeTestWorkspace } from '../sandbox/testWorkspace.ts';
import { codeServerVersions } from '../sandbox/vscode.ts';
import type { Figure } from './figure.ts';
import type { Busy } from './probe/busy.ts';
import { openProbedWindow } from './probedWindow.ts';
import type { ProbedWindow } from './probedWindow.ts';

export const names = ['tree.longest-task'];

const root = path.resolve(import.meta.dirname, '../..');
const folder = path.join(root, '.sandbox', 'bench-tree');
const items = 10_000;
const rounds = 2;

/** What was done, and the longest task it took. */
interface Phase extends Busy {
  readonly name: string;
}

/**
 * 10,000 items with 1,000 blocks, once all below one heading and once below 200, shown in a real window and worked with
 * as a person would, while a probe in the extension host watches how long its thread is busy at a time.
 */
export async function run(): Promise<readonly Figure[]> {
  const phases = [...(await bestOf(rounds, 1)), ...(await bestOf(rounds, 200))];
  const longest = phases.reduce((one, other) => (other.cpuMs > one.cpuMs ? other : one));
  const wall = phases.reduce((one, other) => (other.wallMs > one.wallMs ? other : one));
  for (const { name, cpuMs, wallMs } of phases)
    console.log(`  ${name.padEnd(40)} ${cpuMs.toFixed(1).padStart(6)} ms, by the clock ${wallMs.toFixed(1)} ms`);
  return [
    {
      name: 'tree.longest-task',
      value: longest.cpuMs,
      unit: 'ms',
      limit: { of: 'value', max: 50 },
      note: `processor time of the longest task (async_hooks) in a VS Code ${codeServerVersions.current} host, best of ${rounds} windows, when ${longest.name}; turns of the loop took at most ${wall.wallMs.toFixed(0)} ms by the clock`,
    },
  ];
}

/** The same in several windows; of each phase the best, since a machine that is busy with something else only adds. */
async function bestOf(windows: number, stages: number): Promise<readonly Phase[]> {
  let best = await measure(stages);
  for (let window = 1; window < windows; window++) {
    const again = await measure(stages);
    best = best.map((phase, index) => {
      const other = again[index];
      return other && other.cpuMs < phase.cpuMs ? other : phase;
    });
  }
  return best;
}

async function measure(stages: number): Promise<readonly Phase[]> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const stops: (() => Promise<unknown>)[] = [];
  try {
    const redis = await startRedis({ folder: path.join(folder, 'redis') });
    stops.push(() => redis.stop());
    const workspace = await writeTestWorkspace(path.join(folder, 'workspace'), {
      local: { tier: 'development', redis: { url: redis.url } },
    });
    await writeFile(workspace.checklist, largeChecklist({ items, stages, blocks: 1_000 }));
    const userSettings = {
      'workbench.list.defaultFindMode': 'filter',
      'workbench.list.defaultFindMatchType': 'contiguous',
    };
    const probed = await openProbedWindow({
      probe: 'busy',
      folder,
      workspace: workspace.folder,
      height: 1200,
      userSettings,
    });
    stops.push(() => probed.close());
    return await workWith(probed, stages);
  } finally {
    for (const stop of stops.toReversed()) await stop();
  }
}

async function workWith({ window, ask }: ProbedWindow, stages: number): Promise<readonly Phase[]> {
  const phases: Phase[] = [];
  const phase = async (name: string, act: () => Promise<unknown>): Promise<void> => {
    await act();
    const busy = await ask<Busy>('/busy');
    phases.push({ name: `${name}, ${stages === 1 ? '1 stage' : `${stages} stages`}`, ...busy });
  };
  const { checklists, page } = window;
  const title = checklists.row('Moving every shard to the new cache');
  const region = checklists.row('Region 1');
  await ask('/busy');
  await phase('opening the view', async () => {
    await window.openCacheOps();
    await title.expand();
    await region.waitFor();
  });
  await phase('unfolding all stages', async () => {
    await ask('/command?id=cacheOps.checklists.focus');
    const last = stages === 1 ? '9801–10000' : `Region ${stages}`;
    if (stages === 1) {
      await region.expand();
      await checklists.row('1–200').waitFor();
    }
    await page.keyboard.press('End');
    await checklists.row(last).waitFor();
    // From the last one upwards, so that what is unfolded moves none of those that are not yet.
    for (let row = 0; row < (stages === 1 ? items / 200 : stages); row++) {
      await page.keyboard.press('ArrowRight');
      await page.keyboard.press('ArrowUp');
    }
    await checklists.row('Shard 3 serves its part of the keys').waitFor();
  });
  await phase('scrolling', async () => {
    for (const key of ['PageDown', 'PageDown', 'End', 'PageUp', 'Home', 'PageDown']) {
      await page.keyboard.press(key);
      await page.locator('.monaco-list-row.focused').first().waitFor();
    }
  });
  const shard = checklists.row('Shard 3 serves its part of the keys');
  await phase('ticking', async () => {
    await page.keyboard.press('Home');
    const before = await title.description();
    await shard.toggle();
    await eventually(async () => assert.notEqual(await title.description(), before), 20_000);
  });
  await phase('filtering', async () => {
    await ask('/command?id=cacheOps.checklists.focus');
    await ask('/command?id=list.find');
    await page.keyboard.type('shard 775');
    await checklists.row('Shard 775 serves its part of the keys').waitFor();
    await page.keyboard.press('Escape');
  });
  const verify = async (row: TreeRow): Promise<void> => {
    const before = await region.description();
    await row.inlineAction('Verify');
    await eventually(async () => assert.notEqual(await region.description(), before), 60_000);
    assert.match(await region.description(), / · \d+ (?:passed|failed|inconclusive)/);
  };
  // Not counted: the first check of all starts the shell parser, whatever the tree shows.
  await page.keyboard.press('Home');
  await verify(checklists.row('Shard 10 serves its part of the keys'));
  await ask('/busy');
  await phase('evidence coming in', () => verify(stages === 1 ? checklists.row('1–200') : region));
  await window.screenshot(`bench-tree-${stages}`);
  await ask('/end');
  return phases;
}
