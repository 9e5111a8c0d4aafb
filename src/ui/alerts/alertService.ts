import type * as vscode from 'vscode';
import * as z from 'zod/mini';
import type { Clock } from '../../core/clock.ts';
import type { Environment } from '../../core/environment/environment.ts';
import type { Fleet } from '../../core/health/fleet.ts';
import type { HealthState } from '../../core/health/reading.ts';
import type { Row } from '../../core/row.ts';
import { episodesBetween, readEpisodes } from '../../core/watch/episode.ts';
import type { Episode } from '../../core/watch/episode.ts';
import { Notices } from '../../core/watch/notices.ts';
import type { Notice } from '../../core/watch/notices.ts';
import {
  describeAlerts,
  firingState,
  firingWords,
  presentAlerts,
  presentPast,
  presentRules,
} from '../../core/watch/present.ts';
import { sourcesOf } from '../../core/watch/rule.ts';
import type { AlertRule } from '../../core/watch/rule.ts';
import { EnvironmentWatch } from '../../core/watch/watch.ts';
import type { Kept, Watched } from '../../core/watch/watch.ts';

const keptKey = ({ id }: Environment): string => `alerts/${id}`;
/** Of an older version, or nothing at all. */
const keptSchema = z.catch(
  z.object({ episodes: z.unknown(), snoozed: z.catch(z.record(z.string(), z.number()), {}) }),
  { episodes: [], snoozed: {} },
);
const hourMs = 3_600_000;

export interface AlertServiceOptions {
  readonly fleet: Fleet;
  readonly memory: vscode.Memento;
  readonly clock: Clock;
  /** Shows what is to be told, a few at a time. */
  readonly tell: (environment: Environment, notices: readonly Notice[]) => void;
  readonly onDidChange: (environment: Environment) => void;
}

interface Entry {
  readonly environment: Environment;
  readonly watch: EnvironmentWatch;
  readonly notices: Notices;
}

/** The alerts of all environments: judged with every read of their services, kept beside the workspace. */
export class AlertService implements vscode.Disposable {
  readonly #options: AlertServiceOptions;
  readonly #entries = new Map<string, Entry>();
  #uses: { dispose(): void }[] = [];

  constructor(options: AlertServiceOptions) {
    this.#options = options;
  }

  /** Follows the settings. What the alerts of `shown`, which the status bar shows, need is polled from now on. */
  update(environments: readonly Environment[], shown: Environment | undefined): void {
    for (const [id, entry] of this.#entries) {
      if (environments.some((one) => one.id === id)) continue;
      entry.notices.dispose();
      this.#entries.delete(id);
    }
    for (const environment of environments) {
      const before = this.#entries.get(environment.id);
      if (before?.environment !== environment) this.#entries.set(environment.id, this.#open(environment, before));
    }
    const used = this.#uses;
    this.#uses = shown ? this.#use(shown) : [];
    // After the new uses, so that a monitor used before and after does not pause in between.
    for (const use of used) use.dispose();
  }

  /** To be called after every read of a service of the environment. */
  read(environment: Environment): void {
    const entry = this.#entries.get(environment.id);
    if (!entry || entry.environment !== environment || entry.watch.rules.length === 0) return;
    const { fleet } = this.#options;
    const { notices, changed } = entry.watch.read({
      redis: fleet.redisOf(environment),
      hitRate: () => fleet.hitRateOf(environment),
      reportOf: (service) => fleet.monitorOf(environment, service)?.report,
    });
    if (changed) this.#keep(entry);
    if (notices.length > 0) entry.notices.add(notices);
  }

  watchedOf(environment: Environment): readonly Watched[] {
    return this.#entries.get(environment.id)?.watch.watched ?? [];
  }

  /** Episodes that lasted at some time between two moments (ms since 1970), oldest first: for the markers of a chart. */
  episodesOf(environment: Environment, fromMs = 0, toMs = Infinity): readonly Episode[] {
    return episodesBetween(this.#entries.get(environment.id)?.watch.kept.episodes ?? [], fromMs, toMs);
  }

  /** For the environment's row and the status bar; undefined while nothing fires. */
  firingOf(environment: Environment): { readonly words: string; readonly state: HealthState | 'fact' } | undefined {
    const watched = this.watchedOf(environment);
    const words = firingWords(watched);
    return words === undefined ? undefined : { words, state: firingState(watched) };
  }

  nodeOf(environment: Environment): Row | undefined {
    return presentAlerts(environment, this.watchedOf(environment), this.episodesOf(environment));
  }

  rowsOf(environment: Environment): readonly { readonly rule?: AlertRule; readonly row: Row }[] {
    const nowMs = this.#options.clock.wallMs();
    const past = presentPast(environment, this.episodesOf(environment), nowMs).map((row) => ({ row }));
    return [...presentRules(environment, this.watchedOf(environment), nowMs), ...past];
  }

  /** As lines of Markdown; none where there is nothing to say. */
  describe(environment: Environment): readonly string[] {
    return describeAlerts(this.watchedOf(environment), this.episodesOf(environment), this.#options.clock.wallMs());
  }

  /** Nothing is told of the rule for an hour; if it fires then, it is told again. */
  snooze(environment: Environment, ruleId: string): void {
    this.#change(environment, ({ watch }) => watch.snooze(ruleId, this.#options.clock.wallMs() + hourMs));
  }

  wake(environment: Environment, ruleId: string): void {
    this.#change(environment, ({ watch }) => watch.wake(ruleId));
  }

  dispose(): void {
    for (const use of this.#uses) use.dispose();
    for (const { notices } of this.#entries.values()) notices.dispose();
  }

  #change(environment: Environment, change: (entry: Entry) => void): void {
    const entry = this.#entries.get(environment.id);
    if (!entry) return;
    change(entry);
    this.#keep(entry);
    this.#options.onDidChange(environment);
  }

  #open(environment: Environment, before: Entry | undefined): Entry {
    const { clock, fleet, tell } = this.#options;
    const watch = new EnvironmentWatch(environment, {
      clock,
      kept: before?.watch.kept ?? this.#kept(environment),
      before: before?.watch,
      mostGapMs: (service) => fleet.mostGapMs(environment, service),
    });
    // What waits to be told is not lost when the settings change.
    const now = (): Environment => this.#entries.get(environment.id)?.environment ?? environment;
    const notices = before?.notices ?? new Notices(clock, (told) => tell(now(), told));
    const entry = { environment, watch, notices };
    // What was kept of rules that are no longer set has an end now.
    if (watch.kept.episodes.length > 0) this.#keep(entry);
    return entry;
  }

  #kept(environment: Environment): Kept {
    const kept = keptSchema.parse(this.#options.memory.get(keptKey(environment)));
    return { episodes: readEpisodes(kept.episodes), snoozed: kept.snoozed };
  }

  #keep({ environment, watch }: Entry): void {
    void this.#options.memory.update(keptKey(environment), watch.kept);
  }

  #use(environment: Environment): { dispose(): void }[] {
    const { rules } = this.#entries.get(environment.id)?.watch ?? { rules: [] };
    // What the hit rate needs is used by whatever shows it, which knows when the next source is needed.
    const others = rules.filter(
      ({ condition }) => condition.kind !== 'number' || condition.reading.source !== 'hitRate',
    );
    const sources = new Set(others.flatMap(sourcesOf));
    return [...sources].flatMap((source) => this.#options.fleet.monitorOf(environment, source)?.use() ?? []);
  }
}
