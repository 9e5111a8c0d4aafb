import type { Environment } from '../environment/environment.ts';
import { formatDuration } from '../format.ts';
import { environmentWords } from '../health/present.ts';
import type { Notice } from './notices.ts';
import { ruleWords, severities } from './rule.ts';
import type { Severity } from './rule.ts';

/** What a notification says, and how loudly. */
export interface Message {
  readonly severity: Severity;
  readonly text: string;
}

/** One notice in full; several in one message, the worst first. `folderName` where several folders make it worth saying. */
export function messageOf(
  environment: Environment,
  folderName: string | undefined,
  notices: readonly Notice[],
  nowWallMs: number,
): Message {
  const where = environmentWords(environment, folderName);
  const [first, ...others] = notices.toSorted((a, b) => loudness(a) - loudness(b));
  const severity = first && first.kind !== 'recovered' ? first.rule.severity : 'info';
  if (!first || others.length === 0) return { severity, text: first ? single(first, where, nowWallMs) : where };
  const all = [first, ...others].map((notice) => `${kindWords(notice)}: ${notice.rule.when} (${notice.words})`);
  return { severity, text: `${where}: ${all.join('; ')}.` };
}

function single(notice: Notice, where: string, nowWallMs: number): string {
  const { rule, kind, words, sinceWallMs } = notice;
  const lasts = formatDuration(nowWallMs - sinceWallMs);
  if (kind === 'recovered') return `${where}: recovered: ${rule.when} lasted ${lasts}; now ${words}.`;
  const says = rule.message === undefined ? '' : ` ${rule.message}`;
  const still = kind === 'reminded' ? `, still, for ${lasts}` : '';
  return `${where}: ${kindWords(notice)}: ${ruleWords(rule)}: ${words}${still}.${says}`;
}

function kindWords({ kind, rule }: Notice): string {
  return kind === 'recovered' ? 'recovered' : rule.severity;
}

function loudness({ kind, rule }: Notice): number {
  return kind === 'recovered' ? severities.length : severities.indexOf(rule.severity);
}
