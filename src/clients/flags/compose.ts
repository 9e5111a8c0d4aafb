import * as z from 'zod/mini';
import type { EnvironmentSettings } from '../../core/environment/schema.ts';
import { OpsError } from '../../core/errors.ts';
import { within } from '../envFile.ts';
import { commandFailed, runCommand } from '../command.ts';
import type { CommandOptions, CommandResult } from '../command.ts';

export type ComposeTarget = Extract<NonNullable<EnvironmentSettings['target']>, { readonly kind: 'compose' }>;

/** Docker Compose for one project: as a part of docker, or as a program of its own. */
export class Compose {
  readonly target: ComposeTarget;
  readonly directory: string;
  #program: readonly string[] = ['docker', 'compose'];

  constructor(target: ComposeTarget, workspace: string) {
    this.target = target;
    this.directory = target.directory === undefined ? workspace : within(workspace, target.directory);
  }

  /** The whole argument list; also for showing. */
  args(...args: readonly string[]): readonly string[] {
    const { files = [], envFile, project } = this.target;
    return [
      ...this.#program,
      ...files.flatMap((file) => ['--file', file]),
      ...(envFile === undefined ? [] : ['--env-file', envFile]),
      ...(project === undefined ? [] : ['--project-name', project]),
      ...args,
    ];
  }

  async run(args: readonly string[], signal: AbortSignal, more: Partial<CommandOptions> = {}): Promise<string> {
    const all = this.args(...args);
    const result = await this.#execute(all, signal, more);
    if (result.exitCode === 0) return result.stdout;
    throw unreachable(result) ?? commandFailed('docker', result);
  }

  /** Runs docker itself. */
  async docker(args: readonly string[], signal: AbortSignal): Promise<string> {
    const all = ['docker', ...args];
    const result = await this.#execute(all, signal, {});
    if (result.exitCode === 0) return result.stdout;
    throw unreachable(result) ?? commandFailed('docker', result);
  }

  /** Finds Compose; throws OpsError where there is none. */
  async find(signal: AbortSignal): Promise<void> {
    const tries = [['docker', 'compose'], ['docker-compose']];
    for (const program of tries) {
      const found = await this.#execute([...program, 'version'], signal, {}).catch((error: unknown) => {
        if (error instanceof OpsError && error.code === 'file') return undefined;
        throw error;
      });
      if (found?.exitCode !== 0) continue;
      this.#program = program;
      return;
    }
    throw new OpsError(
      'file',
      'Docker Compose is not installed where the editor’s extensions run; nothing was changed.',
      {
        next: 'Install docker with its compose plugin there.',
      },
    );
  }

  /** The environment of a service as Compose itself works it out. */
  async environmentOf(service: string, signal: AbortSignal): Promise<Readonly<Record<string, string | null>>> {
    const text = await this.run(['config', '--format', 'json'], signal);
    const parsed = config.safeParse(JSON.parse(text));
    const found = parsed.success ? parsed.data.services[service] : undefined;
    if (found) return found.environment ?? {};
    throw new OpsError('settings', `Compose knows no service ${service}.`, { next: 'Correct target.services.' });
  }

  #execute(args: readonly string[], signal: AbortSignal, more: Partial<CommandOptions>): Promise<CommandResult> {
    const { context } = this.target;
    return runCommand(args, {
      directory: this.directory,
      environment: context === undefined ? {} : { DOCKER_CONTEXT: context },
      timeoutMs: 30_000,
      ...more,
      signal,
    });
  }
}

const config = z.object({
  services: z.record(
    z.string(),
    z.object({ environment: z.optional(z.nullable(z.record(z.string(), z.nullable(z.string())))) }),
  ),
});

function unreachable(result: CommandResult): OpsError | undefined {
  if (/Cannot connect to the Docker daemon|error during connect|docker\.sock/i.test(result.stderr))
    return new OpsError('unreachable', 'The Docker engine cannot be reached.', {
      next: 'Is it running, and may this user talk to it?',
    });
  if (/context .* (?:not found|does not exist)/i.test(result.stderr))
    return new OpsError('settings', 'There is no Docker context of that name.', { next: 'Correct target.context.' });
  return undefined;
}
