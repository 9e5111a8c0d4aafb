import type { Environment } from '../environment/environment.ts';
import { formatDuration, formatTime } from '../format.ts';
import type { HealthState } from '../health/reading.ts';
import type { Row } from '../row.ts';
import { isOpen } from './episode.ts';
import type { Episode } from './episode.ts';
import { ruleWords, severities } from './rule.ts';
import type { AlertRule, Severity } from './rule.ts';
import type { Watched } from './watch.ts';

/** What a rule is in, worst first: the order of the rows. */
export type AlertPhase = 'firing' | 'pending' | 'noData' | 'unbound' | 'quiet';

const phases: readonly AlertPhase[] = ['firing', 'pending', 'noData', 'unbound', 'quiet'];

export function phaseOf({ rule, state }: Watched): AlertPhase {
  if (rule.condition.kind === 'unbound') return 'unbound';
  if (state.firing) return 'firing';
  if (state.noData || state.holds === undefined) return 'noData';
  return state.holds ? 'pending' : 'quiet';
}

/** For the row of the environment: `1 critical, 2 warning alerts`; undefined while none fires. */
export function firingWords(watched: readonly Watched[]): string | undefined {
  const firing = watched.filter((one) => phaseOf(one) === 'firing');
  const counts = severities.flatMap((severity) => {
    const count = firing.filter(({ rule }) => rule.severity === severity).length;
    return count === 0 ? [] : [`${count} ${severity}`];
  });
  return counts.length === 0 ? undefined : `${counts.join(', ')} ${firing.length === 1 ? 'alert' : 'alerts'}`;
}

/** What the alerts make of the environment: info is no trouble. */
export function firingState(watched: readonly Watched[]): HealthState | 'fact' {
  const bad = watched.some((one) => phaseOf(one) === 'firing' && one.rule.severity !== 'info');
  return bad ? 'degraded' : 'fact';
}

const icons: Readonly<Record<Severity, NonNullable<Row['icon']>>> = {
  critical: { name: 'error', color: 'problemsErrorIcon.foreground' },
  warning: { name: 'warning', color: 'problemsWarningIcon.foreground' },
  info: { name: 'info', color: 'problemsInfoIcon.foreground' },
};

const calmIcons: Readonly<Record<Exclude<AlertPhase, 'firing'>, NonNullable<Row['icon']>>> = {
  pending: { name: 'watch', color: 'problemsWarningIcon.foreground' },
  noData: { name: 'question', color: 'problemsInfoIcon.foreground' },
  unbound: { name: 'question', color: 'problemsInfoIcon.foreground' },
  quiet: { name: 'pass', color: 'testing.iconPassed' },
};

/** The node above the rules; undefined where there is nothing to watch and nothing to remember. */
export function presentAlerts(
  environment: Environment,
  watched: readonly Watched[],
  episodes: readonly Episode[],
): Row | undefined {
  if (watched.length === 0 && episodes.length === 0) return undefined;
  const count = (phase: AlertPhase): number => watched.filter((one) => phaseOf(one) === phase).length;
  const says: readonly (readonly [number, string])[] = [
    [count('pending'), 'pending'],
    [count('noData') + count('unbound'), 'no data'],
    [count('quiet'), 'quiet'],
  ];
  const words = [
    firingWords(watched)?.replace(/ alerts?$/, ' firing'),
    ...says.map(([number, word]) => (number === 0 ? undefined : `${number} ${word}`)),
  ].filter((one) => one !== undefined);
  const worst = severities.find((one) =>
    watched.some((each) => each.rule.severity === one && phaseOf(each) === 'firing'),
  );
  const isBlind = count('noData') + count('unbound') > 0;
  return {
    id: `${environment.id}/alerts`,
    label: 'Alerts',
    description: words.length === 0 ? 'none set' : words.join(' · '),
    icon: worst ? icons[worst] : isBlind ? calmIcons.noData : { name: 'bell' },
    tooltip:
      'From “limits” and “alerts” of the environment. Watched while the status bar shows the environment or this view is open; what happens meanwhile elsewhere is not seen.',
    contextValue: 'alerts',
    expandable: worst ? 'expanded' : 'collapsed',
  };
}

/** The rules, worst first. */
export function presentRules(
  environment: Environment,
  watched: readonly Watched[],
  nowWallMs: number,
): readonly { readonly rule: AlertRule; readonly row: Row }[] {
  return watched
    .toSorted(
      (a, b) =>
        phases.indexOf(phaseOf(a)) - phases.indexOf(phaseOf(b)) ||
        severities.indexOf(a.rule.severity) - severities.indexOf(b.rule.severity),
    )
    .map((one) => ({ rule: one.rule, row: presentRule(environment, one, nowWallMs) }));
}

function presentRule(environment: Environment, one: Watched, nowWallMs: number): Row {
  const { rule, snoozedUntilMs } = one;
  const phase = phaseOf(one);
  const snoozed = snoozedUntilMs === undefined ? '' : ` · snoozed until ${formatTime(snoozedUntilMs, nowWallMs)}`;
  const description = `${phaseWords(one, phase, nowWallMs)}${snoozed}`;
  const label = ruleWords(rule);
  const more = [rule.message, rule.note, settingWords(rule)].filter((part) => part !== undefined);
  return {
    id: `${environment.id}/alerts/${rule.id}`,
    label,
    description,
    icon: phase === 'firing' ? icons[rule.severity] : calmIcons[phase],
    tooltip: [`${label} (${rule.severity}): ${description}`, ...more].join('\n'),
    contextValue: `alert ${phase}${snoozedUntilMs === undefined ? '' : ' snoozed'}`,
    expandable: 'no',
    spoken: `${rule.severity}: ${label}, ${description}`,
  };
}

function settingWords({ condition }: AlertRule): string | undefined {
  if (condition.kind !== 'unbound' || condition.setting === undefined) return undefined;
  return `Set ${condition.setting} of the environment to change that.`;
}

function phaseWords({ rule, state, episode }: Watched, phase: AlertPhase, nowWallMs: number): string {
  const read = state.last?.words ?? '';
  switch (phase) {
    case 'unbound':
      return rule.condition.kind === 'unbound' ? `not watched: ${rule.condition.why}` : '';
    case 'noData':
      return state.noData
        ? `${state.noData.why} · since ${formatTime(state.noData.sinceWallMs, nowWallMs)}`
        : 'not read yet';
    case 'quiet':
      return `${read} · quiet`;
    case 'pending':
      return `${read} · pending, seen for ${formatDuration(state.seenMs)}`;
    case 'firing':
      return firingDetail({ rule, state, episode }, nowWallMs);
  }
}

function firingDetail({ rule, state, episode }: Omit<Watched, 'snoozedUntilMs'>, nowWallMs: number): string {
  const since = episode ? ` since ${formatTime(episode.startedAtMs, nowWallMs)}` : '';
  const firing = `${rule.severity}${since}`;
  if (state.noData) return `${firing} · now unknown: ${state.noData.why}`;
  if (state.holds === undefined) return `${firing} · not read yet since the editor was started`;
  const passing = state.holds ? '' : ` · passing, for ${formatDuration(state.seenMs)} so far`;
  return `${state.last?.words ?? ''} · ${firing}${passing}`;
}

const shownEpisodes = 20;

/** Episodes that are over, newest first. */
export function presentPast(environment: Environment, episodes: readonly Episode[], nowWallMs: number): readonly Row[] {
  return episodes
    .filter((one) => !isOpen(one))
    .toReversed()
    .slice(0, shownEpisodes)
    .map((one) => ({
      id: `${environment.id}/alerts/past/${one.startedAtMs}/${one.rule}`,
      label: one.when,
      description: episodeWords(one, nowWallMs),
      icon: { name: 'history' },
      tooltip: `${one.rule}\n${episodeWords(one, nowWallMs)}`,
      contextValue: 'episode',
      expandable: 'no' as const,
    }));
}

/** `warning, 14:03:22, for 12 min, first read 412 ms` */
export function episodeWords({ severity, startedAtMs, endedAtMs, ended, words }: Episode, nowWallMs: number): string {
  const start = `${severity}, ${formatTime(startedAtMs, nowWallMs)}`;
  const lasted =
    endedAtMs === undefined
      ? 'still firing'
      : `for ${formatDuration(endedAtMs - startedAtMs)}${endWords[ended ?? 'recovered']}`;
  return `${start}, ${lasted}, ${words}`;
}

const endWords = {
  recovered: '',
  gone: ' at most: over when the editor was started again',
  unset: ' until the rule was taken out of the settings',
} as const;

/** The alerts as lines of Markdown for a ticket. */
export function describeAlerts(
  watched: readonly Watched[],
  episodes: readonly Episode[],
  nowWallMs: number,
): readonly string[] {
  const rules = watched.map(
    (one) => `- ${ruleWords(one.rule)} (${one.rule.severity}): ${phaseWords(one, phaseOf(one), nowWallMs)}`,
  );
  const past = episodes
    .toReversed()
    .slice(0, shownEpisodes)
    .map((one) => `- ${one.when}: ${episodeWords(one, nowWallMs)}`);
  return [...rules, ...(past.length === 0 ? [] : ['', 'Episodes, newest first:', '', ...past])];
}
