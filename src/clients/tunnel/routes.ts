import { homedir } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { Duplex } from 'node:stream';
import type { Clock } from '../../core/clock.ts';
import type { Environment } from '../../core/environment/environment.ts';
import { formatHostPort } from '../../core/environment/hosts.ts';
import type { TunnelledService } from '../../core/environment/tunnelled.ts';
import { OpsError } from '../../core/errors.ts';
import type { SecretLookup } from '../redisTarget.ts';
import { PortForward } from './forward.ts';
import { forwardArguments, kubernetesPlace } from './kubernetes.ts';
import type { KubernetesPlace } from './kubernetes.ts';

type Tunnel = NonNullable<Environment['settings']['tunnel']>;

/** How the servers of one environment are reached; shared by all who read it. */
export interface Route {
  dial(service: TunnelledService, host: string, port: number): Promise<Duplex>;
  /** Ends connections, and the commands that were started for them. */
  close(): Promise<void>;
  /** Without waiting: for when this process ends itself. */
  kill(): void;
}

export interface RouteOptions {
  readonly clock: Clock;
  readonly secretOf: (environment: Environment) => SecretLookup;
  /** Whether a person allowed that this command is started for the environment. */
  readonly isAllowed: (environment: Environment, command: readonly string[]) => boolean;
  /** Told of a command that ended by itself. */
  readonly onEnded: (sentence: string) => void;
}

/** Each service through the command that the settings give for it. */
export function commandRoute(
  environment: Environment,
  tunnel: Extract<Tunnel, { readonly kind: 'command' }>,
  options: RouteOptions,
): Route {
  const forwards = new Forwards();
  return {
    dial: async (service, host, port) => {
      const command = tunnel.commands[service] ?? [];
      if (!options.isAllowed(environment, command)) throw notAllowed(environment, service);
      const to = formatHostPort({ host, port });
      const forward = forwards.get(service, () => ({
        ...common(environment, options),
        to,
        command,
        localPort: tunnel.localPorts?.[service],
      }));
      // The application's addresses may name several servers, or a cluster's nodes tell of others.
      if (forward.to !== to) throw elsewhere(service, forward.to, to);
      return forward.dial();
    },
    close: () => forwards.close(),
    kill: () => forwards.kill(),
  };
}

/** Every host as the cluster's DNS names it, each port through a `kubectl port-forward` of its own. */
export function kubernetesRoute(
  environment: Environment,
  tunnel: Extract<Tunnel, { readonly kind: 'kubernetes' }>,
  options: RouteOptions,
): Route {
  const forwards = new Forwards();
  const places = new Map<string, Promise<KubernetesPlace>>();
  const placeOf = (host: string): Promise<KubernetesPlace> => {
    const place = places.get(host) ?? kubernetesPlace(tunnel, host);
    places.set(host, place);
    place.catch(() => places.delete(host));
    return place;
  };
  return {
    dial: async (_service, host, port) => {
      const to = formatHostPort({ host, port });
      const place = await placeOf(host);
      const forward = forwards.get(to, () => ({
        ...common(environment, options),
        to,
        command: forwardArguments(tunnel, place, port),
        saysBroken: /lost connection to pod|error (creating|forwarding|upgrading)|an error occurred forwarding/,
      }));
      return forward.dial();
    },
    close: () => forwards.close(),
    kill: () => forwards.kill(),
  };
}

type ForwardSettings = ConstructorParameters<typeof PortForward>[0];

class Forwards {
  readonly #all = new Map<string, PortForward>();

  get(name: string, settings: () => ForwardSettings): PortForward {
    const known = this.#all.get(name);
    if (known) return known;
    const made = new PortForward(settings());
    this.#all.set(name, made);
    return made;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#all.values()].map((one) => one.close()));
  }

  kill(): void {
    for (const one of this.#all.values()) one.kill();
  }
}

function common(
  { name, folder }: Environment,
  { clock, onEnded }: RouteOptions,
): Pick<ForwardSettings, 'directory' | 'clock' | 'onEnded'> {
  const directory = folder === undefined ? homedir() : fileURLToPath(folder);
  return { directory, clock, onEnded: (sentence) => onEnded(`${name}: ${sentence}`) };
}

function notAllowed({ name }: Environment, service: TunnelledService): OpsError {
  return new OpsError(
    'notAllowed',
    `${name} reaches ${service} through a command of its settings that you did not allow yet. Nothing was started.`,
    {
      next: 'Use "Cache Ops: Connect Tunnel…" to see it and allow it.',
    },
  );
}

function elsewhere(service: TunnelledService, forwarded: string, asked: string): OpsError {
  return new OpsError('settings', `The tunnel’s command for ${service} forwards ${forwarded}, not ${asked}.`, {
    next: 'Use a tunnel of kind "ssh" or "kubernetes" where a service has several servers.',
  });
}
