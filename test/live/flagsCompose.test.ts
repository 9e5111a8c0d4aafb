import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDeployment, openFlagStore } from '../../src/clients/flags/open.ts';
import { systemClock } from '../../src/core/clock.ts';
import { dockerTools, startDocker } from '../sandbox/docker.ts';
import type { DockerEngine } from '../sandbox/docker.ts';
import { environmentOf } from './support/runs.ts';

const never = new AbortController().signal;
const isDebianPackageUsable = process.platform === 'linux' && process.arch === 'x64';

describe('flags in Docker Compose', function () {
  this.timeout(120_000);
  let folder: string;
  let engine: DockerEngine | undefined;
  let noEngine = '';
  const inherited = { ...process.env };

  before(async function () {
    if (!isDebianPackageUsable) {
      console.log('    skipped: docker and compose are fetched for Linux on x64 only');
      return this.skip();
    }
    folder = await mkdtemp(join(tmpdir(), 'cache-ops-compose-'));
    try {
      Object.assign(process.env, (await dockerTools(join(folder, 'tools'))).environment);
    } catch (error) {
      console.log(`    skipped: docker and compose cannot be fetched: ${reasonOf(error)}`);
      return this.skip();
    }
    try {
      engine = await startDocker(join(folder, 'docker'));
      Object.assign(process.env, engine.environment);
    } catch (error) {
      noEngine = reasonOf(error);
    }
  });
  after(async () => {
    await engine?.stop();
    process.env = inherited;
    if (folder) await rm(folder, { recursive: true, force: true });
  });

  const surroundings = (target: object = {}) => ({
    environment: environmentOf({
      target: { kind: 'compose', services: ['desk'], project: 'flags-test', settleWithin: '60s', ...target },
      flags: { CACHE_ENABLED: { on: '1', off: '0' } },
    }),
    directory: folder,
    secret: () => Promise.resolve(undefined),
    clock: systemClock,
  });
  const store = (target?: object) => openFlagStore('CACHE_ENABLED', surroundings(target));
  const compose = (environment: string): string =>
    `# kept\nservices:\n  desk:\n    image: ${engine?.image ?? 'local/shell:1'}\n    command: [sleep, '600']\n    network_mode: none\n    stop_grace_period: 0s\n${environment}`;
  const write = (name: string, text: string): Promise<void> => writeFile(join(folder, name), text);
  const read = (name: string): Promise<string> => readFile(join(folder, name), 'utf8');

  it('a reference is set in the .env file, and Compose itself agrees', async () => {
    await write('compose.yaml', compose('    environment:\n      CACHE_ENABLED: ${CACHE_ENABLED:-1} # why\n'));
    await write('.env', '# mine\nCACHE_ENABLED=1\n');
    const flag = store();
    assert.deepEqual(await flag.inspect(never), { obstacles: [], warnings: [] });
    await flag.write({ expected: '1', value: '0' }, never);
    assert.equal(await read('.env'), '# mine\nCACHE_ENABLED=0\n');
    assert.equal(await flag.read(never), '0');
    await assert.rejects(flag.write({ expected: '1', value: '0' }, never), /says 0 now/);
  });

  it('a value in the file is changed there, and nothing else', async () => {
    const text = compose('    environment:\n      - OTHER=x\n      - CACHE_ENABLED=1 # why\n');
    await write('compose.yaml', text);
    await store().write({ expected: '1', value: '0' }, never);
    assert.equal(await read('compose.yaml'), text.replace('CACHE_ENABLED=1', '"CACHE_ENABLED=0"'));
  });

  it('an env_file is changed where the variable comes from it', async () => {
    await write('compose.yaml', compose('    env_file: desk.env\n'));
    await write('desk.env', 'CACHE_ENABLED="1"\n');
    await store().write({ expected: '1', value: '0' }, never);
    assert.equal(await read('desk.env'), 'CACHE_ENABLED="0"\n');
  });

  it('a variable that reaches no service is said before anything changes', async () => {
    await write('compose.yaml', compose('    environment:\n      OTHER: 1\n'));
    await write('.env', 'CACHE_ENABLED=1\n');
    const { obstacles } = await store().inspect(never);
    assert.match(obstacles.join(' '), /CACHE_ENABLED does not reach service desk/);
    assert.match((await store({ services: ['gone'] }).inspect(never)).obstacles.join(' '), /no service gone/);
  });

  it('an engine that is not there is said before anything changes', async () => {
    const host = process.env['DOCKER_HOST'];
    process.env['DOCKER_HOST'] = 'unix:///nowhere/docker.sock';
    const found = await openDeployment(surroundings())?.inspect(never);
    if (host === undefined) delete process.env['DOCKER_HOST'];
    else process.env['DOCKER_HOST'] = host;
    assert.match(found?.obstacles.join(' ') ?? '', /Docker engine cannot be reached/);
  });

  it('on a real engine: the service is created anew, and its container has the new value', async function () {
    if (engine === undefined) {
      console.log(`    skipped: no engine runs here: ${noEngine}`);
      return this.skip();
    }
    await write('compose.yaml', compose('    environment:\n      CACHE_ENABLED: ${CACHE_ENABLED:-1}\n'));
    await write('.env', 'CACHE_ENABLED=1\n');
    const deployment = openDeployment(surroundings());
    const context = { signal: never, onProgress: () => undefined };
    await deployment?.restart(false, context);
    assert.equal(await deployment?.effective?.('CACHE_ENABLED', never), '1');
    await store().write({ expected: '1', value: '0' }, never);
    assert.equal(await deployment?.effective?.('CACHE_ENABLED', never), '1', 'not before it is created anew');
    await deployment?.restart(false, context);
    assert.equal(await deployment?.effective?.('CACHE_ENABLED', never), '0');
    assert.ok((await deployment?.identify?.(never))?.marks['engine id']);
  });
});

function reasonOf(error: unknown): string {
  return error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
}
