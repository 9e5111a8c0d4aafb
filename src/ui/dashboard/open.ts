import type * as vscode from 'vscode';
import type { Services } from '../../services.ts';
import type { KeyspaceStore } from '../keyspace/store.ts';
import { Dashboards } from './dashboards.ts';
import { Markers } from './markers.ts';
import type { Recorder } from './recorder.ts';

/** The dashboards of a window, made of its services. */
export function openDashboards(
  services: Services,
  recorder: Recorder,
  keyspaces: KeyspaceStore,
  memory: vscode.Memento,
): Dashboards {
  const {
    extensionUri,
    environments,
    fleet,
    secrets,
    tunnels,
    report,
    log,
    historyStore,
    alerts,
    health,
    checklists,
    evidence,
  } = services;
  const markers = new Markers({ history: historyStore, alerts, health, checklists, evidence, log });
  return new Dashboards({
    extensionUri,
    memory,
    environments,
    fleet,
    secrets,
    tunnels,
    recorder,
    keyspaces,
    markers,
    report,
    log,
  });
}
