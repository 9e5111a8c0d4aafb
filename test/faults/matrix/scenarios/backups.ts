import { BackUp } from '../../../../src/clients/backup/backUp.ts';
import type { BackUpRequest } from '../../../../src/core/backup/request.ts';
import { servicesOf, workspaceAt } from '../../../live/support/backups.ts';
import { namesOf, reachedOf } from '../scenario.ts';
import type { Scenario } from '../scenario.ts';
import { backupFiles, fillStores, leftovers, manifests, once, placesOf, taken } from './shelf.ts';
import { environmentAt } from './stores.ts';

function backUp(name: string, request: BackUpRequest, servers: Scenario['servers']): Scenario {
  const { gitTag } = request;
  const tag = gitTag === undefined ? [] : [`git refs/tags/${gitTag}`];
  const old = request.archive === true;
  return {
    name: `back up ${name}`,
    servers,
    leftovers,
    wholeOrNothing: true,
    prepare: once(
      async (world) => {
        await workspaceAt(world.place.workspace);
        if (old) await taken({ files: true }, world.place);
      },
      (world) => fillStores(world, servers),
    ),
    operation: (place) => {
      const services = servicesOf(environmentAt(place));
      return Promise.resolve(new BackUp(request, services, placesOf(place, old ? 1 : 0)));
    },
    touches: new RegExp([backupFiles.source, ...tag.map((reference) => `^${reference}$`)].join('|')),
    reached: (now, before) =>
      reachedOf([
        namesOf(now, manifests).some((manifest) => !before.has(manifest)),
        ...tag.map((reference) => now.has(reference)),
      ]),
  };
}

export const backups: readonly Scenario[] = [
  backUp('a Redis snapshot', { redisSnapshot: { fetch: true } }, ['redis']),
  backUp('Redis keys', { redisExport: { pattern: 'cache:*' } }, ['redis']),
  backUp('a Qdrant collection', { collections: ['similar'] }, ['qdrant']),
  backUp('files, packed, and let an old one go', { files: true, archive: true }, []),
  backUp('a git tag', { gitTag: 'before-release' }, []),
];
