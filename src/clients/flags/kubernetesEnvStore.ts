import { explain, OpsError } from '../../core/errors.ts';
import { commandWords } from '../../core/flags/commandWords.ts';
import type { FlagStore, Inspection } from '../../core/flags/target.ts';
import { changedMeanwhile } from './fileStore.ts';
import type { Kubectl } from './kubectl.ts';
import { managerWarning, readWorkload } from './kubernetesAnswers.ts';
import type { Container, Workload } from './kubernetesAnswers.ts';

/** A variable in the environment of a workload's containers. Changing it starts a rollout by itself. */
export function kubernetesEnvStore(kubectl: Kubectl, name: string): FlagStore {
  const { workload, container } = kubectl.target;
  const where = `${workload} in ${kubectl.where}`;
  const get = async (signal: AbortSignal): Promise<Workload> =>
    readWorkload(await kubectl.run(['get', workload, '-o', 'json'], signal));
  const setArgs = (value: string | undefined, only: string | undefined): readonly string[] => [
    'set',
    'env',
    workload,
    ...(only === undefined ? [] : ['--containers', only]),
    value === undefined ? `${name}-` : `${name}=${value}`,
  ];
  return {
    where,
    rollsOut: true,
    inspect: (signal) => inspect(kubectl, name, () => get(signal), signal),
    read: async (signal) => valueIn(containersOf(await get(signal), container, where), name, where),
    write: async ({ expected, value }, signal) => {
      const containers = containersOf(await get(signal), container, where);
      const found = valueIn(containers, name, where);
      if (found !== expected) throw changedMeanwhile(where, expected, found);
      for (const only of toChange(containers, name, container, where)) await kubectl.run(setArgs(value, only), signal);
    },
    commands: (value) => [commandWords(kubectl.args(...setArgs(value, container)))],
  };
}

async function inspect(
  kubectl: Kubectl,
  name: string,
  get: () => Promise<Workload>,
  signal: AbortSignal,
): Promise<Inspection> {
  const { workload, container } = kubectl.target;
  const missing = await kubectl.missingRights(
    [
      ['get', workload],
      ['patch', workload],
    ],
    signal,
  );
  if (missing.length > 0) return { obstacles: missing, warnings: [] };
  const found = await get();
  try {
    const containers = containersOf(found, container, workload);
    valueIn(containers, name, workload);
    toChange(containers, name, container, workload);
  } catch (error) {
    return { obstacles: [explain(error)], warnings: [] };
  }
  const revision = found.metadata.annotations?.['deployment.kubernetes.io/revision'];
  return {
    obstacles: [],
    warnings: managerWarning(workload, found.metadata),
    ...(revision === undefined ? {} : { revision }),
  };
}

export function containersOf(found: Workload, named: string | undefined, where: string): readonly Container[] {
  const { containers } = found.spec.template.spec;
  if (named === undefined) return containers;
  const one = containers.find((each) => each.name === named);
  if (one) return [one];
  throw new OpsError(
    'settings',
    `${where} has no container ${named}; it has ${containers.map((each) => each.name).join(', ')}.`,
    {
      next: 'Correct target.container.',
    },
  );
}

/** The value all containers agree on. */
export function valueIn(containers: readonly Container[], name: string, where: string): string | undefined {
  const found = containers.flatMap((one) => (one.env ?? []).filter((each) => each.name === name));
  const [source] = found.flatMap(({ valueFrom }) => Object.keys(valueFrom ?? {}));
  if (source !== undefined)
    throw new OpsError('conflict', `${name} of ${where} comes from a ${source}, not from a value of its own.`, {
      next: 'Name the ConfigMap in the settings of the flag (in.configMap and in.key).',
    });
  const values = new Set(found.map(({ value = '' }) => value));
  if (values.size > 1)
    throw new OpsError('conflict', `The containers of ${where} disagree on ${name}: ${[...values].join(', ')}.`, {
      next: 'Name one in target.container.',
    });
  return [...values][0];
}

/** In which containers it is set: those that have it already; undefined stands for all of them. */
function toChange(
  containers: readonly Container[],
  name: string,
  named: string | undefined,
  where: string,
): readonly (string | undefined)[] {
  if (named !== undefined) return [named];
  const having = containers.filter(({ env = [] }) => env.some((one) => one.name === name));
  if (having.length > 0) return having.length === containers.length ? [undefined] : having.map((one) => one.name);
  if (containers.length === 1) return [undefined];
  throw new OpsError('settings', `${where} has ${containers.length} containers and none sets ${name}.`, {
    next: `Name one in target.container: ${containers.map((one) => one.name).join(', ')}.`,
  });
}
