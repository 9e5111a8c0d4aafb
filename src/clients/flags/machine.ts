import type { EnvironmentSettings } from '../../core/environment/schema.ts';
import { OpsError } from '../../core/errors.ts';
import { quote } from '../../core/run/quote.ts';
import { commandFailed, lastWords, runCommand } from '../command.ts';
import type { CommandOptions, CommandResult } from '../command.ts';

export type SystemdTarget = Extract<NonNullable<EnvironmentSettings['target']>, { readonly kind: 'systemd' }>;

/** How SSH says that it could not connect, in distinction to the command over there. */
const sshFailed = 255;

/** The machine a unit runs on: this one, or another through ssh as the user's SSH configuration says. */
export class Machine {
  readonly #host: string | undefined;
  readonly #sudo: boolean;

  constructor({ host, sudo }: Pick<SystemdTarget, 'host' | 'sudo'>) {
    this.#host = host;
    this.#sudo = sudo;
  }

  get name(): string {
    return this.#host ?? 'this machine';
  }

  /** What is run here for a command there. SSH hands a text to the other shell, so each argument is quoted for it. */
  args(command: readonly string[], { root = false } = {}): readonly string[] {
    const there = root && this.#sudo ? ['sudo', '-n', ...command] : command;
    if (this.#host === undefined) return there;
    const words = there.map((one) => quote(one)).join(' ');
    return ['ssh', '-o', 'BatchMode=yes', '-o', 'ConnectTimeout=10', '--', this.#host, words];
  }

  /** Like `run`, for what needs the rights of root where `sudo` is set. */
  asRoot(command: readonly string[], signal: AbortSignal, more: Partial<CommandOptions> = {}): Promise<string> {
    return this.#must(this.args(command, { root: true }), command, signal, more);
  }

  run(command: readonly string[], signal: AbortSignal, more: Partial<CommandOptions> = {}): Promise<string> {
    return this.#must(this.args(command), command, signal, more);
  }

  /** Whatever its exit code. Throws OpsError where the machine is not reached. */
  async try(command: readonly string[], signal: AbortSignal, root = false): Promise<CommandResult> {
    return this.#execute(this.args(command, { root }), signal, {});
  }

  /** Whether sudo would let this be done without a password; undefined: sudo is not used. */
  async maySudo(command: readonly string[], signal: AbortSignal): Promise<boolean | undefined> {
    if (!this.#sudo) return undefined;
    const { exitCode } = await this.#execute(this.args(['sudo', '-n', '-l', ...command]), signal, {});
    return exitCode === 0;
  }

  async #must(
    args: readonly string[],
    command: readonly string[],
    signal: AbortSignal,
    more: Partial<CommandOptions>,
  ): Promise<string> {
    const result = await this.#execute(args, signal, more);
    if (result.exitCode === 0) return result.stdout;
    throw commandFailed(`${command[0] ?? ''} on ${this.name}`, result);
  }

  async #execute(args: readonly string[], signal: AbortSignal, more: Partial<CommandOptions>): Promise<CommandResult> {
    const result = await runCommand(args, { timeoutMs: 20_000, ...more, signal });
    if (this.#host === undefined || result.exitCode !== sshFailed) return result;
    throw new OpsError('unreachable', `${this.#host} was not reached by SSH: ${lastWords(result)}`, {
      next: 'Try “ssh” to it in a terminal; it must log in without asking.',
    });
  }
}
