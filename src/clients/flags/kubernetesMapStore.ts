import { OpsError } from '../../core/errors.ts';
import { commandWords } from '../../core/flags/commandWords.ts';
import type { FlagStore } from '../../core/flags/target.ts';
import { changedMeanwhile } from './fileStore.ts';
import type { Kubectl } from './kubectl.ts';
import { managerWarning, readConfigMap } from './kubernetesAnswers.ts';

/** A key of a ConfigMap. The patch names the version that was read: the server itself refuses it when there is another. */
export function kubernetesMapStore(kubectl: Kubectl, configMap: string, key: string): FlagStore {
  const object = `configmap/${configMap}`;
  const where = `${object} in ${kubectl.where}`;
  const get = async (signal: AbortSignal) => readConfigMap(await kubectl.run(['get', object, '-o', 'json'], signal));
  const patchArgs = (value: string | undefined, version?: string): readonly string[] => [
    'patch',
    object,
    '--type=merge',
    '--patch',
    JSON.stringify({
      ...(version === undefined ? {} : { metadata: { resourceVersion: version } }),
      // A key that is null is taken out.
      data: { [key]: value ?? null },
    }),
  ];
  return {
    where,
    rollsOut: false,
    inspect: async (signal) => {
      const obstacles = await kubectl.missingRights(
        [
          ['get', object],
          ['patch', object],
        ],
        signal,
      );
      if (obstacles.length > 0) return { obstacles, warnings: [] };
      return { obstacles, warnings: managerWarning(object, (await get(signal)).metadata) };
    },
    read: async (signal) => (await get(signal)).data?.[key],
    write: async ({ expected, value }, signal) => {
      const { data, metadata } = await get(signal);
      if (data?.[key] !== expected) throw changedMeanwhile(where, expected, data?.[key]);
      try {
        await kubectl.run(patchArgs(value, metadata.resourceVersion), signal);
      } catch (error) {
        if (!(error instanceof OpsError) || !/\(Conflict\)|has been modified/i.test(error.message)) throw error;
        throw changedMeanwhile(where, expected, (await get(signal)).data?.[key]);
      }
    },
    commands: (value) => [commandWords(kubectl.args(...patchArgs(value)))],
  };
}
