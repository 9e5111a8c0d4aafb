import type { Environment } from '../core/environment/environment.ts';
import { isTunnelled, tunnelFor } from '../core/environment/tunnelled.ts';
import type { TunnelledService } from '../core/environment/tunnelled.ts';
import { OpsError } from '../core/errors.ts';
import type { Route, RouteOptions } from './tunnel/routes.ts';
import type { Dial } from './tunnel/stream.ts';

/** A way to the servers of an environment, opened at the first connection and again after it broke. */
export interface TunnelWay {
  readonly dial: Dial;
  /** It is not used any more; dialling takes it into use again. */
  close(): void;
}

/** To connect directly instead of through a tunnel would reach another server than the settings mean, or none. */
export function refusePastTunnel({ name, settings }: Environment, service: string): void {
  if (!isTunnelled(service) || !tunnelFor(settings, service)) return;
  throw new OpsError('settings', `${name} reaches ${service} through a tunnel, which is not possible here.`, {
    next: 'Open the tunnel by hand, and leave the service out of it in the environment.',
  });
}

interface Shared {
  readonly environment: Environment;
  readonly route: Promise<Route>;
  opened: Route | undefined;
  users: number;
}

/** The tunnels of all environments, one for each however many use it; closed when nobody does. */
export class Tunnels {
  readonly #options: RouteOptions;
  readonly #shared = new Map<Environment, Shared>();
  readonly #closing = new Set<Route>();
  readonly #killAll = (): void => {
    for (const route of this.#closing) route.kill();
    for (const { opened } of this.#shared.values()) opened?.kill();
  };

  constructor(options: RouteOptions) {
    this.#options = options;
    // What cannot be ended in time, because this process ends, is ended at once.
    process.on('exit', this.#killAll);
  }

  /** The tunnel that a service of the environment goes through; undefined: none, it is connected to directly. */
  of(environment: Environment, service: TunnelledService): TunnelWay | undefined {
    if (!tunnelFor(environment.settings, service)) return undefined;
    let used: Shared | undefined;
    return {
      dial: async (host, port) => {
        used ??= this.#use(environment);
        return (await used.route).dial(service, host, port);
      },
      close: () => {
        const left = used;
        used = undefined;
        if (left) this.#leave(left);
      },
    };
  }

  /** Resolves when every command that was started has ended. */
  async dispose(): Promise<void> {
    await Promise.all([...this.#shared.values()].map((one) => this.#close(one)));
    process.off('exit', this.#killAll);
  }

  #use(environment: Environment): Shared {
    const known = this.#shared.get(environment);
    if (known) {
      known.users += 1;
      return known;
    }
    const made: Shared = { environment, route: openRoute(environment, this.#options), opened: undefined, users: 1 };
    made.route.then(
      (route) => (made.opened = route),
      () => undefined,
    );
    this.#shared.set(environment, made);
    return made;
  }

  #leave(shared: Shared): void {
    shared.users -= 1;
    if (shared.users === 0) void this.#close(shared);
  }

  async #close(shared: Shared): Promise<void> {
    this.#shared.delete(shared.environment);
    const route = shared.opened ?? (await shared.route.catch(() => undefined));
    if (!route) return;
    this.#closing.add(route);
    await route.close();
    this.#closing.delete(route);
  }
}

/** SSH and child processes are loaded when the first tunnel is used: few environments have one. */
async function openRoute(environment: Environment, options: RouteOptions): Promise<Route> {
  const { tunnel } = environment.settings;
  if (tunnel === undefined) throw new Error(`${environment.name} has no tunnel.`);
  if (tunnel.kind === 'ssh') {
    const { sshRoute, withSecrets } = await import('./tunnel/sshRoute.ts');
    return sshRoute(() => withSecrets(tunnel, options.secretOf(environment)));
  }
  const { commandRoute, kubernetesRoute } = await import('./tunnel/routes.ts');
  return tunnel.kind === 'command'
    ? commandRoute(environment, tunnel, options)
    : kubernetesRoute(environment, tunnel, options);
}
