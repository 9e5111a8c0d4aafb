import type { AskRange } from '../dashboard/load.ts';
import { findExporter } from '../dashboard/scrapedRedis.ts';
import type { Marker } from '../dashboard/model.ts';
import type { Grid } from '../dashboard/range.ts';
import type { Recording } from '../dashboard/recording.ts';
import type { Environment } from '../environment/environment.ts';
import { OpsError } from '../errors.ts';
import { figureServices, hostOfService, utcMinute } from './baseline.ts';
import type { Baseline, Figure } from './baseline.ts';
import { applicationFigures, redisFigures, restartsQuery } from './figures.ts';
import { recordedFigures } from './recorded.ts';

export interface CaptureRequest {
  readonly environment: Environment;
  /** Wall clock of the window's end, and how long it is. */
  readonly toMs: number;
  readonly windowMs: number;
  /** Undefined where the environment names no Prometheus. */
  readonly ask: AskRange | undefined;
  readonly recording: Recording;
  /** Of the Redis' primaries: by these it is known what redis_exporter tells of it. */
  readonly redisRunIds: readonly string[];
  /** What was carried out since {@link warmUpFrom}. */
  readonly happened: readonly Pick<Marker, 'atMs' | 'label'>[];
}

export interface Capture {
  readonly baseline: Baseline;
  /** Labels of what there is no data of. */
  readonly absent: readonly string[];
}

/** What makes a cache cold is looked for from here: a window's length before the window. */
export function warmUpFrom(toMs: number, windowMs: number): number {
  return toMs - 2 * windowMs;
}

/**
 * Reads every figure over the window, from Prometheus where it counts them, else from what was recorded here. Reads only.
 * Throws OpsError when Prometheus cannot be asked, or there is no figure at all: then there is nothing to keep.
 */
export async function captureBaseline(request: CaptureRequest): Promise<Capture> {
  const { environment, toMs, windowMs, happened } = request;
  const { settings, name, tier } = environment;
  const counted = await fromPrometheus(request);
  const lookups = !counted.figures.some(({ id }) => id === 'hits');
  const recorded = recordedFigures({ ...request, settings, lookups });
  const known = new Set(counted.figures.map(({ id }) => id));
  const figures = [...counted.figures, ...recorded.figures.filter(({ id }) => !known.has(id))];
  const labels = new Set(figures.map(({ label }) => label));
  if (figures.length === 0)
    throw new OpsError('settings', `Nothing of ${name} was counted in that time; no baseline was written.`, {
      next: 'Choose another window, or set prometheus and metrics of the environment.',
    });
  const services = figureServices.filter((one) => figures.some(({ service }) => service === one));
  return {
    baseline: {
      version: 1,
      environment: name,
      tier,
      hosts: Object.fromEntries(services.map((service) => [service, hostOfService(settings, service) ?? ''])),
      window: { from: isoOf(toMs - windowMs), to: isoOf(toMs) },
      warmUp: {
        from: isoOf(warmUpFrom(toMs, windowMs)),
        disturbances: [
          ...happened.map(({ label, atMs }) => `${label} (${utcMinute(isoOf(atMs))})`),
          ...(counted.restarts > 0 ? ['Counters of the application began anew: it was started again.'] : []),
          ...(recorded.restarts > 0 ? ['Redis was started again, or another one answered.'] : []),
        ],
      },
      figures,
    },
    absent: [...new Set([...counted.absent, ...recorded.absent])].filter((label) => !labels.has(label)),
  };
}

interface Counted {
  readonly figures: readonly Figure[];
  readonly absent: readonly string[];
  readonly restarts: number;
}

async function fromPrometheus({ environment, toMs, windowMs, ask, redisRunIds }: CaptureRequest): Promise<Counted> {
  const { settings } = environment;
  if (!ask) return { figures: [], absent: [], restarts: 0 };
  const at: Grid = { fromMs: toMs, stepMs: windowMs, count: 1 };
  const valueOf = async (query: string): Promise<number | undefined> => {
    const value = (await ask(query, at))[0]?.points.values[0];
    return value !== undefined && Number.isFinite(value) ? value : undefined;
  };
  const matchers = await findExporter(redisRunIds, ask, toMs);
  const asking = [
    ...applicationFigures(settings, windowMs),
    ...(matchers === undefined ? [] : redisFigures(matchers, windowMs)),
  ];
  const restarts = restartsQuery(settings, toMs - warmUpFrom(toMs, windowMs));
  const [asked, found] = await Promise.all([
    Promise.all(
      asking.map(async ({ query, samples, ...figure }) => {
        const [value, count = 0] = await Promise.all([valueOf(query), valueOf(samples)]);
        return { figure, value, count };
      }),
    ),
    restarts === undefined ? undefined : valueOf(restarts),
  ]);
  return {
    figures: asked.flatMap(({ figure, value, count }) =>
      value === undefined || count < 1 ? [] : [{ ...figure, value, service: 'prometheus', samples: count }],
    ),
    absent: asked.flatMap(({ figure, value, count }) => (value === undefined || count < 1 ? [figure.label] : [])),
    restarts: found ?? 0,
  };
}

function isoOf(atMs: number): string {
  return new Date(atMs).toISOString();
}
