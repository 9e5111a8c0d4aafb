import type { Sample, Series } from './series.ts';

/** Families as OpenMetrics wants them: a counter's family goes without `_total`, a histogram's without its endings. */
const FAMILY_TYPES: Readonly<Record<string, string>> = {
  up: 'gauge',
  tool_cache_hits: 'counter',
  tool_cache_misses: 'counter',
  tool_run_seconds: 'histogram',
};

/**
 * Writes samples in the OpenMetrics text format (https://openmetrics.io), which promtool turns into blocks: family by
 * family, series by series, in order of time, closed by `# EOF`.
 */
export function writeOpenMetrics(
  parts: readonly { readonly series: readonly Series[]; readonly samples: readonly Sample[] }[],
): string {
  const families = new Map<string, string[]>(Object.keys(FAMILY_TYPES).map((family) => [family, []]));
  for (const { series, samples } of parts) {
    for (const [index, { name, labels }] of series.entries()) {
      const head = `${name}${writeLabels(labels)}`;
      const lines = families.get(familyOf(name));
      if (lines === undefined) throw new Error(`No family is declared for ${name}.`);
      for (const { timeSeconds, values } of samples) lines.push(`${head} ${values[index] ?? 0} ${timeSeconds}`);
    }
  }
  const blocks = [...families].map(([family, lines]) =>
    [`# TYPE ${family} ${FAMILY_TYPES[family] ?? 'unknown'}`, ...lines].join('\n'),
  );
  return `${blocks.join('\n')}\n# EOF\n`;
}

export function familyOf(name: string): string {
  return name.replace(/_(total|bucket|sum|count)$/, '');
}

function writeLabels(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${value.replace(/[\\"\n]/g, escapeLabel)}"`);
  return `{${pairs.join(',')}}`;
}

function escapeLabel(character: string): string {
  return character === '\n' ? String.raw`\n` : `\\${character}`;
}
