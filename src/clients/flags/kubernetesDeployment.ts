import { OpsError } from '../../core/errors.ts';
import { commandWords } from '../../core/flags/commandWords.ts';
import type { Deployment, RestartContext } from '../../core/flags/target.ts';
import { settleMs, valueWords } from '../../core/flags/target.ts';
import type { Kubectl } from './kubectl.ts';
import { containersOf, valueIn } from './kubernetesEnvStore.ts';
import { managerWarning, readPods, readWorkload } from './kubernetesAnswers.ts';
import type { Pod } from './kubernetesAnswers.ts';

/** kubectl says by itself that time is up, before we end it. */
const graceMs = 5_000;

/** A workload whose pods are replaced by rollouts, which are awaited. */
export function kubernetesDeployment(kubectl: Kubectl): Deployment {
  const { workload, settleWithin = settleMs } = kubectl.target;
  const statusArgs = ['rollout', 'status', workload, `--timeout=${Math.ceil(settleWithin / 1000)}s`];
  const restartArgs = ['rollout', 'restart', workload];
  const undoArgs = (revision: string): readonly string[] => ['rollout', 'undo', workload, `--to-revision=${revision}`];
  const words = (args: readonly string[]): string => commandWords(kubectl.args(...args));
  const settle = ({ signal, onProgress }: RestartContext): Promise<void> =>
    awaitRollout(kubectl, statusArgs, settleWithin, signal, onProgress);
  return {
    where: `${workload} in ${kubectl.where}`,
    identify: async (signal) => {
      const { metadata } = readWorkload(await kubectl.run(['get', workload, '-o', 'json'], signal));
      const address = `${workload} in ${kubectl.where}`;
      return { service: 'Kubernetes', address, marks: { uid: metadata.uid ?? '' } };
    },
    inspect: async (signal) => {
      const obstacles = await kubectl.missingRights(
        [
          ['get', workload],
          ['patch', workload],
          ['list', workload.split('/')[0] ?? ''],
          ['watch', workload.split('/')[0] ?? ''],
        ],
        signal,
      );
      if (obstacles.length > 0) return { obstacles, warnings: [] };
      const { metadata } = readWorkload(await kubectl.run(['get', workload, '-o', 'json'], signal));
      const revision = metadata.annotations?.['deployment.kubernetes.io/revision'];
      return {
        obstacles,
        warnings: managerWarning(workload, metadata),
        ...(revision === undefined ? {} : { revision }),
      };
    },
    restartCommands: (begun) => [...(begun ? [] : [words(restartArgs)]), words(statusArgs)],
    restart: async (begun, context) => {
      if (!begun) await kubectl.run(restartArgs, context.signal);
      await settle(context);
    },
    effective: (name, signal) => effective(kubectl, name, signal),
    undoTo: {
      commands: (revision) => [words(undoArgs(revision)), words(statusArgs)],
      run: async (revision, context) => {
        await kubectl.run(undoArgs(revision), context.signal);
        await settle(context);
      },
      revisions: async (signal) =>
        [...(await kubectl.run(['rollout', 'history', workload], signal)).matchAll(/^(\d+)\s/gm)].map(
          ([, one = '']) => one,
        ),
    },
  };
}

async function awaitRollout(
  kubectl: Kubectl,
  statusArgs: readonly string[],
  settleWithin: number,
  signal: AbortSignal,
  onProgress: (words: string) => void,
): Promise<void> {
  try {
    await kubectl.run(statusArgs, signal, { timeoutMs: settleWithin + graceMs, onLine: onProgress });
  } catch (error) {
    if (!(error instanceof OpsError) || !/progress deadline|timed out|longer than/i.test(error.message)) throw error;
    throw new OpsError(
      'timedOut',
      `The rollout of ${kubectl.target.workload} did not complete within ${Math.round(settleWithin / 1000)} s: the new pods are not ready; old ones go on serving with what they were started with.`,
      { cause: error, next: 'Look at the new pods, or go back to the revision before.' },
    );
  }
}

/** What the pods that serve were started with; all have to say the same. */
async function effective(kubectl: Kubectl, name: string, signal: AbortSignal): Promise<string | undefined> {
  const { workload, container } = kubectl.target;
  const found = readWorkload(await kubectl.run(['get', workload, '-o', 'json'], signal));
  const labels = Object.entries(found.spec.selector?.matchLabels ?? {}).map(([key, value]) => `${key}=${value}`);
  if (labels.length === 0) throw new OpsError('protocol', `The pods of ${workload} cannot be told from others.`);
  const pods = readPods(await kubectl.run(['get', 'pods', '-l', labels.join(','), '-o', 'json'], signal));
  const ready = pods.filter((pod) => isReady(pod));
  if (ready.length === 0) throw new OpsError('busy', `No pod of ${workload} is ready.`);
  const values = ready.map((pod) => {
    const spec = { ...found, spec: { template: { spec: { containers: pod.spec.containers } } } };
    return valueIn(containersOf(spec, container, workload), name, workload);
  });
  const different = [...new Set(values)];
  if (different.length <= 1) return different[0];
  const counted = different.map((value) => `${valueWords(value)} in ${values.filter((one) => one === value).length}`);
  throw new OpsError('conflict', `The pods of ${workload} disagree on ${name}: ${counted.join(', ')}.`, {
    next: 'A rollout may be under way.',
  });
}

function isReady({ metadata, status }: Pod): boolean {
  if (metadata.deletionTimestamp !== undefined) return false;
  return status.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') ?? false;
}
