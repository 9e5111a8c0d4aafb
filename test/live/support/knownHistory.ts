import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ensureProgram } from '../../sandbox/install.ts';
import { run } from '../../sandbox/install/cache.mjs';

/** A counter as it was read every `stepSeconds` until the end of what is written. */
export interface KnownCounter {
  /** Ends in `_total`; families are written together. */
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** The oldest first; null: it was not read then. */
  readonly values: readonly (number | null)[];
}

/** The counter of one instance of a job. */
export function counter(
  name: string,
  labels: Readonly<Record<string, string>>,
  values: KnownCounter['values'],
  job = 'shop',
): KnownCounter {
  return { name, labels: { job, instance: `${job}-1`, ...labels }, values };
}

/** What a counter showed that rose by `step` each time; `resetBefore` steps before now it began anew. */
export function rising(step: number, times: number, resetBefore?: number): readonly number[] {
  const begins = resetBefore === undefined ? 0 : times - resetBefore;
  return Array.from({ length: times }, (_, index) => step * (index < begins ? index + 1000 : index - begins));
}

/**
 * Writes counters of a known past into the folder of a Prometheus that is not started yet. It ends now, or later: what
 * lies ahead comes true while a test runs.
 */
export async function writeKnownHistory(
  folder: string,
  counters: readonly KnownCounter[],
  stepSeconds = 15,
  endSeconds = Math.floor(Date.now() / 1000),
): Promise<void> {
  const promtool = await ensureProgram('promtool');
  const families = Map.groupBy(counters, ({ name }) => name.replace(/_total$/, ''));
  const lines = [...families].flatMap(([family, members]) => [
    `# TYPE ${family} counter`,
    ...members.flatMap((one) => linesOf(one, stepSeconds, endSeconds, 1)),
  ]);
  const storage = join(folder, 'data');
  await mkdir(storage, { recursive: true });
  const file = join(folder, 'known.openmetrics');
  await writeFile(file, `${lines.join('\n')}\n# EOF\n`);
  await run(promtool, ['tsdb', 'create-blocks-from', 'openmetrics', '--quiet', file, storage]);
  await rm(file);
}

/** The same for a VictoriaMetrics that runs. */
export async function importKnownHistory(
  url: string,
  counters: readonly KnownCounter[],
  stepSeconds = 15,
): Promise<void> {
  const nowSeconds = Math.floor(Date.now() / 1000);
  const body = counters.flatMap((one) => linesOf(one, stepSeconds, nowSeconds, 1000)).join('\n');
  const { status } = await fetch(`${url}/api/v1/import/prometheus`, { method: 'POST', body });
  if (status !== 204) throw new Error(`The import answered ${status}.`);
  // Else it can be asked for only seconds later.
  await fetch(`${url}/internal/force_flush`);
}

function linesOf(
  { name, labels, values }: KnownCounter,
  stepSeconds: number,
  endSeconds: number,
  timeUnit: number,
): readonly string[] {
  const pairs = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
  return values.flatMap((value, index) => {
    const atSeconds = endSeconds - (values.length - 1 - index) * stepSeconds;
    return value === null ? [] : [`${name}{${pairs.join(',')}} ${value} ${atSeconds * timeUnit}`];
  });
}
