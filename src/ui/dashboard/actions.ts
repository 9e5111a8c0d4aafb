import * as vscode from 'vscode';
import { promqlAddress, grafanaAddress } from '../../core/dashboard/addresses.ts';
import type { View } from '../../core/dashboard/model.ts';
import type { PageMessage } from '../../core/dashboard/protocol.ts';
import { endOf } from '../../core/dashboard/range.ts';
import type { Environment } from '../../core/environment/environment.ts';
import { OpsError } from '../../core/errors.ts';
import { commands } from '../ids.ts';
import type { PanelContext } from './panel.ts';

type Action = Exclude<PageMessage, { type: 'ready' | 'show' | 'remember' | 'refresh' | 'painted' }>;

/** Does what a button of the page asks for. All it can name is what it was given before. */
export async function act(
  message: Action,
  environment: Environment,
  { markers }: PanelContext,
  view: View | undefined,
): Promise<void> {
  switch (message.type) {
    case 'do':
      await vscode.commands.executeCommand(
        commands[message.action === 'openSettings' ? 'openEnvironmentSettings' : message.action],
        {
          kind: 'environment',
          environment,
        },
      );
      return;
    case 'save':
      return save(message);
    case 'openMarker':
      if (view?.markers.some(({ id }) => id === message.id)) await markers.open(environment, message.id);
      return;
    case 'copyQueries': {
      const queries = queriesOf(view, message.chart);
      await vscode.env.clipboard.writeText(queries.map(({ label, query }) => `# ${label}\n${query}\n`).join('\n'));
      vscode.window.setStatusBarMessage(
        `Cache Ops: ${queries.length === 1 ? 'the query is' : `${queries.length} queries are`} in the clipboard.`,
        4_000,
      );
      return;
    }
    case 'openQuery': {
      const queries = queriesOf(view, message.chart).map(({ query }) => query);
      if (!view || queries.length === 0) return;
      const span = { fromMs: view.grid.fromMs, toMs: endOf(view.grid) };
      const { prometheus, grafana } = environment.settings;
      const address =
        message.in === 'grafana'
          ? grafana && grafanaAddress(grafana.url, queries, span)
          : prometheus && promqlAddress(prometheus.url, queries, span);
      if (address !== undefined) await openAsItIs(address);
      return;
    }
  }
}

function queriesOf(view: View | undefined, chart: string) {
  return view?.charts.find(({ id }) => id === chart)?.queries ?? [];
}

const filters = { png: { 'PNG picture': ['png'] }, svg: { 'SVG picture': ['svg'] }, csv: { 'Table (CSV)': ['csv'] } };

/** Asks where; the editor itself asks before it replaces a file. */
async function save({ name, format, content }: Extract<Action, { type: 'save' }>): Promise<void> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const file = `${name}.${format}`;
  const options = { title: `Save ${file}`, filters: filters[format] };
  const uri = await vscode.window.showSaveDialog(
    folder ? { ...options, defaultUri: vscode.Uri.joinPath(folder, file) } : options,
  );
  if (!uri) return;
  try {
    await vscode.workspace.fs.writeFile(uri, Buffer.from(content, format === 'png' ? 'base64' : 'utf8'));
  } catch (cause) {
    throw new OpsError('file', `${uri.fsPath} could not be written; nothing was saved.`, {
      cause,
      next: 'Choose another folder.',
    });
  }
}

/** The editor takes an address as text too, and then leaves it alone; of a Uri it would decode the query. */
function openAsItIs(address: string): Thenable<boolean> {
  return Reflect.apply(vscode.env.openExternal, vscode.env, [address]);
}
