import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { SetFlag } from '../../../../src/core/flags/setFlag.ts';
import { flagSurroundings } from '../../../live/support/operations.ts';
import { environmentOf } from '../../../unit/core/operations/ports.ts';
import { hashOf } from '../everything.ts';
import type { Place } from '../place.ts';
import { reaching } from '../scenario.ts';
import type { Scenario } from '../scenario.ts';
import type { World } from '../world.ts';

/** A place where a flag is kept: on at first, to be off in the end. */
interface Kept {
  readonly servers: Scenario['servers'];
  /** Of the environment. */
  readonly settings: (place: Place) => object;
  /** Where in the environment it is, unless in the target. */
  readonly in?: (place: Place) => object;
  readonly values?: readonly [on: string, off: string];
  /** Files of the workspace as they are at first. */
  readonly files?: Readonly<Record<string, string>>;
  readonly prepare?: (world: World) => Promise<void>;
  /** Read past the product, by an application when it is started. */
  readonly isOn?: (world: World) => Promise<boolean>;
  /** See `Scenario`; what the application runs with comes by itself. */
  readonly becomes: Readonly<Record<string, string>>;
  readonly touches?: string;
}

export function addressOf({ applicationPort }: Place, at: string): string {
  return `http://127.0.0.1:${applicationPort}${at}`;
}

/** An application that says what it runs with, and a command that starts it anew. */
export function withApplication(place: Place): object {
  return {
    application: { health: addressOf(place, '/health') },
    target: { kind: 'envFile', file: '.env', restart: `curl -fsS ${addressOf(place, '/restart')}` },
  };
}

function setFlag(where: string, kept: Kept): Scenario {
  const { servers, settings, files = {}, values = ['1', '0'], isOn } = kept;
  const [on, off] = values;
  const becomes = { ...kept.becomes, ...(isOn ? { application: off } : {}) };
  const names = Object.keys(becomes).map((name) => name.replaceAll('.', '\\.'));
  return {
    name: `set a flag in ${where}`,
    servers,
    prepare: async (world) => {
      for (const [name, text] of Object.entries(files)) await writeFile(path.join(world.place.workspace, name), text);
      await kept.prepare?.(world);
      if (!isOn) return;
      world.application.flag = async () => ((await isOn(world)) ? on : off);
      await world.application.restart();
    },
    operation: (place) => {
      const flag = { on, off, ...(kept.in === undefined ? {} : { in: kept.in(place) }) };
      const environment = environmentOf({ tier: 'staging', flags: { CACHE_ENABLED: flag }, ...settings(place) });
      const surroundings = flagSurroundings(environment, place.workspace);
      return Promise.resolve(new SetFlag(surroundings, { name: 'CACHE_ENABLED', value: off }));
    },
    becomes,
    touches: new RegExp(`^(?:${[...names, kept.touches ?? ''].filter((one) => one !== '').join('|')})$`),
    reached: reaching(becomes),
  };
}

const application: Pick<Kept, 'servers' | 'settings'> = { servers: ['application'], settings: withApplication };

/** In a file that says so in one place. */
function inFile(name: string, text: (on: boolean) => string): Pick<Kept, 'files' | 'isOn' | 'becomes'> {
  return {
    files: { '.env': '', [name]: text(true) },
    isOn: async ({ place }) => (await readFile(path.join(place.workspace, name), 'utf8')) === text(true),
    becomes: { [`file ${name}`]: hashOf(text(false)) },
  };
}

const envFile = (on: boolean): string => `# the cache\nCACHE_ENABLED=${on ? 1 : 0} # all of it\nOTHER=x\n`;
const truth: Pick<Kept, 'values'> = { values: ['true', 'false'] };

/** What lies in the folder of a platform at first. */
export function platform(files: Readonly<Record<string, string>>): Required<Pick<Kept, 'prepare'>> {
  return {
    prepare: async (world) => {
      await rm(world.platform, { recursive: true, force: true });
      await mkdir(world.platform);
      for (const [name, text] of Object.entries(files)) await writeFile(path.join(world.platform, name), text);
    },
  };
}

const unit = (value: number): string => `[Service]\nEnvironment="CACHE_ENABLED=${value}"\n`;
const dropIn = 'config/systemd/user/desk.service.d/cache-ops.conf';

export const flags: readonly Scenario[] = [
  setFlag('a .env file', { ...application, ...inFile('.env', envFile) }),
  setFlag('a YAML file', {
    ...application,
    ...truth,
    ...inFile('config.yaml', (on) => `cache:\n  ttl: 60\n  enabled: ${on} # why\n`),
    in: () => ({ file: 'config.yaml', key: 'cache.enabled' }),
  }),
  setFlag('a JSON file', {
    ...application,
    ...truth,
    ...inFile('config.json', (on) => `{ "cache": { "ttl": 60, "enabled": ${on} } }\n`),
    in: () => ({ file: 'config.json', key: 'cache.enabled' }),
  }),
  setFlag('a line of source', {
    ...application,
    ...inFile('main.py', (on) => `app = App()\n${on ? '' : '# '}app.add(Cache())\nrun(app)\n`),
    in: () => ({ file: 'main.py', line: 'app.add(Cache())' }),
  }),
  setFlag('a Redis key', {
    servers: ['redis', 'application'],
    settings: (place) => ({ ...withApplication(place), redis: { url: `redis://127.0.0.1:${place.redisPort}` } }),
    in: () => ({ redisKey: 'feature:cache' }),
    prepare: (world) =>
      world.redis(async (client) => {
        await client.flushall();
        await client.mset('feature:cache', '1', 'feature:other', '1');
      }),
    isOn: (world) => world.redis(async (client) => (await client.get('feature:cache')) === '1'),
    becomes: { 'redis 0 feature:cache': '0' },
  }),
  setFlag('an address', {
    ...application,
    ...truth,
    in: (place) => ({ url: addressOf(place, '/flag') }),
    prepare: (world) => {
      world.application.remote = true;
      return Promise.resolve();
    },
    isOn: (world) => Promise.resolve(world.application.remote),
    becomes: { 'application flag': 'false' },
  }),
  setFlag('what commands keep', {
    ...inFile('state', (on) => (on ? '1' : '0')),
    servers: ['application'],
    settings: (place) => ({
      ...withApplication(place),
      target: {
        kind: 'command',
        get: 'cat state',
        set: 'printf %s "$CACHE_OPS_VALUE" >new && mv new state',
        restart: `curl -fsS ${addressOf(place, '/restart')}`,
      },
    }),
  }),
  setFlag('Compose (stand-in)', {
    servers: ['platform'],
    settings: ({ name }) => ({ target: { kind: 'compose', services: ['desk'], context: name } }),
    files: {
      'compose.yaml': 'services:\n  desk:\n    environment:\n      CACHE_ENABLED: ${CACHE_ENABLED:-1}\n',
      '.env': envFile(true).replace(' # all of it', ''),
    },
    ...platform({ running: '1\n' }),
    becomes: { 'file .env': hashOf(envFile(false).replace(' # all of it', '')), 'platform running': '0\n' },
  }),
  setFlag('Kubernetes (stand-in)', {
    servers: ['platform'],
    settings: ({ name }) => ({
      target: { kind: 'kubernetes', context: name, namespace: 'shop', workload: 'deployment/desk' },
    }),
    ...platform({ value: '1', running: '1', revision: '1', 'revision-1': '1' }),
    becomes: { 'platform value': '0', 'platform running': '0' },
    touches: 'platform revision.*',
  }),
  setFlag('a systemd unit on another machine (stand-in)', {
    servers: ['platform', 'application'],
    settings: (place) => ({
      ...withApplication(place),
      target: { kind: 'systemd', unit: 'desk.service', scope: 'user', host: place.name },
    }),
    prepare: async (world) => {
      const { place } = world;
      await platform({ restart: addressOf(place, '/restart'), read: unit(1) }).prepare(world);
      await mkdir(path.join(world.platform, path.dirname(dropIn)), { recursive: true });
      await writeFile(path.join(world.platform, dropIn), unit(1));
    },
    isOn: async (world) => (await readFile(path.join(world.platform, 'read'), 'utf8')).includes('CACHE_ENABLED=1'),
    becomes: { [`platform ${dropIn}`]: unit(0) },
    touches: 'platform read',
  }),
];
