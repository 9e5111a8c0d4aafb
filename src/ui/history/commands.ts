import * as vscode from 'vscode';
import type { HistoryFilter } from '../../core/journal/filter.ts';
import { filterWords } from '../../core/journal/filterWords.ts';
import type { JournalEntry } from '../../core/journal/history.ts';
import { stateNames } from '../../core/journal/present.ts';
import type { EntryState } from '../../core/journal/present.ts';
import { kindNames } from '../../core/operations/kind.ts';
import type { Operation } from '../../core/operations/operation.ts';
import type { Plan } from '../../core/operations/plan.ts';
import { explain, OpsError } from '../../core/errors.ts';
import type { Services } from '../../services.ts';
import { showReport } from '../checks/report.ts';
import type { Command } from '../commands/command.ts';
import { commands } from '../ids.ts';
import { saveMarkdown } from '../saveMarkdown.ts';
import type { HistoryRow } from './store.ts';

/** Shows an entry as a page. Takes a row of the view, or the id of an entry. */
export const showEntry: Command = {
  name: 'Show Record',
  async run(services, argument) {
    const row = await rowOf(services, argument, 'Show Record');
    if (!row) return;
    const { entryMarkdown } = await import('../../core/journal/entryMarkdown.ts');
    const show = (now?: Plan | string): Promise<void> => {
      const { title, at } = row.entry.begun;
      return showReport(services, `${title} ${at.slice(0, 19)}`, entryMarkdown(row.entry, now));
    };
    await show();
    await services.history.see(row.entry.id);
    if (row.state !== 'interrupted') return;
    if (row.entry.begun.kind !== 'checklistRun') await show(await planNow(services, row));
    await offerToGoOn(row);
  },
};

/** Plans what was interrupted once more: the plan says what the servers show now and what is left to do. */
export const resumeOperation: Command = {
  name: 'Go On',
  async run(services, argument) {
    const row = await rowOf(services, argument, 'Go On', 'interrupted');
    if (!row) return;
    await (await services.operations()).run(await operationAgain(services, row));
  },
};

export const refreshHistory: Command = {
  name: 'Refresh History',
  run: ({ history }) => history.refresh(),
};

export const filterHistory: Command = {
  name: 'Filter History',
  async run(services) {
    const { rows } = await (await services.historyStore()).read();
    const chosen = await vscode.window.showQuickPick(filterItems(rows, services.history.filter), {
      title: 'Filter History',
      placeHolder: 'Nothing picked of one sort shows all of it',
      canPickMany: true,
    });
    if (!chosen) return;
    const valuesOf = <T>(pick: (item: FilterItem) => T | undefined): ReadonlySet<T> =>
      new Set(chosen.flatMap((item) => pick(item) ?? []));
    const filter = {
      environments: valuesOf(({ environment }) => environment),
      kinds: valuesOf(({ entryKind }) => entryKind),
      states: valuesOf(({ state }) => state),
    };
    services.history.narrow(filter, filterWords(filter));
  },
};

export const exportChangeRecord: Command = {
  name: 'Export as Change Record',
  async run(services, argument) {
    const row = await rowOf(services, argument, 'Export as Change Record');
    if (!row) return;
    const { changeRecordOf } = await import('../../core/journal/exports.ts');
    await exportAs('change', row.entry, changeRecordOf(row.entry));
  },
};

export const exportPostMortem: Command = {
  name: 'Export as Post-mortem',
  async run(services, argument) {
    const row = await rowOf(services, argument, 'Export as Post-mortem');
    if (!row) return;
    const { rows } = await (await services.historyStore()).read();
    const { postMortemOf } = await import('../../core/journal/exports.ts');
    const entries = rows.map(({ entry }) => entry);
    await exportAs('post-mortem', row.entry, postMortemOf(row.entry, entries));
  },
};

/** The operation of an entry, made anew from its request. Throws OpsError. */
async function operationAgain(services: Services, { entry: { begun } }: HistoryRow): Promise<Operation> {
  const environment = services.environments.all.find(({ id }) => id === begun.environment.id);
  if (!environment) {
    throw new OpsError('settings', `The environment ${begun.environment.name} is not set up here any more.`, {
      next: 'Set it up again under that name.',
    });
  }
  const { operationOf } = await import('../operations/registry.ts');
  return operationOf(services, environment, begun.kind, begun.request);
}

/** The plan of the same wish as things are now, or why there is none. Reads only. */
async function planNow(services: Services, row: HistoryRow): Promise<Plan | string> {
  try {
    return await (await services.operations()).plan(await operationAgain(services, row));
  } catch (error) {
    return explain(error);
  }
}

interface FilterItem extends vscode.QuickPickItem {
  readonly environment?: string;
  readonly entryKind?: JournalEntry['begun']['kind'];
  readonly state?: EntryState;
}

/** What the journal has, with how often. */
function filterItems(rows: readonly HistoryRow[], now: HistoryFilter): readonly FilterItem[] {
  const counted = <T>(valueOf: (row: HistoryRow) => T): readonly (readonly [T, string])[] =>
    [...Map.groupBy(rows, valueOf)].map(([value, { length }]) => [value, String(length)]);
  return [
    separator('Environment'),
    ...counted(({ entry }) => entry.begun.environment.name).map(([environment, description]) => ({
      label: environment,
      description,
      environment,
      picked: now.environments.has(environment),
    })),
    separator('What'),
    ...counted(({ entry }) => entry.begun.kind).map(([entryKind, description]) => ({
      label: kindNames[entryKind],
      description,
      entryKind,
      picked: now.kinds.has(entryKind),
    })),
    separator('Result'),
    ...counted(({ state }) => state).map(([state, description]) => ({
      label: stateNames[state],
      description,
      state,
      picked: now.states.has(state),
    })),
  ];
}

function separator(label: string): FilterItem {
  return { label, kind: vscode.QuickPickItemKind.Separator };
}

async function offerToGoOn({ entry }: HistoryRow): Promise<void> {
  const { begun } = entry;
  const said = `${begun.title} in ${begun.environment.name} was interrupted.`;
  if (begun.kind === 'checklistRun') {
    const open = 'Open Checklist';
    const choice = await vscode.window.showWarningMessage(`${said} The record says which commands were run.`, open);
    if (choice === open) await openChecklist(begun.request);
    return;
  }
  const again = 'Plan Again';
  const message = `${said} The record says what the servers show now. To go on, plan again: it asks before anything is changed.`;
  const choice = await vscode.window.showWarningMessage(message, again);
  if (choice === again) await vscode.commands.executeCommand(commands.resumeOperation, entry.id);
}

/** Of the request of a checklist's run. */
async function openChecklist(request: unknown): Promise<void> {
  if (typeof request !== 'object' || request === null || !('document' in request)) return;
  const [found] = await vscode.workspace.findFiles(String(request.document), undefined, 1);
  if (found) await vscode.window.showTextDocument(found);
}

/** The entry that is meant: of a row, by its id, or picked. */
async function rowOf(
  services: Services,
  argument: unknown,
  title: string,
  only?: EntryState,
): Promise<HistoryRow | undefined> {
  const store = await services.historyStore();
  if (typeof argument === 'string') return store.entry(argument);
  const id = idIn(argument);
  if (id !== undefined) return store.entry(id);
  const { rows } = await store.read();
  const items = rows
    .filter(({ state }) => only === undefined || state === only)
    .map((row) => ({
      label: row.entry.begun.title,
      description: `${row.entry.begun.environment.name} · ${stateNames[row.state]} · ${row.entry.begun.at}`,
      row,
    }));
  if (items.length === 0) {
    void vscode.window.showInformationMessage(`${title}: there is no such entry in the journal.`);
    return undefined;
  }
  return (await vscode.window.showQuickPick(items, { title }))?.row;
}

/** Commands are called with rows, but anybody can call them with anything. */
function idIn(argument: unknown): string | undefined {
  if (typeof argument !== 'object' || argument === null || !('row' in argument)) return undefined;
  const { row } = argument;
  if (typeof row !== 'object' || row === null || !('entry' in row)) return undefined;
  const { entry } = row;
  return typeof entry === 'object' && entry !== null && 'id' in entry && typeof entry.id === 'string'
    ? entry.id
    : undefined;
}

async function exportAs(what: string, { begun }: JournalEntry, markdown: string): Promise<void> {
  const { environment, at } = begun;
  const file = await saveMarkdown({ title: `Export as ${what}`, what, environment: environment.name, at }, markdown);
  if (file) await vscode.window.showTextDocument(file);
}
