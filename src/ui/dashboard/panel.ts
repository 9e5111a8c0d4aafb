import type * as vscode from 'vscode';
import type { DashboardSource } from '../../clients/dashboardSource.ts';
import type { Tunnels } from '../../clients/tunnels.ts';
import { systemClock } from '../../core/clock.ts';
import { actionFor } from '../../core/dashboard/actionFor.ts';
import type { View } from '../../core/dashboard/model.ts';
import { pageMessageSchema, pageStateSchema } from '../../core/dashboard/protocol.ts';
import type { About, HostMessage, PageMessage, PageState } from '../../core/dashboard/protocol.ts';
import { gridOf, refreshMs } from '../../core/dashboard/range.ts';
import type { Grid } from '../../core/dashboard/range.ts';
import { usualState } from '../../core/dashboard/usualState.ts';
import { loadView } from '../../core/dashboard/view.ts';
import type { Disposable } from '../../core/disposable.ts';
import type { Environment } from '../../core/environment/environment.ts';
import { explain, OpsError } from '../../core/errors.ts';
import { environmentWords } from '../../core/health/present.ts';
import { Poller } from '../../core/poller.ts';
import type { EnvironmentStore } from '../environments/store.ts';
import type { Secrets } from '../environments/secrets.ts';
import type { KeyspaceStore } from '../keyspace/store.ts';
import type { Report } from '../report.ts';
import { act } from './actions.ts';
import type { Markers } from './markers.ts';
import { sourceOf } from './overlay.ts';
import { Page } from './page.ts';
import type { Recorder } from './recorder.ts';
import { requestOf } from './request.ts';
import type { Fleet } from '../../core/health/fleet.ts';

export interface PanelContext {
  readonly extensionUri: vscode.Uri;
  readonly environments: EnvironmentStore;
  readonly fleet: Fleet;
  readonly secrets: Secrets;
  readonly tunnels: Tunnels;
  readonly recorder: Recorder;
  readonly keyspaces: KeyspaceStore;
  /** Of the workspace: how each page was left. */
  readonly memory: vscode.Memento;
  readonly markers: Markers;
  readonly report: Report;
  readonly log: vscode.LogOutputChannel;
}

/** Until the page says how wide it is. */
const usualWidthPx = 1000;

/** The dashboard of one environment, for as long as its tab is open. */
export class DashboardPanel {
  readonly panel: vscode.WebviewPanel;
  #environment: Environment;
  readonly #context: PanelContext;
  readonly #page: Page;
  #source: DashboardSource;
  readonly #owned: Disposable[] = [];
  #state: PageState;
  #widthPx = usualWidthPx;
  #stepMs = 0;
  #ticket = 0;
  #polling: { readonly poller: Poller; readonly use: Disposable } | undefined;
  #view: View | undefined;
  #failure: Extract<HostMessage, { type: 'failed' }> | undefined;

  constructor(panel: vscode.WebviewPanel, environment: Environment, context: PanelContext) {
    this.panel = panel;
    this.#environment = environment;
    this.#context = context;
    const remembered = pageStateSchema.safeParse(context.memory.get(this.#memoryKey));
    this.#state = remembered.success ? remembered.data : usualState;
    this.#source = sourceOf(environment, context);
    panel.title = titleOf(environment, context);
    this.#owned.push(
      panel.webview.onDidReceiveMessage((raw) => this.#receive(raw)),
      panel.onDidChangeViewState(() => this.#show()),
      context.secrets.onDidChange((id) => id === environment.id && this.#source.close()),
    );
    panel.onDidDispose(() => this.dispose());
    this.#page = new Page(panel.webview, context.extensionUri, () => this.#known());
    this.#owned.push(this.#page);
    // The first reading need not wait for the page.
    this.#show();
  }

  get environmentId(): string {
    return this.#environment.id;
  }

  /** The same environment by its settings as they are now; undefined: it is no longer there. */
  follow(environment: Environment | undefined): void {
    if (environment === this.#environment) return;
    this.#stop();
    this.#source.close();
    if (!environment) {
      this.#failure = {
        type: 'failed',
        message: `${this.#environment.name} is no longer in the settings; nothing is read any more.`,
        action: undefined,
      };
      this.#page.say(this.#failure);
      return;
    }
    this.#environment = environment;
    this.#source = sourceOf(environment, this.#context);
    this.panel.title = titleOf(environment, this.#context);
    this.#page.say(this.#about());
    this.#ticket += 1;
    this.#show();
  }

  /** A page nobody sees reads nothing. */
  #show(): void {
    const visible = this.panel.visible;
    if (visible && !this.#polling) this.#start();
    if (!visible) this.#stop();
  }

  #start(): void {
    this.#stop();
    // What is recorded is read for it.
    const used = [...this.#context.fleet.monitorsOf(this.#environment).entries()].flatMap(([id, monitor]) =>
      id === 'redis' || id === 'qdrant' || id === 'application' ? [monitor.use()] : [],
    );
    const grid = this.#grid();
    this.#stepMs = grid.stepMs;
    const poller = new Poller({
      intervalMs: this.#state.range.kind === 'live' ? refreshMs(grid) : refreshMs({ stepMs: Number.POSITIVE_INFINITY }),
      clock: systemClock,
      poll: (signal) => this.#read(signal),
    });
    const use = poller.use();
    const end = (): void => {
      use.dispose();
      poller.dispose();
      for (const one of used) one.dispose();
    };
    this.#polling = { poller, use: { dispose: end } };
  }

  #stop(): void {
    this.#polling?.use.dispose();
    this.#polling = undefined;
  }

  #grid(): Grid {
    return gridOf(this.#state.range, Date.now(), this.#widthPx);
  }

  async #read(signal: AbortSignal): Promise<boolean> {
    const ticket = this.#ticket;
    const current = (): boolean => !signal.aborted && ticket === this.#ticket;
    const show = (view: View): void => {
      if (!current()) return;
      this.#view = view;
      this.#failure = undefined;
      this.#page.say({ type: 'view', ticket, view });
    };
    this.#page.say({ type: 'reading', ticket });
    try {
      const onPartial = async (view: View): Promise<void> => {
        show(view);
        // Read while the editor opens the page, what is slower would hold it up.
        await this.#page.isThere;
      };
      const ask = this.#source.asker(signal);
      const view = await loadView({
        ...requestOf(this.#environment, this.#context, this.#state, this.#grid(), ask, signal),
        isFirst: !this.#view || lacksPrometheus(this.#view),
        // Only the first picture comes in two parts: later ones would flicker.
        onPartial: this.#view ? undefined : onPartial,
      });
      show(view);
      return !lacksPrometheus(view);
    } catch (error) {
      if (!current()) return true;
      this.#context.log.debug(`Dashboard of ${this.#environment.name}: ${explain(error)}`);
      const action = error instanceof OpsError ? actionFor(error) : undefined;
      this.#failure = { type: 'failed', message: explain(error), action };
      this.#page.say(this.#failure);
      return false;
    }
  }

  #receive(raw: unknown): void {
    const parsed = pageMessageSchema.safeParse(raw);
    if (!parsed.success) {
      this.#context.log.warn('A dashboard sent something that is no message of it; it was dropped.');
      return;
    }
    this.#handle(parsed.data).catch((error: unknown) => this.#context.report('Dashboard', error));
  }

  async #handle(message: PageMessage): Promise<void> {
    switch (message.type) {
      case 'ready':
        this.#widthPx = message.widthPx;
        this.#page.heard(message.shownMs);
        // Read for another width, it has another step.
        if (this.#grid().stepMs !== this.#stepMs) this.#again();
        return;
      case 'show':
        this.#remember(message.state);
        this.#widthPx = message.widthPx;
        return this.#again();
      case 'remember':
        return this.#remember(message.state);
      case 'refresh':
        return this.#polling?.poller.refresh();
      case 'painted':
        return;
      default:
        await act(message, this.#environment, this.#context, this.#view);
        // It may have changed what is to be compared with.
        if (message.type === 'do') return this.#polling?.poller.refresh();
    }
  }

  #known(): readonly HostMessage[] {
    const view = this.#view && ({ type: 'view', ticket: this.#ticket, view: this.#view } as const);
    return [this.#about(), view, this.#failure].filter((message) => message !== undefined);
  }

  get #memoryKey(): string {
    return `dashboard ${this.#environment.id}`;
  }

  #remember(state: PageState): void {
    this.#state = state;
    void this.#context.memory.update(this.#memoryKey, state);
  }

  #again(): void {
    this.#ticket += 1;
    if (this.#polling) this.#start();
  }

  #about(): About {
    const { settings, id, tier } = this.#environment;
    return {
      type: 'about',
      environmentId: id,
      title: this.#words,
      tier,
      state: this.#state,
      others: this.#context.environments.all
        .filter((one) => one.id !== id && one.settings.prometheus && one.settings.metrics)
        .map((one) => ({ id: one.id, name: one.name })),
      canOpen: { prometheus: settings.prometheus !== undefined, grafana: settings.grafana !== undefined },
      currency: settings.prices?.currency ?? 'USD',
      refreshMs: refreshMs(this.#grid()),
    };
  }

  get #words(): string {
    return wordsOf(this.#environment, this.#context);
  }

  /** The page itself stays: the editor restores it when it is opened again. */
  dispose(): void {
    this.#stop();
    this.#source.close();
    for (const one of this.#owned) one.dispose();
  }
}

/** Shown without it, since it failed before it gave anything. */
function lacksPrometheus({ sources }: View): boolean {
  return sources.some(({ state }) => state === 'failed');
}

export function titleOf(environment: Environment, context: PanelContext): string {
  return `Dashboard: ${wordsOf(environment, context)}`;
}

function wordsOf(environment: Environment, { environments }: PanelContext): string {
  return environmentWords(environment, environments.folderNameOf(environment));
}
