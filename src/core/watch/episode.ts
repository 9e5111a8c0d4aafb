import * as z from 'zod/mini';

/** One time that a rule fired, from when its condition began to hold. Times in ms since 1970. */
const episodeSchema = z.object({
  rule: z.string(),
  when: z.string(),
  severity: z.enum(['critical', 'warning', 'info']),
  startedAtMs: z.number(),
  firedAtMs: z.number(),
  /** Missing while it lasts. */
  endedAtMs: z.optional(z.number()),
  /** `gone`: it was over when the editor was started again; `unset`: the rule is no longer in the settings. */
  ended: z.optional(z.enum(['recovered', 'gone', 'unset'])),
  /** What was read when it fired: `412 ms`. */
  words: z.string(),
});

export type Episode = z.output<typeof episodeSchema>;

/** Of one environment; the oldest are forgotten. */
export const mostEpisodes = 200;

/** What was kept, oldest first; what cannot be read is left out. */
export function readEpisodes(kept: unknown): readonly Episode[] {
  if (!Array.isArray(kept)) return [];
  return kept.flatMap((one) => {
    const parsed = episodeSchema.safeParse(one);
    return parsed.success ? [parsed.data] : [];
  });
}

export function beginEpisode(episodes: readonly Episode[], episode: Episode): readonly Episode[] {
  return [...episodes, episode].slice(-mostEpisodes);
}

export function endEpisode(
  episodes: readonly Episode[],
  rule: string,
  endedAtMs: number,
  ended: NonNullable<Episode['ended']>,
): readonly Episode[] {
  return episodes.map((one) => (one.rule === rule && isOpen(one) ? { ...one, endedAtMs, ended } : one));
}

export function isOpen({ endedAtMs }: Episode): boolean {
  return endedAtMs === undefined;
}

/** Those that lasted at some time between two moments, oldest first: for the markers of a chart. */
export function episodesBetween(episodes: readonly Episode[], fromMs: number, toMs: number): readonly Episode[] {
  return episodes.filter(
    ({ startedAtMs, endedAtMs }) => startedAtMs <= toMs && (endedAtMs === undefined || endedAtMs >= fromMs),
  );
}
