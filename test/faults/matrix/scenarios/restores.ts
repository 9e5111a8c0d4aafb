import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { readShelf } from '../../../../src/clients/backup/backupFolder.ts';
import { Restore } from '../../../../src/clients/backup/restore.ts';
import { TestBackup } from '../../../../src/clients/backup/testBackup.ts';
import type { Backup } from '../../../../src/core/backup/backups.ts';
import type { BackUpRequest, RestoreRequest, TestRequest } from '../../../../src/core/backup/request.ts';
import { servicesOf, workspaceAt } from '../../../live/support/backups.ts';
import { change } from '../../../live/support/qdrantNode.ts';
import { hashOf } from '../everything.ts';
import { namesOf, reachedOf } from '../scenario.ts';
import type { Everything, Scenario } from '../scenario.ts';
import type { Place } from '../place.ts';
import type { ServerName } from '../world.ts';
import { backupFiles, fillStores, leftovers, manifests, once, placesOf, taken } from './shelf.ts';
import { environmentAt, manyKeys, manyPoints } from './stores.ts';

/** As `workspaceAt` writes them. */
const originals: Readonly<Record<string, string>> = {
  '.env': 'CACHE_ENABLED=1\nAPI_KEY=s3cret\n',
  'config.yaml': 'cache:\n  ttl: 60\n',
};

/** A backup, then another world than it holds. */
function withBackup(request: BackUpRequest, servers: readonly ServerName[]): Scenario['prepare'] {
  return once(
    async (world) => {
      const { workspace } = world.place;
      await workspaceAt(workspace);
      await fillStores(world, servers);
      await taken(request, world.place);
      await writeFile(path.join(workspace, '.env'), 'CACHE_ENABLED=0\n');
      await writeFile(path.join(workspace, 'config.yaml'), 'cache:\n  ttl: 1\n');
    },
    async (world) => {
      await fillStores(world, servers);
      if (servers.includes('redis'))
        await world.redis(async (client) => {
          await client.unlink(Array.from({ length: 400 }, (_, index) => `cache:search:${index}`));
          await client.set('cache:search:500', 'changed');
        });
      if (!servers.includes('qdrant')) return;
      const points = Array.from({ length: 100 }, (_, id) => id);
      const collection = `http://127.0.0.1:${world.place.qdrantPort}/collections/similar`;
      await change('POST', `${collection}/points/delete?wait=true`, { points });
    },
  );
}

/** The one that was taken beforehand. */
async function backupAt(place: Place): Promise<Backup> {
  const { backups } = await readShelf(placesOf(place).root, 'staging');
  const backup = backups.findLast(({ manifest }) => manifest.purpose === undefined);
  if (!backup) throw new Error('There is no backup.');
  return backup;
}

interface Given {
  /** What the backup is taken of. */
  readonly of: BackUpRequest;
  readonly servers: Scenario['servers'];
  readonly needs?: Scenario['servers'];
}

function test(name: string, qdrant: TestRequest['qdrant'], { of, servers, needs = [] }: Given): Scenario {
  return {
    name: `test ${name}`,
    servers,
    needs,
    prepare: withBackup(of, [...servers, ...needs]),
    operation: async (place) => {
      const backup = await backupAt(place);
      return new TestBackup({ backup: backup.folder, qdrant }, backup, servicesOf(environmentAt(place)));
    },
    touches: manifests,
    leftovers: /^qdrant cache-ops-test-/,
    reached: (now, before) => reachedOf(namesOf(now, manifests).map((one) => now.get(one) !== before.get(one))),
  };
}

function restore(
  name: string,
  request: Omit<RestoreRequest, 'backup'>,
  touches: RegExp,
  { of, servers }: Given,
): Scenario {
  const isBack = (now: Everything): readonly boolean[] => [
    ...(request.redis
      ? [namesOf(now, /^redis 0 cache:/).length === manyKeys, now.get('redis 0 cache:search:500') === 'value 500']
      : []),
    ...(request.collections ? [namesOf(now, /^qdrant similar \d/).length === manyPoints] : []),
    ...(request.files ?? []).map((file) => now.get(`file ${file}`) === hashOf(originals[file] ?? '')),
  ];
  return {
    name: `restore ${name}`,
    servers,
    leftovers,
    prepare: withBackup(of, servers),
    operation: async (place) => {
      const backup = await backupAt(place);
      const wish = { backup: backup.folder, ...request };
      return new Restore(wish, backup, servicesOf(environmentAt(place)), placesOf(place));
    },
    touches: new RegExp(`${backupFiles.source}|${touches.source}`),
    reached: (now) => reachedOf(isBack(now)),
  };
}

const keys: BackUpRequest = { redisExport: { pattern: 'cache:*' } };
const collection: BackUpRequest = { collections: ['similar'] };

export const restores: readonly Scenario[] = [
  test('keys in a scratch server', 'none', { of: keys, servers: [], needs: ['redis'] }),
  test('a snapshot in a scratch server', 'none', {
    of: { redisSnapshot: { fetch: true } },
    servers: [],
    needs: ['redis'],
  }),
  test('a collection in a scratch server', 'scratchServer', { of: collection, servers: [], needs: ['qdrant'] }),
  test('a collection beside itself', 'scratchCollection', { of: collection, servers: ['qdrant'] }),
  restore('keys', { redis: { existing: 'replace', extend: false } }, /^redis 0 cache:/, {
    of: keys,
    servers: ['redis'],
  }),
  restore('a collection', { collections: ['similar'] }, /^qdrant similar/, { of: collection, servers: ['qdrant'] }),
  restore('files', { files: ['.env', 'config.yaml'] }, /^file (?:\.env|config\.yaml)/, {
    of: { files: true },
    servers: [],
  }),
];
