import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import manifest from '../../package.json' with { type: 'json' };
import { openWindow } from '../sandbox/browser.ts';
import { startRedis } from '../sandbox/redis.ts';
import { writeTestWorkspace } from '../sandbox/testWorkspace.ts';
import { codeServerVersions, startVsCode } from '../sandbox/vscode.ts';
import type { VsCode } from '../sandbox/vscode.ts';
import { buildProbe } from './buildProbe.ts';
import { median } from './figure.ts';
import type { Figure } from './figure.ts';

const root = path.resolve(import.meta.dirname, '../..');
const folder = path.join(root, '.sandbox', 'bench');
const rounds = 9;

export const names = ['activation.own', 'activation.load', 'activation.host', 'activation.hostCpu'];

const startFile = path.join(folder, 'start.json');
const activationFile = path.join(folder, 'activation.json');

/** Milliseconds since the start of the extension host's process. */
interface Start {
  readonly startMs: number;
  readonly lookedMs: number;
  /** The processor time it has used by then. */
  readonly cpuMs: number;
}

/** Durations, for our extension alone. */
interface Activation {
  readonly loadMs: number;
  readonly activateMs: number;
}

/**
 * Opens a window by turns with the extension and with an empty one in its place, on a workspace with a checklist and an
 * environment. The first of each warms the caches and is not counted.
 */
export async function run(): Promise<readonly Figure[]> {
  await rm(folder, { recursive: true, force: true });
  const tests = await buildProbe('index', folder);
  const redis = await startRedis({ folder: path.join(folder, 'redis') });
  const environments = { local: { tier: 'development', redis: { url: redis.url } } };
  const workspace = (await writeTestWorkspace(path.join(folder, 'workspace'), environments)).folder;
  const servers: VsCode[] = [];
  const browser = await openProbeBrowser();
  try {
    const own = await serve('own', workspace, await copyExtension());
    servers.push(own);
    const empty = await serve('empty', workspace, await writeEmptyExtension(folder));
    servers.push(empty);
    const starts: (Start & Activation)[] = [];
    const emptyStarts: Start[] = [];
    for (let round = 0; round <= rounds; round += 1) {
      starts.push({ ...(await browser.measureStart(own.url({ tests }))), ...(await readActivation()) });
      emptyStarts.push(await browser.measureStart(empty.url({ tests })));
    }
    return figures(starts.slice(1), emptyStarts.slice(1));
  } finally {
    await browser.close();
    await Promise.all([...servers, redis].map((server) => server.stop()));
  }
}

function serve(name: string, workspace: string, extension: string): Promise<VsCode> {
  return startVsCode({
    version: codeServerVersions.current,
    extension,
    workspace,
    dataFolder: path.join(folder, name, 'data'),
    trusted: true,
    environment: { CACHE_OPS_BENCH_START: startFile, CACHE_OPS_BENCH_ACTIVATION: activationFile },
  });
}

function figures(own: readonly (Start & Activation)[], empty: readonly Start[]): readonly Figure[] {
  const note = `median of ${rounds} starts of VS Code ${codeServerVersions.current}`;
  return [
    {
      name: 'activation.own',
      value: median(own.map(({ activateMs }) => activateMs)),
      unit: 'ms',
      limit: { of: 'value', max: 30 },
      note: `from entering activate() until what it returns has settled, ${note}`,
    },
    {
      name: 'activation.load',
      value: median(own.map(({ loadMs }) => loadMs)),
      unit: 'ms',
      note: 'importing dist/extension.js before that',
    },
    {
      name: 'activation.host',
      value: median(own.map(({ startMs }) => startMs)),
      unit: 'ms',
      against: median(empty.map(({ startMs }) => startMs)),
      limit: { of: 'ratio', max: 1.1 },
      note: 'from the start of the host process until all extensions that start by themselves are active',
    },
    {
      name: 'activation.hostCpu',
      value: median(own.map(({ cpuMs }) => cpuMs)),
      unit: 'ms',
      against: median(empty.map(({ cpuMs }) => cpuMs)),
      note: 'processor time of the host in that span, which other load on the machine disturbs less',
    },
  ];
}

/** One browser for all starts: a new one each time would compete with the host it is to start. */
async function openProbeBrowser(): Promise<{ measureStart(url: string): Promise<Start>; close(): Promise<void> }> {
  let report: ((code: number) => void) | undefined;
  const browser = await openWindow({ url: 'about:blank', onExit: (code) => report?.(code) });
  const measureStart = async (url: string): Promise<Start> => {
    await rm(startFile, { force: true });
    const reported = new Promise<number>((resolve) => (report = resolve));
    await browser.page.goto(url);
    const code = await Promise.race([reported, pause(60_000, 'nothing', { ref: false })]);
    if (code !== 0) throw new Error(`The extension host reported ${code} instead of its start-up time.`);
    const start: Start = JSON.parse(await readFile(startFile, 'utf8'));
    // Had it all been over before we looked, the difference would not show.
    if (start.startMs - start.lookedMs < 1) throw new Error('The extension host was ready before it could be watched.');
    // Ends this host before the next one starts.
    await browser.page.goto('about:blank');
    return start;
  };
  return { measureStart, close: () => browser.close() };
}

/** Fails when the extension did not activate: the editor itself calls a failed extension active. */
async function readActivation(): Promise<Activation> {
  const activation: Activation = JSON.parse(await readFile(activationFile, 'utf8'));
  await rm(activationFile);
  return activation;
}

/** The extension as it is shipped, with a main file around it that takes the time. */
async function copyExtension(): Promise<string> {
  const copy = path.join(folder, 'extension');
  await mkdir(copy, { recursive: true });
  await Promise.all(
    ['dist', 'media'].map((part) => cp(path.join(root, part), path.join(copy, part), { recursive: true })),
  );
  await cp(path.join(import.meta.dirname, 'probe', 'measured.mjs'), path.join(copy, 'measured.mjs'));
  await writeFile(path.join(copy, 'package.json'), JSON.stringify({ ...manifest, main: './measured.mjs' }));
  return copy;
}

/** Does nothing: development mode wants some extension. */
export async function writeEmptyExtension(inFolder: string): Promise<string> {
  const empty = path.join(inFolder, 'empty');
  await mkdir(empty, { recursive: true });
  const { publisher, version, engines } = manifest;
  await writeFile(path.join(empty, 'package.json'), JSON.stringify({ name: 'empty', publisher, version, engines }));
  return empty;
}
