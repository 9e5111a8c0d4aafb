// npm start: a running cache, two environments of it, and VS Code with the extension looking at them.
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { OpsError, explain } from '../../src/core/errors.ts';
import { chooseEditor } from './editor.ts';
import type { Editor } from './editor.ts';
import { ensureProgram, isAlive, step } from './install.ts';
import { onInterrupt } from './interrupt.ts';
import { createOwnership } from './ownership.ts';
import { assertPortFree } from './ports.ts';
import { startSandbox } from './sandbox.ts';
import type { Sandbox } from './sandbox.ts';

const HELP = `npm start -- [options]

  --port N     port of VS Code in the browser (default: 8300 where it is free)
  --rate N     requests a second that the sample application gets, on average over a day (default: 12)
  --seed N     other questions in another order (default: 1)
  --fresh      make the sample workspace anew, without the ticks and settings of the last time
  --no-editor  start the servers only`;

const ROOT = resolve(import.meta.dirname, '../..');
const FOLDER = join(ROOT, '.sandbox');
const PID_FILE = join(FOLDER, 'start.pid');

const report = (line: string) => console.log(line);
const ownership = createOwnership();
let started = false;
let stopping = false;

try {
  const options = readOptions();
  if (options.help) report(HELP);
  else await start(options);
} catch (error) {
  stopping = true;
  console.error(`\n${explain(error)}`);
  await ownership.stopAll();
  process.exit(1);
}

function readOptions() {
  const { values } = parseArgs({
    options: {
      port: { type: 'string' },
      rate: { type: 'string', default: '12' },
      seed: { type: 'string', default: '1' },
      fresh: { type: 'boolean', default: false },
      'no-editor': { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  return {
    help: values.help,
    fresh: values.fresh,
    withEditor: !values['no-editor'],
    port: values.port === undefined ? undefined : numberIn('port', values.port),
    ratePerSecond: numberIn('rate', values.rate),
    seed: numberIn('seed', values.seed),
  };
}

function numberIn(option: string, text: string): number {
  const value = Number(text);
  if (text !== '' && value >= 0) return value;
  throw new OpsError('settings', `--${option} is "${text}": expected a number that is not negative.`);
}

async function start(options: ReturnType<typeof readOptions>): Promise<void> {
  onInterrupt(() => void stop());
  await claimFolder();
  const { ratePerSecond, seed, port } = options;
  if (options.fresh) await rm(join(FOLDER, 'workspace'), { recursive: true, force: true });
  if (port !== undefined) await assertPortFree(port, 'the editor');
  const kind = options.withEditor ? await chooseEditor() : undefined;
  // The servers' packages and the editor come from different places: fetched side by side.
  await Promise.all([installServers(), kind?.prepare(ROOT, FOLDER, report)]);
  const sandbox = await step(report, 'Starting Redis, Qdrant, the sample application and Prometheus', () =>
    ownership.own(
      startSandbox({ folder: FOLDER, history: true, warm: true, usualPorts: true, report, ratePerSecond, seed }),
    ),
  );
  watch(sandbox);
  const { workspace, variables } = sandbox;
  const editor =
    kind && (await ownership.own(kind.open({ root: ROOT, folder: FOLDER, workspace, variables, port, report })));
  started = true;
  report(describe(sandbox, editor));
}

/** One sandbox at a time lives in this checkout: two would empty each other's data. */
async function claimFolder(): Promise<void> {
  await mkdir(FOLDER, { recursive: true });
  const owner = Number(await readFile(PID_FILE, 'utf8').catch(() => ''));
  if (owner > 0 && owner !== process.pid && isAlive(owner)) {
    throw new OpsError('conflict', `A sandbox of this checkout is running already (process ${owner}).`, {
      next: `Use it, or stop it: kill ${owner}`,
    });
  }
  await writeFile(PID_FILE, String(process.pid));
}

async function installServers(): Promise<void> {
  for (const program of ['redis-server', 'redis-cli', 'prometheus', 'promtool', 'curl'] as const) {
    await ensureProgram(program, report);
  }
}

async function stop(): Promise<void> {
  stopping = true;
  // While things are still being installed and started, ending is enough: all that was started ends with us.
  if (!started) process.exit(130);
  report('\nStopping …');
  await ownership.stopAll();
  await rm(PID_FILE, { force: true });
  report('Everything is stopped.');
  process.exit(0);
}

function watch({ redis, stagingRedis, qdrant, prometheus }: Sandbox): void {
  const servers = { Redis: redis, 'The Redis of staging': stagingRedis, Qdrant: qdrant, Prometheus: prometheus };
  for (const [name, server] of Object.entries(servers)) {
    void server?.exited.then((reason) => {
      if (!stopping) report(`${name} has ended (${reason}). Ctrl-C and npm start bring it back.`);
      return undefined;
    });
  }
}

function describe(sandbox: Sandbox, editor: Editor | undefined): string {
  const { redis, stagingRedis, qdrant, qdrantMissing, prometheus, app, stagingApp, workspace } = sandbox;
  return `
${editor === undefined ? `The sample workspace is ${workspace}` : editor.where}

  sandbox      Redis ${redis.url}, application ${app.url}
  staging      Redis ${stagingRedis.url} (user and password), application ${stagingApp.url}
  both         ${qdrant === undefined ? 'NO QDRANT' : `Qdrant ${qdrant.url}`}, Prometheus ${prometheus.url}
${qdrantMissing === undefined ? '' : `\n  There are no semantic entries in this sandbox. ${qdrantMissing}\n`}
Try this:
  Click the Cache Ops icon in the activity bar: the two checklists, and Redis live below them.
  Tick an item, then undo it in the editor (Ctrl+Z): one character of the Markdown changes.
  Click the hit rate in the status bar, and switch to staging.
  Empty the cache and watch the hit rate: curl -X POST ${app.url}/api/cache/clear
  Take Redis away and see what is said:   kill ${redis.pid}

Ctrl-C stops everything.`;
}
