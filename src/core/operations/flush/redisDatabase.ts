import { formatCount } from '../../format.ts';
import type { ServiceIdentity } from '../identity.ts';
import type { PlanContext, RunContext, RunReport, Verification } from '../operation.ts';
import { originLoad } from './originLoad.ts';
import type { FlushPart, PlannedPart } from './part.ts';
import { obstaclesOf, redisCommand, serverName } from './redisWords.ts';
import type { PrefixCount, RedisFlushStore, RedisServer } from './stores.ts';

const mostPrefixes = 20;

export interface RedisDatabaseOptions {
  /** Beginnings of the environment's own keys: those of its namespaces. None: it names none. */
  readonly ownPrefixes: readonly string[];
  /** FLUSHALL instead of FLUSHDB: only ever because it was asked for by name. */
  readonly allDatabases: boolean;
}

/** All keys of a database at once, on every primary. Nobody is held up: the memory is given back in the background. */
export class RedisDatabasePart implements FlushPart {
  readonly #store: RedisFlushStore;
  readonly #options: RedisDatabaseOptions;

  constructor(store: RedisFlushStore, options: RedisDatabaseOptions) {
    this.#store = store;
    this.#options = options;
  }

  async identify(signal: AbortSignal): Promise<readonly ServiceIdentity[]> {
    return (await this.#store.servers(signal)).map(({ identity }) => identity);
  }

  async plan({ signal, clock, report }: PlanContext): Promise<PlannedPart> {
    const { allDatabases } = this.#options;
    const servers = await this.#store.servers(signal);
    const load = await originLoad(this.#store, servers, clock, signal);
    const found = await this.#store.prefixes(report, signal);
    // Counting may have been cancelled; what follows is a moment's work.
    const after = await this.#store.servers(new AbortController().signal);
    const command = allDatabases ? 'FLUSHALL ASYNC' : 'FLUSHDB ASYNC';
    const total = after.reduce((sum, server) => sum + this.#keysOf(server), 0);
    const where = after.length === 1 ? serverName(after[0]) : `${after.length} primaries`;
    return {
      isEmpty: total === 0,
      draft: {
        summary: `All ${formatCount(total)} keys of ${allDatabases ? 'all databases of ' : ''}${where}`,
        targets: after.map((server) => ({
          what: `Redis ${allDatabases ? server.address : serverName(server)}`,
          count: { value: this.#keysOf(server), unit: 'keys', exact: true },
          detail: command,
        })),
        irreversible: ['Every key is gone at once; only a backup or the application brings them back.'],
        warnings: [...this.#foreign(found), ...this.#otherDatabases(after), ...load],
        obstacles: [...obstaclesOf(after), ...this.#obstacles(after)],
        steps: after.map((server) => ({
          id: stepOf(server),
          title: `${command} on ${allDatabases ? server.address : serverName(server)}`,
          commands: [`${redisCommand(server)} ${command}`],
        })),
        sections: [
          {
            title: found.exact ? 'Keys by prefix' : 'Keys by prefix (of those seen until the count was cancelled)',
            lines: [
              'Prefix\tKeys',
              ...found.prefixes.slice(0, mostPrefixes).map(({ name, keys }) => `${name}\t${formatCount(keys)}`),
            ],
            as: 'table',
          },
        ],
      },
      run: (context) => this.#run(after, context),
      verify: (runReport, stop) => this.#verify(total, runReport, stop),
    };
  }

  close(): void {
    this.#store.close();
  }

  async #run(servers: readonly RedisServer[], context: RunContext): Promise<void> {
    for (const server of servers) {
      await context.step(stepOf(server), async ({ signal, report }) => {
        await (this.#options.allDatabases ? this.#store.flushAll(server, signal) : this.#store.flushDb(server, signal));
        report({ done: this.#keysOf(server), unit: 'keys' });
      });
    }
  }

  async #verify(planned: number, { ended, steps }: RunReport, signal: AbortSignal): Promise<Verification> {
    const servers = await this.#store.servers(signal);
    const left = servers.reduce((sum, server) => sum + this.#keysOf(server), 0);
    const begun = steps.some(({ id, state }) => id.startsWith('flush ') && state !== 'notRun');
    const now = `${formatCount(left)} keys are there now; ${formatCount(planned)} had been counted.`;
    if (ended !== 'completed') {
      if (left === 0) return { verdict: { kind: 'passed' }, findings: [now] };
      const why = begun ? 'not every server was flushed' : 'nothing was flushed';
      return { verdict: { kind: 'failed', why }, findings: [now] };
    }
    const since =
      left === 0 ? 'No key is there now.' : `${formatCount(left)} keys are there now: they were written since.`;
    return {
      verdict: { kind: 'passed' },
      findings: [`All ${formatCount(planned)} keys that had been counted were flushed.`, since],
    };
  }

  #keysOf({ keys, databases }: RedisServer): number {
    if (!this.#options.allDatabases) return keys;
    return (databases ?? []).reduce((sum, one) => sum + one.keys, 0);
  }

  #obstacles(servers: readonly RedisServer[]): readonly string[] {
    if (!this.#options.allDatabases) return [];
    return servers
      .filter(({ databases }) => (databases ?? []).length < 2)
      .map(({ address }) => `${address} does not have several databases in use: flush the one database instead.`);
  }

  /** Whose keys they are, is known by their beginnings alone. */
  #foreign({ prefixes, exact }: PrefixCount): readonly string[] {
    const { ownPrefixes } = this.#options;
    if (ownPrefixes.length === 0) {
      return [
        'The environment names no prefixes of its own (namespaces), so it cannot be told whether keys of others are among them.',
      ];
    }
    const others = prefixes.filter(
      ({ name }) => !ownPrefixes.some((own) => name.startsWith(own) || own.startsWith(name)),
    );
    if (others.length === 0) return exact ? [] : ['Not all keys were looked at: keys of others may be among them.'];
    const keys = others.reduce((sum, one) => sum + one.keys, 0);
    const names = others.slice(0, 5).map((one) => `${one.name} (${formatCount(one.keys)})`);
    const more = others.length > names.length ? ` and ${others.length - names.length} more` : '';
    return [
      `${exact ? '' : 'At least '}${formatCount(keys)} keys do not begin like any namespace of the environment, and go as well: ${names.join(', ')}${more}.`,
    ];
  }

  #otherDatabases(servers: readonly RedisServer[]): readonly string[] {
    if (this.#options.allDatabases) return [];
    return servers.flatMap(({ address, db, databases = [] }) => {
      const others = databases.filter((one) => one.db !== db && one.keys > 0);
      if (others.length === 0) return [];
      return [
        `${address} has other databases in use, which stay as they are: ${others.map((one) => `db ${one.db} (${formatCount(one.keys)} keys)`).join(', ')}.`,
      ];
    });
  }
}

function stepOf({ address }: RedisServer): string {
  return `flush ${address}`;
}
