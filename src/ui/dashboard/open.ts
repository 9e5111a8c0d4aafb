import type * as vscode from 'vscode';
import type { Services } from '../../services.ts';
import { Dashboards } from './dashboards.ts';
import { Markers } from './markers.ts';
import type { Recorder } from './recorder.ts';

/** The dashboards of a window, made of its services. */
export function openDashboards(services: Services, recorder: Recorder, memory: vscode.Memento): Dashboards {
  const { extensionUri, environments, fleet, secrets, tunnels, report, log, historyStore, alerts, health } = services;
  const markers = new Markers({ history: historyStore, alerts, health, log });
  return new Dashboards({
    extensionUri,
    memory,
    environments,
    fleet,
    secrets,
    tunnels,
    recorder,
    markers,
    report,
    log,
  });
}
