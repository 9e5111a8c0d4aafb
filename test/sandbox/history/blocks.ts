import { createHash } from 'node:crypto';
import { cp, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheFolder, ensureProgram, installOnce, step } from '../install.ts';
import type { Report } from '../install.ts';
import { run } from '../install/cache.mjs';
import { writeOpenMetrics } from './openMetrics.ts';
import { samplesOfDay, seriesOf } from './series.ts';
import type { Past } from './series.ts';

const DAY_SECONDS = 86_400;
/** How many days are turned into blocks at a time; promtool uses one core for each. */
const AT_ONCE = 2;
/** Part of the cache's name; to be raised when series.ts writes other values for the same day. */
const VERSION = 1;

export interface HistoryOptions {
  readonly pasts: readonly Past[];
  readonly days: number;
  /** The history ends here. */
  readonly now: Date;
  /** Prometheus' storage folder, before Prometheus is started. */
  readonly folder: string;
  readonly report?: Report;
}

/**
 * Puts days of history into a Prometheus storage folder, up to now. A whole day (UTC) is made once and kept in the
 * user's cache, so that a later start makes today's part alone: about 1.5 s a day of two environments.
 */
export async function writeHistory(options: HistoryOptions): Promise<void> {
  const promtool = await ensureProgram('promtool', options.report);
  const cache = cacheFolder(`history-${keyOf(options.pasts)}`);
  const nowSeconds = Math.floor(options.now.getTime() / 1000);
  const today = nowSeconds - (nowSeconds % DAY_SECONDS);
  // One more than asked for, since today is only a part.
  const days = Array.from({ length: options.days + 1 }, (_, index) => today - (options.days - index) * DAY_SECONDS);
  await mkdir(options.folder, { recursive: true });
  await step(
    options.report ?? (() => {}),
    `Writing ${options.days} days of metrics history for Prometheus`,
    async () => {
      await eachWithin(AT_ONCE, days, async (day) => {
        if (day === today) return writeBlocks(promtool, options.pasts, day, nowSeconds, options.folder);
        const kept = await installOnce(join(cache, dateOf(day)), (temporary) =>
          writeBlocks(promtool, options.pasts, day, day + DAY_SECONDS, temporary),
        );
        await cp(kept, options.folder, { recursive: true });
      });
      await forgetBefore(cache, dateOf(today - 30 * DAY_SECONDS));
    },
  );
}

async function writeBlocks(
  promtool: string,
  pasts: readonly Past[],
  day: number,
  until: number,
  folder: string,
): Promise<void> {
  const parts = pasts.map((past) => ({
    series: seriesOf(past),
    samples: samplesOfDay(past, day).filter(({ timeSeconds }) => timeSeconds <= until),
  }));
  const file = join(folder, `${dateOf(day)}.openmetrics`);
  await writeFile(file, writeOpenMetrics(parts));
  // promtool reads its input once for every block it makes: fewer, longer blocks take a third of the time.
  await run(promtool, [
    'tsdb',
    'create-blocks-from',
    '--max-block-duration=24h',
    'openmetrics',
    '--quiet',
    file,
    folder,
  ]);
  await rm(file);
}

function keyOf(pasts: readonly Past[]): string {
  return createHash('sha256')
    .update(`${VERSION} ${JSON.stringify(pasts)}`)
    .digest('hex')
    .slice(0, 12);
}

function dateOf(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 10);
}

async function forgetBefore(cache: string, date: string): Promise<void> {
  const names = await readdir(cache).catch(() => []);
  for (const name of names.filter((each) => each < date)) await rm(join(cache, name), { recursive: true, force: true });
}

async function eachWithin<T>(atOnce: number, items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const waiting = [...items];
  const worker = async () => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}
