import { DashboardSource } from '../../src/clients/dashboardSource.ts';
import type { AskRange } from '../../src/core/dashboard/load.ts';
import { endOf, gridOf } from '../../src/core/dashboard/range.ts';
import type { Grid } from '../../src/core/dashboard/range.ts';
import { Recording } from '../../src/core/dashboard/recording.ts';
import { loadView } from '../../src/core/dashboard/view.ts';
import { readEnvironments } from '../../src/core/environment/read.ts';

const range = { kind: 'live', spanMs: 7 * 86_400_000 } as const;
/** As many at once as the extension has connections. */
const atOnce = 4;

/** How long Prometheus takes for all queries of a week's view, in ms, asked anew and their answers thrown away. */
export async function replayQueries(settings: object, widthPx: number): Promise<number> {
  const { environments } = readEnvironments({ bench: settings }, undefined);
  const [environment] = environments;
  if (!environment?.settings.prometheus) throw new Error('The bench has no environment with a Prometheus.');
  const source = new DashboardSource(environment, () => Promise.resolve(undefined));
  const asked: { readonly query: string; readonly grid: Grid }[] = [];
  const real = source.asker(new AbortController().signal);
  const ask: AskRange = (query, grid) => {
    asked.push({ query, grid });
    return real ? real(query, grid) : Promise.resolve([]);
  };
  await loadView({
    settings: environment.settings,
    range,
    grid: gridOf(range, Date.now(), widthPx),
    ask,
    recording: Recording.empty(),
    markers: () => Promise.resolve([]),
    troubles: [],
    overlay: undefined,
    nowMs: () => Date.now(),
  });
  source.close();
  const { url } = environment.settings.prometheus;
  const beganMs = performance.now();
  const waiting = [...asked];
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (let next = waiting.shift(); next; next = waiting.shift()) {
        const { query, grid } = next;
        const parameters = new URLSearchParams({
          query,
          start: String(grid.fromMs / 1000),
          end: String(endOf(grid) / 1000),
          step: String(grid.stepMs / 1000),
        });
        await (await fetch(`${url}/api/v1/query_range?${parameters.toString()}`)).arrayBuffer();
      }
    }),
  );
  return performance.now() - beganMs;
}
