import type { Clock } from '../clock.ts';
import type { Environment } from '../environment/environment.ts';
import type { ServiceId } from '../health/monitorServices.ts';
import type { ServiceReport } from '../health/reading.ts';
import { longestPauseMs } from '../poller.ts';
import { beginEpisode, endEpisode, isOpen } from './episode.ts';
import type { Episode } from './episode.ts';
import { outdated, restored, step, unread } from './evaluate.ts';
import type { Change, Moment, RuleState } from './evaluate.ts';
import type { Notice } from './notices.ts';
import { sourcesOf } from './rule.ts';
import type { AlertRule } from './rule.ts';
import { rulesOf } from './rulesOf.ts';
import { sampleOf } from './sample.ts';
import type { Readings, Sample } from './sample.ts';

/** A rule with what is known of it. */
export interface Watched {
  readonly rule: AlertRule;
  readonly state: RuleState;
  /** The one that lasts. */
  readonly episode: Episode | undefined;
  /** Until when nothing is told of it, ms since 1970; undefined where it is. */
  readonly snoozedUntilMs: number | undefined;
}

/** What outlives the editor. */
export interface Kept {
  readonly episodes: readonly Episode[];
  /** By rule: until when it is snoozed, ms since 1970. */
  readonly snoozed: Readonly<Record<string, number>>;
}

export interface WatchOptions {
  readonly clock: Clock;
  readonly kept: Kept;
  /** The watch of the environment as it was before its settings changed. */
  readonly before?: EnvironmentWatch | undefined;
  /** Between two polls of a service that are further apart than this, it was not watched. */
  mostGapMs(service: ServiceId): number;
}

/** Beyond that, rows say that it is not watched. */
const graceMs = 30_000;

/** Judges the rules of one environment by what its monitors read. Tells and keeps nothing by itself. */
export class EnvironmentWatch {
  readonly rules: readonly AlertRule[];
  readonly #options: WatchOptions;
  readonly #states: Map<string, RuleState>;
  readonly #judged = new Map<ServiceId, ServiceReport>();
  #episodes: readonly Episode[];
  #snoozed: Map<string, number>;
  /** What fires and was not told, because the same number is critical. */
  readonly #covered = new Map<string, Notice>();

  constructor({ settings }: Environment, options: WatchOptions) {
    this.#options = options;
    this.rules = rulesOf(settings);
    const known = new Set(this.rules.map(({ id }) => id));
    const nowMs = options.clock.wallMs();
    this.#episodes = options.kept.episodes
      .filter(isOpen)
      .filter(({ rule }) => !known.has(rule))
      .reduce((all, { rule }) => endEpisode(all, rule, nowMs, 'unset'), options.kept.episodes);
    this.#snoozed = new Map(
      Object.entries(options.kept.snoozed).filter(([id, until]) => known.has(id) && until > nowMs),
    );
    const open = new Set(this.#episodes.filter(isOpen).map(({ rule }) => rule));
    const fresh = (id: string): RuleState => (open.has(id) ? restored : unread);
    const before = new Map(options.before?.watched.map(({ rule, state }) => [rule.id, state]));
    this.#states = new Map(this.rules.map(({ id }) => [id, before.get(id) ?? fresh(id)]));
  }

  get kept(): Kept {
    return { episodes: this.#episodes, snoozed: Object.fromEntries(this.#snoozed) };
  }

  /** The rules with their states, in the order of the settings. */
  get watched(): readonly Watched[] {
    const now = this.#now();
    const nowMs = now.wallMs;
    return this.rules.map((rule) => {
      const until = this.#snoozed.get(rule.id);
      const state = this.#states.get(rule.id) ?? unread;
      return {
        rule,
        state: sourcesOf(rule).length === 0 ? state : outdated(state, now, this.#mostGapMs(rule) + graceMs),
        episode: this.#episodes.findLast((one) => one.rule === rule.id && isOpen(one)),
        snoozedUntilMs: until !== undefined && until > nowMs ? until : undefined,
      };
    });
  }

  /** Judges what was read since the last call. `changed`: what is kept has. */
  read(readings: Readings): { readonly notices: readonly Notice[]; readonly changed: boolean } {
    const at = this.#now();
    const before = this.kept;
    const fresh = this.#fresh(readings);
    const notices = this.rules.flatMap((rule) => {
      if (!sourcesOf(rule).some((source) => fresh.has(source))) return [];
      const notice = this.#judge(rule, readings, at);
      return notice ? [notice] : [];
    });
    const { episodes } = before;
    return {
      notices: [...this.#uncovered(), ...notices.filter((notice) => this.#isNews(notice))],
      changed: episodes !== this.#episodes || Object.keys(before.snoozed).length !== this.#snoozed.size,
    };
  }

  snooze(ruleId: string, untilMs: number): void {
    this.#snoozed.set(ruleId, untilMs);
  }

  /** Tells again of the rule from now on. */
  wake(ruleId: string): void {
    this.#snoozed.delete(ruleId);
  }

  #now(): Moment {
    const { clock } = this.#options;
    return { monotonicMs: clock.monotonicMs(), wallMs: clock.wallMs() };
  }

  /** The services that have a report which was not judged before. */
  #fresh(readings: Readings): ReadonlySet<ServiceId> {
    const sources = new Set(this.rules.flatMap(sourcesOf));
    const fresh = new Set<ServiceId>();
    for (const source of sources) {
      const report = readings.reportOf(source);
      if (!report || this.#judged.get(source) === report) continue;
      this.#judged.set(source, report);
      fresh.add(source);
    }
    return fresh;
  }

  #judge(rule: AlertRule, readings: Readings, at: Moment): Notice | undefined {
    const before = this.#states.get(rule.id) ?? unread;
    const sample = sampleOf(rule, readings);
    const mostGapMs = this.#mostGapMs(rule);
    const { state, change } = step(before, sample, at, { holdMs: rule.holdMs, mostGapMs });
    this.#states.set(rule.id, state);
    if (change) return this.#record(rule, before, state, change, sample, at);
    return this.#remind(rule, state, sample, at);
  }

  /** What does not answer is asked ever less often, and watched all the same. */
  #mostGapMs(rule: AlertRule): number {
    const gapMs = Math.max(...sourcesOf(rule).map((source) => this.#options.mostGapMs(source)));
    return rule.condition.kind === 'state' ? Math.max(gapMs, 2 * longestPauseMs) : gapMs;
  }

  #record(
    rule: AlertRule,
    before: RuleState,
    { sinceWallMs }: RuleState,
    change: Change,
    { words, value }: Sample,
    { wallMs }: Moment,
  ): Notice | undefined {
    const isSnoozed = this.#isSnoozed(rule.id, wallMs);
    if (change === 'fired') {
      const { id, when, severity } = rule;
      this.#episodes = beginEpisode(this.#episodes, {
        rule: id,
        when,
        severity,
        startedAtMs: sinceWallMs,
        firedAtMs: wallMs,
        words,
      });
      // The first read after a start only takes note.
      return isSnoozed || before.answeredAt === undefined
        ? undefined
        : { kind: 'fired', rule, words, value, sinceWallMs };
    }
    const episode = this.#episodes.findLast((one) => one.rule === rule.id && isOpen(one));
    this.#episodes = endEpisode(this.#episodes, rule.id, sinceWallMs, before.seenHere ? 'recovered' : 'gone');
    this.#snoozed.delete(rule.id);
    if (isSnoozed || !before.seenHere) return undefined;
    return { kind: 'recovered', rule, words, value, sinceWallMs: episode?.startedAtMs ?? sinceWallMs };
  }

  /** Once a snooze has ended, what still fires is told again. */
  #remind(rule: AlertRule, state: RuleState, { words, value, holds }: Sample, { wallMs }: Moment): Notice | undefined {
    const until = this.#snoozed.get(rule.id);
    if (until === undefined || wallMs < until || holds !== true) return undefined;
    this.#snoozed.delete(rule.id);
    return state.firing ? { kind: 'reminded', rule, words, value, sinceWallMs: state.sinceWallMs } : undefined;
  }

  #isSnoozed(ruleId: string, nowMs: number): boolean {
    return (this.#snoozed.get(ruleId) ?? 0) > nowMs;
  }

  /** A warning says nothing new while the same number is critical; what was not told of needs no recovery. */
  #isNews(notice: Notice): boolean {
    const { rule, kind } = notice;
    if (kind === 'recovered') return !this.#covered.delete(rule.id);
    if (!this.#isCovered(rule)) return true;
    this.#covered.set(rule.id, notice);
    return false;
  }

  /** What was left untold and still fires, once the critical one has recovered. */
  #uncovered(): readonly Notice[] {
    const now = [...this.#covered.values()].filter(
      ({ rule }) => this.#states.get(rule.id)?.firing === true && !this.#isCovered(rule),
    );
    for (const { rule } of now) this.#covered.delete(rule.id);
    return now.map((notice) => ({ ...notice, words: this.#states.get(notice.rule.id)?.last?.words ?? notice.words }));
  }

  #isCovered(rule: AlertRule): boolean {
    const subject = subjectOf(rule);
    if (rule.severity === 'critical' || subject === undefined) return false;
    return this.rules.some(
      (other) =>
        other.severity === 'critical' && subjectOf(other) === subject && this.#states.get(other.id)?.firing === true,
    );
  }
}

function subjectOf({ condition }: AlertRule): string | undefined {
  return condition.kind === 'number' ? JSON.stringify(condition.reading) : undefined;
}
