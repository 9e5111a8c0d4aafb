import type { EnvironmentSettings } from '../../core/environment/schema.ts';
import { OpsError } from '../../core/errors.ts';
import { within } from '../envFile.ts';
import { commandFailed, lastWords, runCommand } from '../command.ts';
import type { CommandOptions } from '../command.ts';

export type KubernetesTarget = Extract<NonNullable<EnvironmentSettings['target']>, { readonly kind: 'kubernetes' }>;

const requestTimeoutSeconds = 10;

/** kubectl for one context and namespace, which are named in every call: a switch of the current context changes nothing. */
export class Kubectl {
  readonly target: KubernetesTarget;
  readonly #directory: string;

  constructor(target: KubernetesTarget, directory: string) {
    this.target = target;
    this.#directory = directory;
  }

  /** `crew in prod` */
  get where(): string {
    return `namespace ${this.target.namespace} of context ${this.target.context}`;
  }

  /** The whole argument list; also for showing. */
  args(...args: readonly string[]): readonly string[] {
    const { kubeconfig, context, namespace } = this.target;
    const config = kubeconfig === undefined ? [] : ['--kubeconfig', within(this.#directory, kubeconfig)];
    return ['kubectl', ...config, '--context', context, '--namespace', namespace, ...args];
  }

  /** Throws OpsError with what kubectl said; gives what it printed. */
  async run(args: readonly string[], signal: AbortSignal, more: Partial<CommandOptions> = {}): Promise<string> {
    const all = this.args(
      ...args,
      ...(more.timeoutMs === undefined ? [`--request-timeout=${requestTimeoutSeconds}s`] : []),
    );
    const result = await runCommand(all, {
      directory: this.#directory,
      timeoutMs: (requestTimeoutSeconds + 5) * 1000,
      ...more,
      signal,
    });
    if (result.exitCode === 0) return result.stdout;
    throw explained(result.stderr, this.target) ?? commandFailed('kubectl', result);
  }

  /** Whether a right is there; undefined where the server was not to be asked, with kubectl's words. */
  async can(verb: string, what: string, signal: AbortSignal): Promise<boolean> {
    const args = this.args('auth', 'can-i', verb, what, `--request-timeout=${requestTimeoutSeconds}s`);
    const result = await runCommand(args, { directory: this.#directory, timeoutMs: 15_000, signal });
    const answer = result.stdout.trim();
    if (answer.startsWith('yes')) return true;
    // "no" may have its reason behind it.
    if (answer.startsWith('no')) return false;
    throw explained(result.stderr, this.target) ?? commandFailed('kubectl', result);
  }

  /** What stands in the way of doing all of `rights`: one sentence each. */
  async missingRights(
    rights: readonly (readonly [verb: string, what: string])[],
    signal: AbortSignal,
  ): Promise<readonly string[]> {
    const missing: string[] = [];
    for (const [verb, what] of rights) {
      if (await this.can(verb, what, signal)) continue;
      missing.push(
        `The user of context ${this.target.context} may not ${verb} ${what} in namespace ${this.target.namespace}.`,
      );
    }
    return missing;
  }
}

const nextSteps: readonly (readonly [RegExp, ConstructorParameters<typeof OpsError>[0], string])[] = [
  [
    /context .*(does not exist|was not found)|no context exists/i,
    'settings',
    'Correct target.context; kubectl config get-contexts lists what there is.',
  ],
  [/\(NotFound\)|not found/i, 'settings', 'Check target.workload and target.namespace in the environment’s settings.'],
  [/\(Forbidden\)|forbidden/i, 'permission', 'Ask for the right, or use a context of another user.'],
  [/Unauthorized|must be logged in|provide credentials/i, 'authentication', 'Log in again to the cluster.'],
  [
    /connection refused|connection to the server .* was refused|no such host|i\/o timeout|Unable to connect|deadline exceeded.*awaiting headers/i,
    'unreachable',
    'Is the cluster reachable from here?',
  ],
];

function explained(stderr: string, { context }: KubernetesTarget): OpsError | undefined {
  const found = nextSteps.find(([pattern]) => pattern.test(stderr));
  if (found === undefined) return undefined;
  const words = lastWords({ exitCode: 1, stdout: '', stderr });
  return new OpsError(found[1], `kubectl for context ${context} said: ${words.replace(/\.$/, '')}.`, {
    next: found[2],
  });
}
