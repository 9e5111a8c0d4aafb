import { execFileSync } from 'node:child_process';
import { mkdir, readFile, readlink, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { openFlush } from '../../../../src/clients/flush/open.ts';
import { deployLine, revisionUndo } from '../../../../src/clients/rollback/deploy.ts';
import { gitReturn } from '../../../../src/clients/rollback/gitReturn.ts';
import { releaseLink } from '../../../../src/clients/rollback/releaseLink.ts';
import { systemClock } from '../../../../src/core/clock.ts';
import type { FlagSurroundings } from '../../../../src/core/flags/surroundings.ts';
import { operationStep } from '../../../../src/core/rollback/operationStep.ts';
import { RollBack } from '../../../../src/core/rollback/rollBack.ts';
import type { RollBackMeans } from '../../../../src/core/rollback/rollBack.ts';
import type { RollBackWay } from '../../../../src/core/rollback/way.ts';
import { noMeans } from '../../../live/support/desk.ts';
import { flagSurroundings } from '../../../live/support/operations.ts';
import { environmentOf } from '../../../unit/core/operations/ports.ts';
import { hashOf } from '../everything.ts';
import type { Place } from '../place.ts';
import { namesOf, reachedOf, reaching } from '../scenario.ts';
import type { Scenario } from '../scenario.ts';
import type { World } from '../world.ts';
import { addressOf, platform, withApplication } from './flags.ts';
import { once } from './shelf.ts';
import { directly, environmentAt, fillKeys } from './stores.ts';

interface Way extends Pick<Scenario, 'servers' | 'needs' | 'killedAt' | 'prepare'> {
  readonly means?: (place: Place, surroundings: FlagSurroundings) => RollBackMeans;
  /** Of the environment, instead of an application with its metrics. */
  readonly settings?: (place: Place) => object;
  readonly becomes: Readonly<Record<string, string>>;
  readonly touches?: RegExp;
  readonly reached?: Scenario['reached'];
}

function rollBack(name: string, way: RollBackWay, given: Way): Scenario {
  const { means, settings = withMetrics, becomes, touches, reached = reaching(becomes), ...rest } = given;
  const names = Object.keys(becomes).map((one) => `^${one.replaceAll('.', '\\.')}$`);
  return {
    ...rest,
    name: `roll back: ${name}`,
    operation: (place) => {
      const flags = { CACHE_ENABLED: { on: '1', off: '0' } };
      const environment = environmentOf({ tier: 'staging', flags, ...settings(place) });
      const surroundings = flagSurroundings(environment, place.workspace);
      const watch = { everyMs: 300, atMostMs: 3_000 };
      const wish = { way, skipped: new Map(), show: () => undefined, watch };
      return Promise.resolve(new RollBack(surroundings, means?.(place, surroundings) ?? noMeans, wish));
    },
    becomes,
    touches: new RegExp([...names, ...(touches ? [touches.source] : [])].join('|')),
    reached,
  };
}

function withMetrics(place: Place): object {
  return {
    ...withApplication(place),
    application: { health: addressOf(place, '/health'), metrics: addressOf(place, '/metrics') },
    metrics: { hits: 'cache_hits_total', misses: 'cache_misses_total' },
  };
}

const envOff = { 'file .env': hashOf('CACHE_ENABLED=0\n') };

/** The flag on in a .env file, and an application that runs with it. */
async function switchOn({ place, application }: World): Promise<void> {
  const file = path.join(place.workspace, '.env');
  await writeFile(file, 'CACHE_ENABLED=1\n');
  application.flag = async () => /=(\d)/.exec(await readFile(file, 'utf8'))?.[1];
  await application.restart();
}

/** A repository with a tag, and a commit after it. */
async function makeRepository({ place: { workspace } }: World): Promise<void> {
  const git = (...args: readonly string[]): unknown =>
    execFileSync('git', ['-C', workspace, '-c', 'commit.gpgsign=false', ...args], { stdio: 'ignore' });
  git('init', '-q', '-b', 'main');
  git('config', 'user.name', 'Operations');
  git('config', 'user.email', 'ops@example.org');
  await writeFile(path.join(workspace, 'app'), 'before\n');
  git('add', '.');
  git('commit', '-qm', 'Before');
  git('tag', 'pre-cache');
  await writeFile(path.join(workspace, 'app'), 'with cache\n');
  await writeFile(path.join(workspace, 'cache'), 'new\n');
  git('add', '.');
  git('commit', '-qm', 'Cache');
}

function fullMeans(place: Place): RollBackMeans {
  const environment = environmentAt(place, { namespaces: { search: { prefix: 'cache:search:' } } });
  const flush = openFlush({ what: 'namespace', name: 'search' }, { environment, ...directly });
  const directory = place.workspace;
  return {
    ...noMeans,
    code: [
      gitReturn({ directory, tag: 'pre-cache', strategy: 'revert', nowMs: Date.now() }),
      deployLine('cp app deploying && mv deploying deployed', directory, systemClock),
      operationStep('flush search', flush, systemClock),
    ],
  };
}

const deployed = { ...envOff, application: '0', 'file deployed': hashOf('before\n'), 'file app': hashOf('before\n') };

async function makeReleases({ place, application }: World): Promise<void> {
  const at = (name: string): string => path.join(place.workspace, name);
  for (const release of ['41', '42']) await mkdir(at(`releases/${release}`), { recursive: true });
  await symlink('releases/42', at('current'));
  await symlink('releases/41', at('previous'));
  application.flag = async () => ((await readlink(at('current'))) === 'releases/42' ? '1' : '0');
}

export const rollbacks: readonly Scenario[] = [
  // The longest first.
  rollBack('full', 'full', {
    servers: ['redis'],
    needs: ['application'],
    killedAt: /^(?:flag|flush|watch)/,
    means: fullMeans,
    prepare: once(makeRepository, async (world) => {
      await fillKeys(world);
      await switchOn(world);
    }),
    becomes: deployed,
    touches: /^git (?:HEAD|refs\/heads\/rollback\/.*)$|^file cache$|^redis 0 cache:search:/,
    reached: (now, before) =>
      reachedOf([
        reaching(deployed)(now, before) === 'all',
        !now.has('file cache'),
        namesOf(now, /^redis 0 cache:search:/).length === 0,
      ]),
  }),
  rollBack('immediate', 'immediate', {
    servers: ['application'],
    prepare: switchOn,
    becomes: { ...envOff, application: '0' },
  }),
  rollBack('the release before', 'release', {
    servers: ['application'],
    means: ({ workspace }) => ({
      ...noMeans,
      release: releaseLink({ link: path.join(workspace, 'current'), previous: undefined }),
    }),
    prepare: once(makeReleases, ({ application }) => application.restart()),
    becomes: { 'file current': '→ releases/41', application: '0' },
  }),
  rollBack('an earlier revision (stand-in)', 'revision', {
    servers: ['platform'],
    settings: ({ name }) => ({
      target: { kind: 'kubernetes', context: name, namespace: 'shop', workload: 'deployment/desk' },
    }),
    means: (_place, { deployment }) => ({
      ...noMeans,
      revision: deployment && revisionUndo(deployment, '1', systemClock),
    }),
    ...platform({ value: '1', running: '1', revision: '2', 'revision-1': '0', 'revision-2': '1' }),
    becomes: { 'platform value': '0', 'platform running': '0' },
    touches: /^platform revision/,
  }),
];
