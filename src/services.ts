import * as vscode from 'vscode';
import { Tunnels } from './clients/tunnels.ts';
import { systemClock } from './core/clock.ts';
import { networkAddresses } from './clients/networkAddresses.ts';
import type { FlagBoard } from './core/flags/board.ts';
import { Fleet } from './core/health/fleet.ts';
import { NetworkReturn } from './core/health/networkReturn.ts';
import type { Environment } from './core/environment/environment.ts';
import { explain } from './core/errors.ts';
import type { ShellParser } from './core/shell/types.ts';
import { Alerts } from './ui/alerts/alerts.ts';
import { ChecklistStore } from './ui/checklists/store.ts';
import { ChecklistView } from './ui/checklists/view.ts';
import { secretLookup } from './ui/environments/secretLookup.ts';
import { ConsistencyStore } from './ui/consistency/store.ts';
import { Secrets } from './ui/environments/secrets.ts';
import { EnvironmentStore } from './ui/environments/store.ts';
import { EvidenceStore } from './ui/evidence/store.ts';
import { openFlagBoard } from './ui/flags/board.ts';
import { openRedis, openService } from './ui/health/probes.ts';
import { HealthView } from './ui/health/view.ts';
import type { HistoryStore } from './ui/history/store.ts';
import { HistoryView } from './ui/history/view.ts';
import { configuration } from './ui/configuration.ts';
import { settings } from './ui/ids.ts';
import type { Dashboards } from './ui/dashboard/dashboards.ts';
import type { Recorder } from './ui/dashboard/recorder.ts';
import { restorePages } from './ui/dashboard/restore.ts';
import type { KeyspaceStore } from './ui/keyspace/store.ts';
import type { OperationService } from './ui/operations/operationService.ts';
import type { Report } from './ui/report.ts';
import { createReport } from './ui/report.ts';
import { RolloutStore } from './ui/rollouts/store.ts';
import { Approvals } from './ui/run/approvals.ts';
import { ChecklistReader } from './ui/run/reader.ts';
import type { RunService } from './ui/run/runService.ts';
import type { VerifyService } from './ui/run/verifyService.ts';
import { StatusBar } from './ui/statusBar.ts';
import { VirtualDocuments } from './ui/virtualDocuments.ts';

/** Builds and owns everything, in order; disposes it in reverse. */
export class Services implements vscode.Disposable {
  /** Of the extension. */
  readonly version: string;
  readonly extensionUri: vscode.Uri;
  readonly log: vscode.LogOutputChannel;
  readonly report: Report;
  readonly secrets: Secrets;
  readonly environments: EnvironmentStore;
  readonly fleet: Fleet;
  readonly alerts: Alerts;
  readonly tunnels: Tunnels;
  readonly approvals: Approvals;
  readonly consistency: ConsistencyStore;
  readonly keyspaces: () => Promise<KeyspaceStore>;
  readonly flags: FlagBoard;
  readonly health: HealthView;
  readonly statusBar: StatusBar;
  readonly documents: VirtualDocuments;
  readonly checklists: ChecklistStore;
  readonly reader: ChecklistReader;
  readonly evidence: EvidenceStore;
  readonly rollouts: RolloutStore;
  readonly checklistView: ChecklistView;
  readonly runs: () => Promise<RunService>;
  readonly verifying: () => Promise<VerifyService>;
  /** Carries out what changes an environment: the only way to do so. */
  readonly operations: () => Promise<OperationService>;
  readonly historyStore: () => Promise<HistoryStore>;
  readonly history: HistoryView;
  readonly dashboards: () => Promise<Dashboards>;
  readonly recorder: () => Promise<Recorder>;
  #recording: Recorder | undefined;
  readonly #network: NetworkReturn;
  readonly #owned: vscode.Disposable[] = [];

  constructor({ secrets, globalState, workspaceState, extensionUri, extension, ...context }: vscode.ExtensionContext) {
    const manifest: { readonly version?: string } = extension.packageJSON;
    this.version = manifest.version ?? '';
    this.extensionUri = extensionUri;
    const own = <T extends vscode.Disposable>(one: T): T => {
      this.#owned.push(one);
      return one;
    };
    this.log = own(vscode.window.createOutputChannel('Cache Ops', { log: true }));
    this.report = createReport(this.log);
    this.secrets = own(new Secrets(secrets, globalState));
    this.environments = own(new EnvironmentStore(workspaceState));
    this.approvals = new Approvals(workspaceState);
    const { approvals } = this;
    this.tunnels = new Tunnels({
      clock: systemClock,
      secretOf: (environment) => secretLookup(environment, this.secrets),
      isAllowed: (environment, command) => approvals.isTunnelAllowed(environment, command),
      onEnded: (sentence) => this.log.warn(sentence),
    });
    own({ dispose: () => void this.tunnels.dispose() });
    this.consistency = new ConsistencyStore(workspaceState);
    this.keyspaces = once(async () => new (await import('./ui/keyspace/store.ts')).KeyspaceStore(workspaceState));
    const means = { vault: this.secrets, tunnels: this.tunnels };
    this.fleet = own(
      new Fleet({
        clock: systemClock,
        openRedis: (environment) => openRedis(environment, means),
        openService: (service, environment, needs) => openService(service, environment, { ...means, needs }),
        besides: (environment, service) => this.consistency.readingsOf(environment, service, Date.now()),
        onRead: (environment) => this.#show(environment),
      }),
    );
    this.#network = own(
      new NetworkReturn({ clock: systemClock, addresses: networkAddresses, onReturn: () => this.fleet.retry() }),
    );
    this.alerts = own(
      new Alerts({
        environments: this.environments,
        fleet: this.fleet,
        memory: workspaceState,
        report: this.report,
        offers: {
          showHealth: (environment) => this.health.revealAlerts(environment),
          remedyFor: async (rule, value) =>
            (await import('./ui/alerts/remedies.ts')).findRemedy(this.checklists, this.reader, rule, value),
        },
        onDidChange: (environment) => this.#showAlerts(environment),
      }),
    );
    this.flags = own(openFlagBoard(this, (environment) => this.health.refresh(environment)));
    this.health = own(new HealthView(this.environments, this.fleet, this.alerts, this.flags));
    this.statusBar = own(
      new StatusBar(this.environments, this.fleet, this.alerts, (one) => this.#recording?.lastHour(one)),
    );
    this.documents = own(new VirtualDocuments());
    this.checklists = own(new ChecklistStore(workspaceState));
    const parser = once(() => loadShellParser(extensionUri));
    this.reader = new ChecklistReader(parser);
    this.evidence = own(new EvidenceStore(workspaceState, this.reader));
    const { checklists: store, environments, reader, evidence, documents, fleet } = this;
    this.rollouts = own(new RolloutStore(store));
    const shown = { store, environments, reader, evidence };
    this.checklistView = own(new ChecklistView(shown, this.rollouts, this.report));
    own(
      loaded(this.report, async () => {
        const [{ ChecklistLenses }, { ChecklistMarks }, { Linter }, { SettingsDiagnostics }] = await Promise.all([
          import('./ui/checklists/lenses.ts'),
          import('./ui/checklists/marks.ts'),
          import('./ui/lint/linter.ts'),
          import('./ui/environments/diagnostics.ts'),
        ]);
        return () => [
          new ChecklistLenses(shown),
          new ChecklistMarks(extensionUri, shown),
          new Linter({ checklists: store, environments, reader, parser, report: this.report }),
          new SettingsDiagnostics(environments),
        ];
      }),
    );
    const storage = context.globalStorageUri;
    const journal = once(async () => {
      const { openJournal } = await import('./ui/operations/journal.ts');
      return openJournal(this.secrets, storage, () => this.history.refresh());
    });
    const locks = once(async () => {
      const { environmentLocks } = await import('./clients/environmentLocks.ts');
      const { fsPath } = vscode.Uri.joinPath(storage, 'locks');
      return environmentLocks(fsPath, () => void this.#reportInterrupted());
    });
    const running = {
      journal,
      locks,
      secrets: this.secrets,
      tunnels: this.tunnels,
      fleet,
      reader,
      evidence,
      documents,
      approvals,
    };
    // Loaded with the first run or check.
    this.runs = once(async () => new (await import('./ui/run/runService.ts')).RunService(running));
    this.verifying = once(async () => new (await import('./ui/run/verifyService.ts')).VerifyService(running));
    this.historyStore = once(async () => new (await import('./ui/history/store.ts')).HistoryStore(storage));
    this.history = own(new HistoryView({ store: this.historyStore, memory: workspaceState, report: this.report }));
    this.operations = once(async () => {
      const { openOperationService } = await import('./ui/operations/open.ts');
      return openOperationService(this, await journal(), await locks());
    });
    const recordings = vscode.Uri.joinPath(context.storageUri ?? context.globalStorageUri, 'recordings').fsPath;
    // Loaded with the first reading.
    this.recorder = once(async () => {
      const { Recorder } = await import('./ui/dashboard/recorder.ts');
      const failed = (error: unknown): void => this.log.warn(`Recording: ${String(error)}`);
      return (this.#recording = own(new Recorder(recordings, fleet, failed)));
    });
    // Loaded with the first page.
    this.dashboards = once(async () => {
      const { openDashboards } = await import('./ui/dashboard/open.ts');
      return own(openDashboards(this, await this.recorder(), await this.keyspaces(), workspaceState));
    });
    own(restorePages(this));
    const timer = setTimeout(() => void this.#lookForInterrupted(storage), interruptedAfterMs);
    own({ dispose: () => clearTimeout(timer) });
    own(this.environments.onDidChange(() => this.#follow()));
    own(this.secrets.onDidChange((environmentId) => this.fleet.reopen(environmentId)));
    own(
      vscode.workspace.onDidChangeConfiguration(
        (event) =>
          (event.affectsConfiguration(`${settings.section}.${settings.intervalSeconds}`) ||
            event.affectsConfiguration(`${settings.section}.${settings.statusBar}`)) &&
          this.#follow(),
      ),
    );
    this.#follow();
  }

  dispose(): void {
    for (const one of this.#owned.toReversed()) one.dispose();
  }

  /** An operation that was under way when the editor was killed left its lock. */
  async #lookForInterrupted(storage: vscode.Uri): Promise<void> {
    try {
      const { hasStaleLock } = await import('./clients/lockFile.ts');
      if (await hasStaleLock(vscode.Uri.joinPath(storage, 'locks').fsPath)) await this.#reportInterrupted();
    } catch (error) {
      this.log.warn(`Interrupted operations could not be looked for: ${explain(error)}`);
    }
  }

  async #reportInterrupted(): Promise<void> {
    try {
      await this.history.reportInterrupted();
    } catch (error) {
      this.log.warn(`What was interrupted could not be read: ${explain(error)}`);
    }
  }

  /** Brings everything in line with the settings. */
  #follow(): void {
    this.fleet.update(this.environments.all, configuration.intervalMs());
    this.#network.update(this.fleet.isFailing);
    this.health.update();
    this.statusBar.update();
    void this.alerts.update();
  }

  #show(environment: Environment): void {
    this.#network.update(this.fleet.isFailing);
    this.alerts.read(environment);
    this.#showAlerts(environment);
    if (this.#recording) this.#recording.record(environment);
    else void this.recorder().then((recorder) => recorder.record(environment));
    for (const { report } of this.fleet.monitorsOf(environment).values())
      if (report?.failure) this.log.debug(`${environment.name}: ${report.failure.message}`);
  }

  #showAlerts(environment: Environment): void {
    this.health.refresh(environment);
    if (environment === this.environments.active) this.statusBar.update();
  }
}

/** After the start of the editor, when nobody waits for anything any more. */
const interruptedAfterMs = 3_000;

/** What the editor can start without: made once it is loaded, unless everything was disposed before. */
function loaded(report: Report, load: () => Promise<() => readonly vscode.Disposable[]>): vscode.Disposable {
  let isDisposed = false;
  let made: readonly vscode.Disposable[] = [];
  const make = async (): Promise<void> => {
    const build = await load();
    if (!isDisposed) made = build();
  };
  make().catch((error: unknown) => report('Cache Ops could not be loaded as a whole', error));
  return {
    dispose: () => {
      isDisposed = true;
      for (const one of made) one.dispose();
    },
  };
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
}

/** Loaded when the first block is run. Its WebAssembly lies beside the bundle. */
async function loadShellParser(extensionUri: vscode.Uri): Promise<ShellParser> {
  const { createShellParser } = await import('./clients/shellParser.ts');
  return createShellParser(vscode.Uri.joinPath(extensionUri, 'dist', 'shell.wasm').fsPath);
}
