import type { AskRange } from '../core/dashboard/load.ts';
import type { Environment } from '../core/environment/environment.ts';
import { OpsError } from '../core/errors.ts';
import type { HttpTarget } from './http.ts';
import { resolveHttpTarget } from './http.ts';
import { queryRange } from './prometheusRange.ts';
import type { SecretLookup } from './redisTarget.ts';
import type { TunnelWay } from './tunnels.ts';

/** The Prometheus of an environment, for as long as a page shows it; connections are kept between readings. */
export class DashboardSource {
  readonly #environment: Environment;
  readonly #secret: SecretLookup;
  readonly #tunnel: TunnelWay | undefined;
  #target: Promise<HttpTarget> | undefined;

  /** `tunnel` has to be given where the environment names one for its Prometheus. */
  constructor(environment: Environment, secret: SecretLookup, tunnel?: TunnelWay) {
    this.#environment = environment;
    this.#secret = secret;
    this.#tunnel = tunnel;
  }

  /** Asks until the signal says to stop; undefined where the environment names no Prometheus. */
  asker(signal: AbortSignal): AskRange | undefined {
    if (!this.#environment.settings.prometheus) return undefined;
    return async (query, grid) => queryRange(await this.#resolve(), query, grid, signal);
  }

  /** Ends connections; secrets are looked up anew by the next question. */
  close(): void {
    const target = this.#target;
    this.#target = undefined;
    if (target) void closeConnections(target);
  }

  #resolve(): Promise<HttpTarget> {
    this.#target ??= this.#open().catch((error: unknown) => {
      this.#target = undefined;
      throw error;
    });
    return this.#target;
  }

  async #open(): Promise<HttpTarget> {
    const { name, settings } = this.#environment;
    if (!settings.prometheus) throw new OpsError('settings', `${name} names no Prometheus.`);
    return resolveHttpTarget(this.#environment, 'prometheus', settings.prometheus, this.#secret, this.#tunnel);
  }
}

async function closeConnections(target: Promise<HttpTarget>): Promise<void> {
  // A target that could not be made has none.
  const made = await target.catch(() => undefined);
  made?.close();
}
