import * as vscode from 'vscode';
import type { Environment, SettingProblem } from '../../core/environment/environment.ts';
import { readEnvironments } from '../../core/environment/read.ts';
import { settings } from '../ids.ts';
import { settingsUri } from './settingsFile.ts';

const activeKey = 'environments.active';

/** Where a set of environments is written, and what is wrong with it. */
export interface EnvironmentScope {
  /** The settings file or workspace file; undefined for the user's settings, whose place no API tells. */
  readonly file: vscode.Uri | undefined;
  readonly kind: 'settings' | 'workspaceFile';
  readonly environments: readonly Environment[];
  /** Of all its environments, usable or not. */
  readonly names: readonly string[];
  readonly problems: readonly SettingProblem[];
  readonly invalid: readonly { readonly name: string; readonly problems: readonly SettingProblem[] }[];
}

export interface FoundProblem {
  readonly problem: SettingProblem;
  readonly scope: EnvironmentScope;
}

/**
 * The environments of the window and which of them is active. A name in a folder hides the same name in the workspace
 * file, and that one the user's. In an untrusted workspace there are none.
 */
export class EnvironmentStore implements vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.#changed.event;
  readonly #memory: vscode.Memento;
  readonly #subscription: vscode.Disposable;
  #scopes: readonly EnvironmentScope[] = [];
  #all: readonly Environment[] = [];

  constructor(memory: vscode.Memento) {
    this.#memory = memory;
    this.#read();
    const again = (): void => {
      this.#read();
      this.#changed.fire();
    };
    this.#subscription = vscode.Disposable.from(
      this.#changed,
      vscode.workspace.onDidGrantWorkspaceTrust(again),
      vscode.workspace.onDidChangeWorkspaceFolders(again),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration(`${settings.section}.${settings.environments}`)) again();
      }),
    );
  }

  get all(): readonly Environment[] {
    return this.#all;
  }

  get scopes(): readonly EnvironmentScope[] {
    return this.#scopes;
  }

  /**
   * The one chosen last in this workspace. Until one is chosen: the first that is no production, so that nobody works
   * on production without having said so; production only when there is nothing else.
   */
  get active(): Environment | undefined {
    const chosen = this.#memory.get<string>(activeKey);
    return (
      this.#all.find(({ id }) => id === chosen) ?? this.#all.find(({ tier }) => tier !== 'production') ?? this.#all[0]
    );
  }

  async activate(environment: Environment): Promise<void> {
    await this.#memory.update(activeKey, environment.id);
    this.#changed.fire();
  }

  /** The folder's name, where there is more than one folder. */
  folderNameOf({ folder }: Environment): string | undefined {
    if (folder === undefined || (vscode.workspace.workspaceFolders?.length ?? 0) < 2) return undefined;
    return vscode.workspace.workspaceFolders?.find(({ uri }) => uri.toString() === folder)?.name;
  }

  /** What is wrong with an environment that is usable all the same: a secret in clear text. */
  warningsOf(environment: Environment): readonly FoundProblem[] {
    const scope = this.#scopes.find(({ environments }) => environments.some(({ id }) => id === environment.id));
    const problems = scope?.problems.filter(({ path }) => path[0] === environment.name) ?? [];
    return scope ? problems.map((problem) => ({ problem, scope })) : [];
  }

  /** The problem that a row or a quick fix was made for, if it still is one. */
  findProblem(argument: unknown): FoundProblem | undefined {
    if (typeof argument !== 'object' || argument === null || !('problem' in argument)) return undefined;
    const found = this.#scopes.flatMap((scope) => scope.problems.map((problem) => ({ scope, problem })));
    return found.find(({ problem }) => problem === argument.problem);
  }

  dispose(): void {
    this.#subscription.dispose();
  }

  #read(): void {
    this.#scopes = vscode.workspace.isTrusted ? readScopes() : [];
    const hidden = new Set<string>();
    this.#all = this.#scopes.flatMap(({ environments, names, file }) => {
      const shown = environments.filter(({ name, folder }) => folder !== undefined || !hidden.has(name));
      // A broken environment hides its namesake too: it is the one that was meant.
      if (file) for (const name of names) hidden.add(name);
      return shown.map((environment) => this.#sameAsBefore(environment));
    });
  }

  /** What did not change stays the same object, so that whoever watches it can go on. */
  #sameAsBefore(environment: Environment): Environment {
    const text = JSON.stringify(environment);
    return this.#all.find((known) => known.id === environment.id && JSON.stringify(known) === text) ?? environment;
  }
}

/** Folders first, then the workspace file, then the user's settings. */
function readScopes(): readonly EnvironmentScope[] {
  const scopes: EnvironmentScope[] = [];
  const { workspaceFolders: folders = [], workspaceFile } = vscode.workspace;
  const add = (file: vscode.Uri | undefined, kind: EnvironmentScope['kind'], raw: unknown, folder?: string): void => {
    if (raw === undefined) return;
    const read = readEnvironments(raw, folder, folder ?? file?.toString());
    scopes.push({ file, kind, names: [...read.environments, ...read.invalid].map(({ name }) => name), ...read });
  };
  for (const { uri } of folders) add(settingsUri(uri), 'settings', inspect(uri)?.workspaceFolderValue, uri.toString());
  const inspected = inspect(undefined);
  if (workspaceFile) add(workspaceFile, 'workspaceFile', inspected?.workspaceValue);
  add(undefined, 'settings', inspected?.globalValue);
  return scopes;
}

function inspect(resource: vscode.Uri | undefined) {
  return vscode.workspace.getConfiguration(settings.section, resource).inspect<unknown>(settings.environments);
}
