import { writeCommands } from '../health/redisWrites.ts';
import { literalPattern } from '../literalPattern.ts';
import { windowText } from '../metrics/promql.ts';
import type { AskRange } from './load.ts';
import { noValues } from './load.ts';
import { rateWindowMs } from './range.ts';
import type { Grid } from './range.ts';
import { isEmpty, onGrid } from './series.ts';
import type { Values } from './series.ts';

/** The metrics in which redis_exporter tells of a Redis, by the names under which the extension records the same. */
export const scrapedMetrics = {
  memory: 'redis_memory_used_bytes',
  keys: 'redis_db_keys',
  evicted: 'redis_evicted_keys_total',
  expired: 'redis_expired_keys_total',
  commands: 'redis_commands_processed_total',
  writes: 'redis_commands_total',
} as const;
export type ScrapedName = keyof typeof scrapedMetrics;

export interface ScrapedRedis {
  readonly values: Readonly<Record<string, Values>>;
  readonly queries: Readonly<Record<string, string>>;
}

export const scrapedSource = 'Prometheus (redis_exporter)';

/**
 * The matchers of what redis_exporter exposes of the servers with these run ids (INFO's `run_id`), so that no other Redis
 * is taken for them. Undefined where Prometheus does not scrape every one of them, or does not tell their run ids.
 */
export async function findExporter(
  runIds: readonly string[],
  ask: AskRange,
  nowMs: number,
): Promise<string | undefined> {
  const wanted = new Set(runIds);
  if (wanted.size === 0) return undefined;
  const at = { fromMs: Math.floor(nowMs / 1000) * 1000, stepMs: 15_000, count: 1 };
  const found = await ask(`redis_instance_info{run_id=~"${[...wanted].join('|')}"}`, at);
  const missing = new Set(wanted);
  for (const { labels } of found) missing.delete(labels['run_id'] ?? '');
  const instances = found.map(({ labels }) => labels['instance']);
  if (missing.size > 0 || instances.includes(undefined)) return undefined;
  const jobs = found.map(({ labels }) => labels['job']);
  return `job=~${alternatives(jobs)},instance=~${alternatives(instances)}`;
}

function alternatives(values: readonly (string | undefined)[]): string {
  const patterns = [...new Set(values)].map((value) => literalPattern(value ?? ''));
  return JSON.stringify(patterns.toSorted().join('|'));
}

/** What is asked of the exporter; rates look back over `window` ms. */
export function scrapedQueries(matchers: string, window: number): Readonly<Record<ScrapedName, string>> {
  const gauge = (name: ScrapedName): string => `sum(${scrapedMetrics[name]}{${matchers}})`;
  const rate = (name: ScrapedName, more = ''): string =>
    `sum(rate(${scrapedMetrics[name]}{${matchers}${more}}[${windowText(window)}]))`;
  return {
    memory: gauge('memory'),
    keys: gauge('keys'),
    evicted: rate('evicted'),
    expired: rate('expired'),
    commands: rate('commands'),
    writes: rate('writes', `,cmd=~${alternatives(writeCommands)}`),
  };
}

/** What of it Prometheus has on the grid; a name without any value is left out. */
export async function loadScraped(
  matchers: string,
  grid: Grid,
  ask: AskRange,
  names: readonly ScrapedName[],
): Promise<ScrapedRedis> {
  const queries = scrapedQueries(matchers, rateWindowMs(grid));
  const answers = await Promise.all(
    names.map(async (name) => {
      const [found] = await ask(queries[name], grid);
      return [name, found ? onGrid(found.points, grid) : noValues(grid)] as const;
    }),
  );
  return { queries, values: Object.fromEntries(answers.filter(([, values]) => !isEmpty(values))) };
}
