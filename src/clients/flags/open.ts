import { relative } from 'node:path';
import type { Clock } from '../../core/clock.ts';
import type { Environment } from '../../core/environment/environment.ts';
import { OpsError } from '../../core/errors.ts';
import { dotenvFlag } from '../../core/flags/dotenvFlag.ts';
import { keyFlag } from '../../core/flags/keyFlag.ts';
import { lineFlag } from '../../core/flags/lineFlag.ts';
import type { Deployment, FlagStore } from '../../core/flags/target.ts';
import { within } from '../envFile.ts';
import { resolveHttpTarget } from '../http.ts';
import { findPrimaries } from '../redisPrimaries.ts';
import { resolveRedisTopology } from '../redisTarget.ts';
import type { SecretLookup } from '../redisTarget.ts';
import type { Tunnels } from '../tunnels.ts';
import { commandLineDeployment } from './commandLineDeployment.ts';
import { commandStore } from './commandStore.ts';
import { Compose } from './compose.ts';
import { composeDeployment } from './composeDeployment.ts';
import { composeStore } from './composeStore.ts';
import { fileStore } from './fileStore.ts';
import { httpStore } from './httpStore.ts';
import { Kubectl } from './kubectl.ts';
import { kubernetesDeployment } from './kubernetesDeployment.ts';
import { kubernetesEnvStore } from './kubernetesEnvStore.ts';
import { kubernetesMapStore } from './kubernetesMapStore.ts';
import { redisStore } from './redisStore.ts';
import type { OpenPrimaries } from './redisStore.ts';
import { systemdDeployment } from './systemdDeployment.ts';
import { systemdStore } from './systemdStore.ts';

export interface FlagSurroundings {
  readonly environment: Environment;
  /** Where relative paths of the settings start. */
  readonly directory: string;
  readonly secret: SecretLookup;
  readonly clock: Clock;
  /** Needed where the environment names a tunnel for what holds the flag: without them, that is refused. */
  readonly tunnels?: Tunnels | undefined;
}

/** Where a flag of the environment is kept. Throws OpsError where the settings do not say. */
export function openFlagStore(name: string, surroundings: FlagSurroundings): FlagStore {
  const { environment, directory } = surroundings;
  const flag = environment.settings.flags?.[name];
  if (!flag) throw new OpsError('settings', `${environment.name} has no flag ${name}.`);
  const place = flag.in;
  if (place === undefined) return inTarget(name, surroundings);
  if (place.file !== undefined) {
    const path = within(directory, place.file);
    const where = relative(directory, path) || path;
    const { key, line = '' } = place;
    if (key !== undefined)
      return fileStore({ path, where, flag: keyFlag(where, key), says: (value) => `${key}: ${value ?? ''}` });
    const { on, off } = flag;
    const says = (value: string | undefined): string => (value === on ? line : `${line}, commented out`);
    return fileStore({ path, where, flag: lineFlag({ file: where, line, on, off }), says });
  }
  if (place.configMap !== undefined)
    return kubernetesMapStore(kubectlOf(surroundings), place.configMap, place.key ?? name);
  if (place.redisKey !== undefined)
    return redisStore(place.redisKey, (signal) => primariesOf(surroundings, signal), surroundings.clock);
  return httpStore(place.url ?? '', () => httpTargetOf(place.url ?? '', surroundings));
}

function inTarget(name: string, { environment, directory }: FlagSurroundings): FlagStore {
  const { target } = environment.settings;
  switch (target?.kind) {
    case 'envFile': {
      const path = within(directory, target.file);
      const says = (value: string | undefined): string => `${name}=${value ?? ''}`;
      return fileStore({ path, where: relative(directory, path) || path, flag: dotenvFlag(name), says });
    }
    case 'compose':
      return composeStore(new Compose(target, directory), name);
    case 'kubernetes': {
      const kubectl = new Kubectl(target, directory);
      return target.configMap === undefined
        ? kubernetesEnvStore(kubectl, name)
        : kubernetesMapStore(kubectl, target.configMap, name);
    }
    case 'systemd':
      return systemdStore(target, name);
    case 'command':
      return commandStore({ name, get: target.get, set: target.set, directory: folderOf(directory, target.directory) });
    case undefined:
      throw new OpsError('settings', `${environment.name} does not say where the flag ${name} is kept.`, {
        next: 'Set “target”, or “in” of the flag, in the environment.',
      });
  }
}

/** How the application is started anew; undefined where the settings do not say. */
export function openDeployment({ environment, directory }: FlagSurroundings): Deployment | undefined {
  const { target } = environment.settings;
  switch (target?.kind) {
    case 'envFile': {
      const { restart: line, settleWithin } = target;
      return commandLineDeployment({ line, directory: folderOf(directory, target.directory), settleWithin });
    }
    case 'compose':
      return composeDeployment(new Compose(target, directory));
    case 'kubernetes':
      return kubernetesDeployment(new Kubectl(target, directory));
    case 'systemd':
      return systemdDeployment(target);
    case 'command': {
      const { restart: line, settleWithin, status } = target;
      if (line === undefined) return undefined;
      return commandLineDeployment({ line, directory: folderOf(directory, target.directory), settleWithin, status });
    }
    case undefined:
      return undefined;
  }
}

function folderOf(directory: string, folder: string | undefined): string {
  return folder === undefined ? directory : within(directory, folder);
}

function kubectlOf({ environment, directory }: FlagSurroundings): Kubectl {
  const { target } = environment.settings;
  if (target?.kind === 'kubernetes') return new Kubectl(target, directory);
  throw new OpsError('settings', `${environment.name} keeps a flag in a ConfigMap, but its target is not Kubernetes.`, {
    next: 'Set “target” to the workload that reads it.',
  });
}

/** Found anew for each use: a failover moves them. */
async function primariesOf(
  { environment, secret, clock, tunnels }: FlagSurroundings,
  signal: AbortSignal,
): Promise<OpenPrimaries> {
  const tunnel = tunnels?.of(environment, 'redis');
  const close = (): void => tunnel?.close();
  try {
    const topology = await resolveRedisTopology(environment, secret, tunnel?.dial);
    return { targets: await findPrimaries(topology, clock, signal), close };
  } catch (error) {
    close();
    throw error;
  }
}

/** The application's token goes to the application's own host only. */
function httpTargetOf(url: string, { environment, secret, tunnels }: FlagSurroundings) {
  const { application } = environment.settings;
  const own = [application?.health, application?.metrics, application?.stats, application?.clear].some(
    (address) => address !== undefined && new URL(address).origin === new URL(url).origin,
  );
  if (application === undefined || !own)
    return resolveHttpTarget(environment, 'flag', { url }, () => Promise.resolve(undefined));
  return resolveHttpTarget(
    environment,
    'application',
    { ...application, url },
    secret,
    tunnels?.of(environment, 'application'),
  );
}
