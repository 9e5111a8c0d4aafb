import * as vscode from 'vscode';
import type { Marker } from '../../core/dashboard/model.ts';
import type { Environment } from '../../core/environment/environment.ts';
import { formatDuration } from '../../core/format.ts';
import { stageRuns } from '../../core/evidence/stageRuns.ts';
import type { StageRun } from '../../core/evidence/stageRuns.ts';
import type { OperationMarker } from '../../core/journal/markers.ts';
import { resultNames } from '../../core/operations/outcomeWords.ts';
import type { Episode } from '../../core/watch/episode.ts';
import type { Alerts } from '../alerts/alerts.ts';
import type { ChecklistDocument } from '../checklists/document.ts';
import type { ChecklistStore } from '../checklists/store.ts';
import type { EvidenceStore } from '../evidence/store.ts';
import type { HistoryStore } from '../history/store.ts';
import type { HealthView } from '../health/view.ts';
import { commands } from '../ids.ts';

export interface MarkerSources {
  readonly history: () => Promise<HistoryStore>;
  readonly alerts: Alerts;
  readonly health: HealthView;
  readonly checklists: Pick<ChecklistStore, 'documents'>;
  readonly evidence: EvidenceStore;
  readonly log: vscode.LogOutputChannel;
}

const operation = 'operation/';
const run = 'run/';

/** What happened to an environment: what was carried out, which stages of checklists were run, and what alerted. */
export class Markers {
  readonly #sources: MarkerSources;

  constructor(sources: MarkerSources) {
    this.#sources = sources;
  }

  /** Between two moments (wall clock, ms), oldest first. A journal that cannot be read hides no chart. */
  async between(environment: Environment, fromMs: number, toMs: number): Promise<readonly Marker[]> {
    const episodes = this.#sources.alerts.service?.episodesOf(environment, fromMs, toMs) ?? [];
    const carriedOut = await this.#carriedOut(environment, fromMs, toMs);
    const ran = this.#stageRuns(environment, fromMs, toMs).map(({ document, stageRun }) => ofRun(document, stageRun));
    return [...carriedOut.map(ofOperation), ...ran, ...episodes.map(ofEpisode)].toSorted((a, b) => a.atMs - b.atMs);
  }

  /** Shows the record of what was carried out, the stage that was run, or the environment's alerts. */
  async open(environment: Environment, markerId: string): Promise<void> {
    if (markerId.startsWith(operation))
      await vscode.commands.executeCommand(commands.showEntry, markerId.slice(operation.length));
    else if (markerId.startsWith(run)) await this.#openStage(environment, markerId);
    else await this.#sources.health.revealAlerts(environment);
  }

  #stageRuns(environment: Environment, fromMs: number, toMs: number) {
    const { checklists, evidence } = this.#sources;
    return checklists.documents.flatMap((document) => {
      const { checklist } = document;
      const runs = checklist ? stageRuns(checklist, evidence.kept(environment, document), fromMs, toMs) : [];
      return runs.map((stageRun) => ({ document, stageRun }));
    });
  }

  async #openStage(environment: Environment, markerId: string): Promise<void> {
    const runs = this.#stageRuns(environment, 0, Number.POSITIVE_INFINITY);
    const found = runs.find(({ document, stageRun }) => ofRun(document, stageRun).id === markerId);
    if (!found) return;
    const at = new vscode.Position(found.stageRun.stage.range.line, 0);
    await vscode.window.showTextDocument(found.document.uri, { selection: new vscode.Range(at, at) });
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

function ofRun({ uri, checklist }: ChecklistDocument, { stage, fromMs, toMs, steps, passed }: StageRun): Marker {
  const all = steps === 1 ? '1 step' : `${steps} steps`;
  return {
    id: `${run}${uri.path}#${stage.id}`.slice(-500),
    atMs: fromMs,
    untilMs: toMs,
    label: `${stage.title}: ${passed === steps ? `${all} passed` : `${passed} of ${all} passed`}`,
    detail: `${checklist?.title ?? ''}. A click shows the stage.`,
    tone: 'note',
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
