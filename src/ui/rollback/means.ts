import { systemClock } from '../../core/clock.ts';
import type { Environment } from '../../core/environment/environment.ts';
import type { Deployment } from '../../core/flags/target.ts';
import type { FlushRequest } from '../../core/operations/flush/request.ts';
import { operationStep } from '../../core/rollback/operationStep.ts';
import type { RollBackMeans } from '../../core/rollback/rollBack.ts';
import type { Preparable } from '../../core/rollback/way.ts';
import type { Services } from '../../services.ts';
import { directoryFor } from '../flags/surroundings.ts';
import { makeFlush } from '../flush/commands.ts';

/** What the settings of an environment offer to roll back with, besides its flags. */
export async function openMeans(
  services: Services,
  environment: Environment,
  deployment: Deployment | undefined,
  revision?: string,
): Promise<RollBackMeans> {
  const [{ gitReturn }, { releaseLink }, { deployLine, revisionUndo }, { within }] = await Promise.all([
    import('../../clients/rollback/gitReturn.ts'),
    import('../../clients/rollback/releaseLink.ts'),
    import('../../clients/rollback/deploy.ts'),
    import('../../clients/envFile.ts'),
  ]);
  const { tag, strategy = 'revert', deploy, link, previous } = environment.settings.rollback ?? {};
  const directory = directoryFor(environment);
  return {
    code: [
      ...(tag === undefined ? [] : [gitReturn({ directory, tag, strategy, nowMs: Date.now() })]),
      ...(deploy === undefined ? [] : [deployLine(deploy, directory, systemClock)]),
      ...(await flushSteps(services, environment)),
    ],
    release: link === undefined ? undefined : releaseLink({ link: within(directory, link), previous }),
    revision: deployment && revision !== undefined ? revisionUndo(deployment, revision, systemClock) : undefined,
  };
}

/** What the new code has cached must not be answered by the old: the cache's own namespaces, and nothing beside them. */
async function flushSteps(services: Services, environment: Environment): Promise<readonly Preparable[]> {
  const { namespaces = {}, application } = environment.settings;
  const names = Object.keys(namespaces);
  const viaApplication = names.length === 0 && application?.clear !== undefined;
  const requests: readonly FlushRequest[] = viaApplication
    ? [{ what: 'application' }]
    : names.map((name) => ({ what: 'namespace', name }));
  const operations = await Promise.all(requests.map((request) => makeFlush(services, environment, request)));
  return operations.map((operation) => operationStep(`flush ${operation.title}`, operation, systemClock));
}
