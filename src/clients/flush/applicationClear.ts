import type { ApplicationClearStore } from '../../core/operations/flush/stores.ts';
import type { ServiceIdentity } from '../../core/operations/identity.ts';
import { getText, reachedAt, sendText } from '../http.ts';
import type { HttpTarget } from '../http.ts';
import { statusError } from '../httpProbe.ts';
import { nothingReached } from '../reached.ts';

/** Clearing may take as long as the application needs for it. */
const timeoutMs = 60_000;
const mostSaid = 200;

export interface ApplicationClearOptions {
  /** The endpoint; `open` gives the target for it. */
  readonly url: string;
  readonly method: 'POST' | 'DELETE';
  readonly open: () => Promise<HttpTarget>;
  /** Answers whether the application is there; undefined: nobody can be asked beforehand. */
  readonly openHealth: (() => Promise<HttpTarget>) | undefined;
}

/** The application's own endpoint that clears its cache. */
export class ApplicationClear implements ApplicationClearStore {
  readonly url: string;
  readonly method: 'POST' | 'DELETE';
  readonly #options: ApplicationClearOptions;

  constructor(options: ApplicationClearOptions) {
    this.#options = options;
    this.url = options.url;
    this.method = options.method;
  }

  async identify(signal: AbortSignal): Promise<ServiceIdentity> {
    const target = await this.#options.openHealth?.();
    try {
      // Whatever it says of its health, it is there; a failure to answer is thrown.
      if (target) await getText(target, '', signal, { timeoutMs: 5_000 });
      // Its certificate is no mark: what stands in front of an application may show several.
      const { resolved } = target ? reachedAt(target) : nothingReached;
      return { service: 'Application', address: this.url, resolved, marks: {} };
    } finally {
      target?.close();
    }
  }

  async clear(signal: AbortSignal): Promise<string> {
    const target = await this.#options.open();
    try {
      const answer = await sendText(target, '', { method: this.method }, signal, { timeoutMs });
      if (answer.status < 200 || answer.status > 299) throw statusError(target, '', answer);
      const said = answer.body.replaceAll(/\s+/g, ' ').trim().slice(0, mostSaid);
      return `HTTP ${answer.status}${said === '' ? '' : `, ${said}`}`;
    } finally {
      target.close();
    }
  }

  close(): void {
    // Its connections last as long as one request.
  }
}
