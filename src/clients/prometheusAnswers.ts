import * as z from 'zod/mini';
import type { Rule } from '../core/health/prometheusAlerts.ts';
import type { Target } from '../core/health/prometheusReport.ts';

// Prometheus' HTTP API (prometheus.io/docs/prometheus/latest/querying/api), as far as it is read here. What an engine may
// leave out may be missing; what is unknown is ignored.

const labels = z.record(z.string(), z.string());

/** An instant query that gives a vector. */
export const vectorAnswer = z.discriminatedUnion('status', [
  z.object({
    status: z.literal('success'),
    data: z.object({
      resultType: z.literal('vector'),
      result: z.array(z.object({ metric: labels, value: z.tuple([z.number(), z.string()]) })),
    }),
  }),
  z.object({ status: z.literal('error'), error: z.string() }),
]);

/** VictoriaMetrics answers with nothing in it; Mimir names its application. */
export const buildAnswer = z.pipe(
  z.object({ data: z.object({ version: z.optional(z.string()), application: z.optional(z.string()) }) }),
  z.transform(({ data: { version, application } }): string | null =>
    version === undefined ? (application ?? null) : `${application ?? 'Prometheus'} ${version}`,
  ),
);

export const targetsAnswer = z.pipe(
  z.object({
    data: z.object({
      activeTargets: z.array(
        z.object({
          labels,
          health: z.string(),
          lastError: z.optional(z.string()),
          scrapeUrl: z.optional(z.string()),
          scrapeInterval: z.optional(z.string()),
        }),
      ),
    }),
  }),
  z.transform(({ data }): readonly Target[] =>
    data.activeTargets.map((one) => ({
      instance: one.labels['instance'] ?? one.scrapeUrl ?? '?',
      job: one.labels['job'] ?? '',
      health: one.health,
      lastError: one.lastError ?? '',
      scrapeIntervalMs: one.scrapeInterval === undefined ? undefined : durationMs(one.scrapeInterval),
    })),
  ),
);

const ruleAnswer = z.object({
  type: z.optional(z.string()),
  name: z.string(),
  query: z.string(),
  health: z.optional(z.string()),
  lastError: z.optional(z.string()),
  labels: z.optional(labels),
  alerts: z.optional(
    z.nullable(
      z.array(
        z.object({
          state: z.string(),
          activeAt: z.optional(z.nullable(z.string())),
          labels,
          annotations: z.optional(labels),
        }),
      ),
    ),
  ),
});

/** Alerting rules only; an engine that does not know `type=alert` sends recording rules too. */
export const rulesAnswer = z.pipe(
  z.object({ data: z.object({ groups: z.array(z.object({ rules: z.array(ruleAnswer) })) }) }),
  z.transform(({ data }): readonly Rule[] =>
    data.groups.flatMap(({ rules }) => rules.filter(({ type }) => type !== 'recording').map(toRule)),
  ),
);

function toRule({ name, query, health, lastError, labels: own, alerts }: z.output<typeof ruleAnswer>): Rule {
  return {
    name,
    query,
    health: health ?? 'unknown',
    lastError: lastError ?? '',
    labels: own ?? {},
    alerts: (alerts ?? []).map((alert) => ({
      state: alert.state,
      activeAt: alert.activeAt ?? undefined,
      labels: alert.labels,
      summary: alert.annotations?.['summary'] ?? alert.annotations?.['description'],
    })),
  };
}

/** Null where the engine has such an address but says nothing of a reload. */
export const runtimeAnswer = z.pipe(
  z.object({
    data: z.object({ reloadConfigSuccess: z.optional(z.boolean()), lastConfigTime: z.optional(z.string()) }),
  }),
  z.transform(({ data }) =>
    data.reloadConfigSuccess === undefined ? null : { succeeded: data.reloadConfigSuccess, at: data.lastConfigTime },
  ),
);

/** `totalSeries` is VictoriaMetrics' name for it. */
export const headAnswer = z.pipe(
  z.union([
    z.object({ data: z.object({ headStats: z.object({ numSeries: z.number() }) }) }),
    z.object({ data: z.object({ totalSeries: z.number() }) }),
  ]),
  z.transform(({ data }) => ('headStats' in data ? data.headStats.numSeries : data.totalSeries)),
);

const unitsMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `1m30s` */
function durationMs(text: string): number | undefined {
  const parts = [...text.matchAll(/(\d+)(ms|[smhd])/g)];
  if (parts.length === 0) return undefined;
  return parts.reduce((sum, [, amount, unit]) => sum + Number(amount) * (unitsMs[unit ?? ''] ?? 0), 0);
}
