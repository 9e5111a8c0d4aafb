import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { runProgram } from '../runProgram.ts';
import { writeOpenMetrics } from '../sandbox/history/openMetrics.ts';
import type { Sample, Series } from '../sandbox/history/series.ts';
import { ensureProgram } from '../sandbox/install.ts';

const namespaces = Array.from({ length: 20 }, (_, index) => `namespace-${index + 1}`);
const stepSeconds = 60;
const daySeconds = 86_400;

/** Of each namespace: exact and semantic hits, misses, and how many calls there were. */
const series: readonly Series[] = namespaces.flatMap((namespace) => {
  const labels = { job: 'bench', instance: 'bench-1', namespace };
  return [
    { name: 'tool_cache_hits_total', labels: { ...labels, kind: 'exact' } },
    { name: 'tool_cache_hits_total', labels: { ...labels, kind: 'semantic' } },
    { name: 'tool_cache_misses_total', labels },
    { name: 'up', labels },
  ];
});

/** Puts seven days of twenty namespaces, up to now, into a Prometheus storage folder. Returns how many samples. */
export async function writeWeek(folder: string): Promise<number> {
  const promtool = await ensureProgram('promtool');
  await mkdir(folder, { recursive: true });
  const now = Math.floor(Date.now() / 1000 / stepSeconds) * stepSeconds;
  const totals = series.map(() => 0);
  let count = 0;
  for (let day = now - 7 * daySeconds; day < now; day += daySeconds) {
    const samples: Sample[] = [];
    for (let second = day; second < day + daySeconds; second += stepSeconds) {
      for (const [index, { name }] of series.entries())
        totals[index] =
          name === 'up'
            ? 1
            : (totals[index] ?? 0) + Math.floor(20 + (index % 7) * 3 + 15 * Math.sin(second / 9_000 + index));
      samples.push({ timeSeconds: second, values: [...totals] });
    }
    count += samples.length * series.length;
    const file = path.join(folder, 'week.openmetrics');
    await writeFile(file, writeOpenMetrics([{ series, samples }]));
    const args = ['tsdb', 'create-blocks-from', '--max-block-duration=24h', 'openmetrics', '--quiet', file, folder];
    const { ok, output } = await runProgram(promtool, args, { timeoutMs: 120_000 });
    if (!ok) throw new Error(`promtool: ${output}`);
    await rm(file);
  }
  return count;
}
