import * as z from 'zod/mini';
import { hostOfField } from '../environment/fieldHost.ts';
import type { EnvironmentSettings } from '../environment/schema.ts';
import { fileNamePart } from '../fileNamePart.ts';
import { formatDuration } from '../format.ts';

/** Who was asked for a figure. */
export const figureServices = ['prometheus', 'redis', 'qdrant', 'application'] as const;
export type FigureService = (typeof figureServices)[number];

/** ISO 8601, UTC. */
const instant = z
  .string()
  .check(z.refine((text) => /^\d{4}-\d\d-\d\dT.*Z$/.test(text) && !Number.isNaN(Date.parse(text))));

const figureSchema = z.object({
  /** Of a tile of the dashboard, or one that criteria ask for: `hitRate`, `p95cached`, `memory`. */
  id: z.string(),
  label: z.string(),
  /** Seconds, bytes, a ratio from 0 to 1, a number, or a number per second. */
  unit: z.enum(['ratio', 'perSecond', 'seconds', 'bytes', 'count']),
  value: z.number(),
  service: z.enum(figureServices),
  /** `Prometheus`, `recorded here from Redis`. */
  source: z.string(),
  /** How many readings in the window it rests on. */
  samples: z.number().check(z.int(), z.minimum(1)),
});
export type Figure = z.output<typeof figureSchema>;

/** What an environment's figures were over a window of time. A figure without data is not among them. */
export const baselineSchema = z.object({
  version: z.literal(1),
  environment: z.string(),
  tier: z.string(),
  /** Where each service that was asked is: figures from elsewhere are not to be compared with these. */
  hosts: z.record(z.string(), z.string()),
  window: z.object({ from: instant, to: instant }),
  /** Whether the cache was warm, as far as is known: what was looked through since when, and what was found there. */
  warmUp: z.object({ from: instant, disturbances: z.array(z.string()) }),
  figures: z.array(figureSchema).check(z.minLength(1)),
});
export type Baseline = z.output<typeof baselineSchema>;

/** Undefined where the text is no baseline. */
export function parseBaseline(text: string): Baseline | undefined {
  try {
    return baselineSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** Where a service of the environment is, as baselines write it down; undefined where the settings do not name it. */
export function hostOfService(settings: EnvironmentSettings, service: FigureService): string | undefined {
  return settings[service] && hostOfField(settings, [service]);
}

/** The figure of that id; undefined where there is none, or the environment asks for it elsewhere now. */
export function figureOf({ figures, hosts }: Baseline, settings: EnvironmentSettings, id: string): Figure | undefined {
  const found = figures.find((figure) => figure.id === id);
  return found && hosts[found.service] === hostOfService(settings, found.service) ? found : undefined;
}

/** `2026-11-20 13:05 UTC, over 1 h`: how a baseline is called. */
export function baselineWords({ window }: Baseline): string {
  return `${utcMinute(window.to)}, over ${formatDuration(Date.parse(window.to) - Date.parse(window.from))}`;
}

/** `2026-11-20 13:05 UTC` */
export function utcMinute(instantText: string): string {
  return `${instantText.slice(0, 16).replace('T', ' ')} UTC`;
}

/** `staging-2026-11-20T13-05-07Z`: names of one environment sort by time. */
export function baselineName({ environment, window }: Baseline): string {
  return `${fileNamePart(environment)}-${window.to.slice(0, 19).replaceAll(':', '-')}Z`;
}

/** Whether that may be a baseline of the environment, by its name. */
export function isBaselineName(file: string, environment: string): boolean {
  const name = fileNamePart(environment);
  return file.startsWith(`${name}-`) && /^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ\.json$/.test(file.slice(name.length + 1));
}
