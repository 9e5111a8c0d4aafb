import { OpsError } from '../../errors.ts';
import { formatBytes, formatCount } from '../../format.ts';
import { ttlLabels } from '../../keyspace/model.ts';
import type { ServiceIdentity } from '../identity.ts';
import type { PlanContext, RunContext, RunReport, StepContext, Verification } from '../operation.ts';
import type { PlanSection } from '../plan.ts';
import { originLoad } from './originLoad.ts';
import type { FlushPart, PlannedPart } from './part.ts';
import { checkPattern } from './pattern.ts';
import { obstaclesOf, redisCommand, serverName } from './redisWords.ts';
import type { KeyCount, RedisFlushStore, RedisServer, Report } from './stores.ts';

/** A cluster whose slots move is walked again, so often at most. */
const mostPasses = 3;

/** Keys that matched and that the user may not remove: told by the run, needed to judge what is left. */
interface Refused {
  keys: number;
}

interface Walk {
  readonly cursorKey: string;
  readonly refused: Refused;
  readonly step: StepContext;
}

/** The keys that match a pattern, on every primary: SCAN and UNLINK by pages. */
export class RedisKeysPart implements FlushPart {
  readonly #store: RedisFlushStore;
  readonly #pattern: string;
  readonly #id: string;

  /** `id` tells this flush from others; it is part of the name of the one key that is written. */
  constructor(store: RedisFlushStore, pattern: string, id: string) {
    this.#store = store;
    this.#pattern = pattern;
    this.#id = id;
  }

  async identify(signal: AbortSignal): Promise<readonly ServiceIdentity[]> {
    return (await this.#store.servers(signal)).map(({ identity }) => identity);
  }

  async plan({ signal, clock, report }: PlanContext): Promise<PlannedPart> {
    const { warnings } = checkPattern(this.#pattern);
    const servers = await this.#store.servers(signal);
    const load = await originLoad(this.#store, servers, clock, signal);
    const found = await this.#store.count(this.#pattern, report, signal);
    const total = sum(found.matched.values());
    // Cancelled before anything was seen: there is nothing to reckon from.
    if (!found.exact && total === 0) throw new OpsError('cancelled', 'Cancelled.');
    const where = servers.length === 1 ? serverName(servers[0]) : `${servers.length} primaries`;
    const amount = `${found.exact ? '' : 'about '}${formatCount(total)} keys`;
    const cursorKey = `cacheops:cursor:${this.#id}`;
    const refused = { keys: 0 };
    return {
      isEmpty: found.exact && total === 0,
      draft: {
        summary: `${amount} match ${this.#pattern} on ${where}${found.exact ? '' : ' (an estimate: the count was cancelled)'}`,
        targets: [
          ...servers.map((server) => ({
            what: `Redis ${serverName(server)}`,
            count: { value: found.matched.get(server.address) ?? 0, unit: 'keys', exact: found.exact },
            detail: this.#pattern,
          })),
          {
            what: 'One key more, which is written while it runs and expires by itself after 60 s',
            detail: cursorKey,
          },
        ],
        irreversible: ['Keys that are removed are gone; only a backup or the application brings them back.'],
        warnings: [...warnings, ...load, ...forever(found)],
        obstacles: obstaclesOf(servers),
        steps: servers.map((server) => ({
          id: stepOf(server),
          title: `Unlink the matching keys of ${serverName(server)}`,
          commands: [
            `${redisCommand(server)} --scan --pattern ${quote(this.#pattern)} | xargs -L 1000 ${redisCommand(server)} UNLINK`,
          ],
        })),
        sections: sectionsOf(found),
      },
      run: (context) => this.#run(servers, cursorKey, refused, context),
      verify: (runReport, stop) => this.#verify(total, refused, runReport, stop),
    };
  }

  close(): void {
    this.#store.close();
  }

  async #run(servers: readonly RedisServer[], cursorKey: string, refused: Refused, context: RunContext): Promise<void> {
    for (const server of servers) {
      await context.step(stepOf(server), async (step) => {
        const walk: Walk = { cursorKey, refused, step };
        const done = await this.#unlink(server, walk, 0);
        if (server.isCluster && server === servers.at(-1)) await this.#walkAgain(servers, walk, done);
      });
    }
  }

  /** Slots that moved while the cluster was walked may have carried keys past the walk. `done`: in this step so far. */
  async #walkAgain(planned: readonly RedisServer[], walk: Walk, done: number): Promise<void> {
    const { step } = walk;
    let before = planned;
    let total = done;
    for (let pass = 2; pass <= mostPasses; pass++) {
      const now = await this.#store.servers(step.signal);
      if (layoutOf(before) === layoutOf(now)) return;
      step.note(`The cluster's slots moved meanwhile; it was walked again (pass ${pass}).`);
      for (const server of now) total = await this.#unlink(server, walk, total);
      before = now;
    }
  }

  /** Gives what the step has removed by then. */
  async #unlink(server: RedisServer, { cursorKey, refused, step }: Walk, before: number): Promise<number> {
    const request = { pattern: this.#pattern, cursorKey };
    const report: Report = (progress) => step.report({ ...progress, done: before + progress.done });
    const { removed, denied, by } = await this.#store.unlink(server, request, report, step.signal);
    step.report({ done: before + removed, unit: 'keys' });
    step.note(`Done by ${by}.`);
    refused.keys += denied;
    if (denied > 0) step.note(`${formatCount(denied)} keys may not be removed by this user.`);
    return before + removed;
  }

  /**
   * SCAN gives every key that is there from its beginning to its end. So what matches after a run that came to its end
   * was written meanwhile, or may not be removed.
   */
  async #verify(planned: number, refused: Refused, report: RunReport, signal: AbortSignal): Promise<Verification> {
    const found = await this.#store.count(this.#pattern, () => undefined, signal);
    if (!found.exact) throw new OpsError('timedOut', 'the keys could not be counted again to the end.');
    const left = sum(found.matched.values());
    const removed = sum(report.steps.map(({ id, progress }) => (id.startsWith('redis ') ? (progress?.done ?? 0) : 0)));
    const gone = `${formatCount(removed)} keys were removed; ${formatCount(planned)} had been counted.`;
    if (left === 0) return { verdict: { kind: 'passed' }, findings: [gone, `No key matches ${this.#pattern} now.`] };
    if (report.ended !== 'completed' || refused.keys > 0) {
      const why = `${formatCount(left)} keys still match ${this.#pattern}`;
      return { verdict: { kind: 'failed', why }, findings: [gone] };
    }
    const since = `${formatCount(left)} keys match ${this.#pattern} now: they were written since it began.`;
    return { verdict: { kind: 'passed' }, findings: [gone, since] };
  }
}

function stepOf({ address }: RedisServer): string {
  return `redis ${address}`;
}

function layoutOf(servers: readonly RedisServer[]): string {
  return servers
    .map(({ identity }) => `${identity.address} ${identity.marks['slots'] ?? ''}`)
    .toSorted()
    .join();
}

function forever({ ttl, exact }: KeyCount): readonly string[] {
  const [without = 0] = ttl ?? [];
  if (without === 0) return [];
  return [
    `${exact ? '' : 'At least '}${formatCount(without)} of them have no expiry: whoever wrote them may not expect them to go.`,
  ];
}

function sectionsOf({ sample, bytes, ttl }: KeyCount): readonly PlanSection[] {
  const [without, ...buckets] = ttl ?? [];
  const expiry =
    without === undefined
      ? ['not known: PTTL is not allowed to this user']
      : [
          'Expiry\tKeys',
          `none\t${formatCount(without)}`,
          ...buckets.map((count, index) => `${ttlLabels[index] ?? ''}\t${formatCount(count)}`),
        ];
  return [
    ...(sample.length === 0 ? [] : [{ title: 'Some of the keys', lines: sample, as: 'code' as const }]),
    {
      title: 'Memory they take',
      lines: [bytes === undefined ? 'not known' : `about ${formatBytes(bytes)}, by MEMORY USAGE of a part of them`],
    },
    {
      title: 'When they would expire',
      lines: expiry,
      as: without === undefined ? ('text' as const) : ('table' as const),
    },
  ];
}

/** For a shell, whatever is in it. */
function quote(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

function sum(numbers: Iterable<number>): number {
  let total = 0;
  for (const one of numbers) total += one;
  return total;
}
