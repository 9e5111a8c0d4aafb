import * as vscode from 'vscode';
import type { Marker } from '../../core/dashboard/model.ts';
import type { Environment } from '../../core/environment/environment.ts';
import { formatDuration } from '../../core/format.ts';
import type { OperationMarker } from '../../core/journal/markers.ts';
import { resultNames } from '../../core/operations/outcomeWords.ts';
import type { Episode } from '../../core/watch/episode.ts';
import type { Alerts } from '../alerts/alerts.ts';
import type { HistoryStore } from '../history/store.ts';
import type { HealthView } from '../health/view.ts';
import { commands } from '../ids.ts';

export interface MarkerSources {
  readonly history: () => Promise<HistoryStore>;
  readonly alerts: Alerts;
  readonly health: HealthView;
  readonly log: vscode.LogOutputChannel;
}

const operation = 'operation/';

/** What happened to an environment: what was carried out, and what alerted. */
export class Markers {
  readonly #sources: MarkerSources;

  constructor(sources: MarkerSources) {
    this.#sources = sources;
  }

  /** Between two moments (wall clock, ms), oldest first. A journal that cannot be read hides no chart. */
  async between(environment: Environment, fromMs: number, toMs: number): Promise<readonly Marker[]> {
    const episodes = this.#sources.alerts.service?.episodesOf(environment, fromMs, toMs) ?? [];
    const carriedOut = await this.#carriedOut(environment, fromMs, toMs);
    return [...carriedOut.map(ofOperation), ...episodes.map(ofEpisode)].toSorted((a, b) => a.atMs - b.atMs);
  }

  /** Shows the record of what was carried out, or the environment's alerts. */
  async open(environment: Environment, markerId: string): Promise<void> {
    if (markerId.startsWith(operation))
      await vscode.commands.executeCommand(commands.showEntry, markerId.slice(operation.length));
    else await this.#sources.health.revealAlerts(environment);
  }

  async #carriedOut(environment: Environment, fromMs: number, toMs: number): Promise<readonly OperationMarker[]> {
    try {
      return await (await this.#sources.history()).markers(environment, fromMs, toMs);
    } catch (error) {
      this.#sources.log.warn(`Dashboard of ${environment.name}: the journal could not be read: ${String(error)}`);
      return [];
    }
  }
}

function ofOperation({ entry, title, beganAtMs, endedAtMs, result }: OperationMarker): Marker {
  const words = result === 'unfinished' ? 'not finished' : resultNames[result];
  const took = endedAtMs === undefined ? '' : `, took ${formatDuration(endedAtMs - beganAtMs)}`;
  return {
    id: `${operation}${entry}`,
    atMs: beganAtMs,
    ...(endedAtMs === undefined ? {} : { untilMs: endedAtMs }),
    label: title,
    detail: `${words}${took}. A click shows its record.`,
    tone: 'change',
  };
}

function ofEpisode({ rule, when, severity, firedAtMs, endedAtMs, words }: Episode): Marker {
  const lasted = endedAtMs === undefined ? 'It lasts.' : `It lasted ${formatDuration(endedAtMs - firedAtMs)}.`;
  return {
    id: `alert/${rule}/${firedAtMs}`,
    atMs: firedAtMs,
    ...(endedAtMs === undefined ? {} : { untilMs: endedAtMs }),
    label: `${severity} alert: ${when}`,
    detail: `${words}. ${lasted} A click shows the alerts.`,
    tone: severity === 'info' ? 'note' : 'alert',
  };
}
