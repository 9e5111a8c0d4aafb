interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Prometheus' own page with these queries, one below the other, over the same stretch of time. */
export function promqlAddress(url: string, queries: readonly string[], { fromMs, toMs }: Span): string {
  const parameters = new URLSearchParams();
  for (const [index, query] of queries.entries()) {
    parameters.set(`g${index}.expr`, query);
    parameters.set(`g${index}.tab`, '0');
    parameters.set(`g${index}.range_input`, `${Math.round((toMs - fromMs) / 1000)}s`);
    parameters.set(`g${index}.end_input`, new Date(toMs).toISOString().slice(0, 19).replace('T', ' '));
  }
  return `${url.replace(/\/+$/, '')}/graph?${parameters.toString()}`;
}

/** Grafana Explore with these queries, in the data source that is its default for Prometheus. */
export function grafanaAddress(url: string, queries: readonly string[], { fromMs, toMs }: Span): string {
  const panes = {
    cacheOps: {
      datasource: 'prometheus',
      queries: queries.map((expr, index) => ({
        refId: String.fromCodePoint(65 + index),
        datasource: { type: 'prometheus' },
        expr,
      })),
      range: { from: String(fromMs), to: String(toMs) },
    },
  };
  const parameters = new URLSearchParams({ schemaVersion: '1', panes: JSON.stringify(panes) });
  return `${url.replace(/\/+$/, '')}/explore?${parameters.toString()}`;
}
