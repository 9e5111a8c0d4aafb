import { formatDuration, formatRatio, formatTime } from '../format.ts';
import type { KeyspaceAnalysis } from '../keyspace/model.ts';
import { coverageOf } from '../keyspace/model.ts';
import { expirySection, prefixSection } from '../keyspace/page.ts';
import type { Section } from '../keyspace/section.ts';

/** What the last analysis found of prefixes and expiry, with its age and coverage; these change only with the next one. */
export function keyspaceSections(analysis: KeyspaceAnalysis, nowMs: number): readonly Section[] {
  const { startedAtMs, nodes } = analysis;
  const age = formatDuration(Math.max(0, nowMs - startedAtMs));
  const words = `Keyspace analysis of ${formatTime(startedAtMs, nowMs)}, ${age} ago; ${formatRatio(coverageOf(nodes))} of the keys`;
  return [prefixSection(analysis), expirySection(analysis)].map((section) => ({
    ...section,
    note: section.note === '' ? words : `${words}. ${section.note}`,
  }));
}
