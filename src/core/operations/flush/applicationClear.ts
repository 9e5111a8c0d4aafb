import { formatCount } from '../../format.ts';
import type { ServiceIdentity } from '../identity.ts';
import type { PlanContext, RunContext, RunReport, Verification } from '../operation.ts';
import type { FlushPart, PlannedPart } from './part.ts';
import { patternOfPrefix } from './pattern.ts';
import type { ApplicationClearStore, RedisFlushStore } from './stores.ts';

export interface ApplicationClearOptions {
  /** By which it is seen what was cleared; undefined where the environment names no Redis. */
  readonly redis: RedisFlushStore | undefined;
  /** Beginnings of the keys of the environment's namespaces. */
  readonly prefixes: readonly string[];
}

/** The application's own endpoint: what it clears, only it knows. What is seen of it is counted before and after. */
export class ApplicationClearPart implements FlushPart {
  readonly #store: ApplicationClearStore;
  readonly #options: ApplicationClearOptions;

  constructor(store: ApplicationClearStore, options: ApplicationClearOptions) {
    this.#store = store;
    this.#options = options;
  }

  async identify(signal: AbortSignal): Promise<readonly ServiceIdentity[]> {
    const servers = (await this.#options.redis?.servers(signal)) ?? [];
    return [await this.#store.identify(signal), ...servers.map(({ identity }) => identity)];
  }

  async plan({ signal }: PlanContext): Promise<PlannedPart> {
    const before = await this.#keys(signal);
    const { url, method } = this.#store;
    const known = this.#options.prefixes.join(', ');
    return {
      isEmpty: false,
      draft: {
        summary: `${method} ${url}${before === undefined ? '' : `; ${formatCount(before)} keys begin with ${known}`}`,
        targets: [
          {
            what: `What ${url} clears`,
            ...(before === undefined ? {} : { count: { value: before, unit: 'keys', exact: true }, detail: known }),
          },
        ],
        irreversible: ['What the application clears is gone; only a backup or the application brings it back.'],
        warnings: ['What exactly is cleared is decided by the application; it cannot be previewed.'],
        steps: [{ id: 'application', title: `${method} ${url}`, commands: [`curl -X ${method} '${url}'`] }],
      },
      run: async (context: RunContext) => {
        await context.step('application', async ({ signal: stop, note }) =>
          note(`It answered: ${await this.#store.clear(stop)}`),
        );
      },
      verify: (report, stop) => this.#verify(before, report, stop),
    };
  }

  close(): void {
    this.#store.close();
    this.#options.redis?.close();
  }

  async #verify(before: number | undefined, { ended }: RunReport, signal: AbortSignal): Promise<Verification> {
    const after = await this.#keys(signal);
    if (before === undefined || after === undefined) {
      const why = 'the environment names no namespaces in Redis, so nobody here can see what was cleared';
      return { verdict: { kind: 'inconclusive', why }, findings: [] };
    }
    const findings = [`Keys of the namespaces: ${formatCount(before)} before, ${formatCount(after)} now.`];
    if (after === 0 || (ended === 'completed' && after < before)) return { verdict: { kind: 'passed' }, findings };
    return { verdict: { kind: 'failed', why: 'the keys of the namespaces are still there' }, findings };
  }

  async #keys(signal: AbortSignal): Promise<number | undefined> {
    const { redis, prefixes } = this.#options;
    if (!redis || prefixes.length === 0) return undefined;
    let total = 0;
    for (const prefix of prefixes) {
      const { matched } = await redis.count(patternOfPrefix(prefix), () => undefined, signal);
      for (const count of matched.values()) total += count;
    }
    return total;
  }
}
