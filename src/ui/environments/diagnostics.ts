import * as vscode from 'vscode';
import type { SettingProblem } from '../../core/environment/environment.ts';
import { findDuplicateNames, locateProblem } from '../../core/environment/locate.ts';
import { commands } from '../ids.ts';
import type { EnvironmentScope, EnvironmentStore, FoundProblem } from './store.ts';

const source = 'Cache Ops';
/** The user's own settings.json has no place in the workspace; it can be diagnosed while it is open. */
const userSettingsScheme = 'vscode-userdata';

/** Puts what is wrong with the environments into the Problems panel, at its line, and offers to move secrets away. */
export class SettingsDiagnostics implements vscode.Disposable, vscode.CodeActionProvider {
  readonly #environments: EnvironmentStore;
  readonly #collection = vscode.languages.createDiagnosticCollection('cacheOps');
  readonly #subscription: vscode.Disposable;
  /** By its text, since the editor hands diagnostics back as copies. */
  readonly #fixable = new Map<string, FoundProblem>();
  #generation = 0;

  constructor(environments: EnvironmentStore) {
    this.#environments = environments;
    const again = ({ uri }: vscode.TextDocument): void => {
      if (isUserSettings(uri) || environments.scopes.some(({ file }) => file?.toString() === uri.toString()))
        void this.#update();
    };
    this.#subscription = vscode.Disposable.from(
      this.#collection,
      environments.onDidChange(() => void this.#update()),
      // Positions move while one types, and a second environment of a name leaves no trace in the settings as they are read.
      vscode.workspace.onDidChangeTextDocument(({ document }) => again(document)),
      vscode.workspace.onDidSaveTextDocument(again),
      vscode.workspace.onDidOpenTextDocument(again),
      vscode.languages.registerCodeActionsProvider(
        [
          { language: 'jsonc', scheme: 'file' },
          { language: 'jsonc', scheme: userSettingsScheme },
        ],
        this,
        { providedCodeActionKinds: [vscode.CodeActionKind.QuickFix] },
      ),
    );
    void this.#update();
  }

  provideCodeActions(
    _document: vscode.TextDocument,
    _range: vscode.Range,
    context: vscode.CodeActionContext,
  ): vscode.CodeAction[] {
    return context.diagnostics.flatMap((diagnostic) => {
      const fixable = diagnostic.source === source ? this.#fixable.get(diagnostic.message) : undefined;
      if (!fixable) return [];
      const action = new vscode.CodeAction('Move to the editor’s secret storage', vscode.CodeActionKind.QuickFix);
      action.command = { command: commands.moveSecret, title: action.title, arguments: [fixable] };
      action.diagnostics = [diagnostic];
      action.isPreferred = true;
      return [action];
    });
  }

  dispose(): void {
    this.#subscription.dispose();
  }

  async #update(): Promise<void> {
    const generation = ++this.#generation;
    const found = await Promise.all(this.#environments.scopes.map((scope) => this.#diagnose(scope)));
    if (generation !== this.#generation) return;
    this.#collection.clear();
    this.#collection.set(found.flatMap((one) => (one ? [one] : [])));
  }

  /** Undefined for a file that cannot be read, or that is not open and has no fault. */
  async #diagnose(scope: EnvironmentScope): Promise<[vscode.Uri, vscode.Diagnostic[]] | undefined> {
    const file = scope.file ?? vscode.workspace.textDocuments.find(({ uri }) => isUserSettings(uri))?.uri;
    if (!file) return undefined;
    try {
      const open = vscode.workspace.textDocuments.find(({ uri }) => uri.toString() === file.toString());
      const text = open?.getText() ?? new TextDecoder().decode(await vscode.workspace.fs.readFile(file));
      const problems = [...scope.problems, ...findDuplicateNames(text, scope.kind)];
      if (problems.length === 0) return undefined;
      const document = open ?? (await vscode.workspace.openTextDocument(file));
      return [file, problems.map((problem) => this.#diagnostic(problem, scope, document))];
    } catch {
      // Deleted a moment ago; the settings' own change will tell.
      return undefined;
    }
  }

  #diagnostic(problem: SettingProblem, scope: EnvironmentScope, document: vscode.TextDocument): vscode.Diagnostic {
    const place = locateProblem(document.getText(), problem, scope.kind) ?? { offset: 0, length: 0 };
    const range = new vscode.Range(document.positionAt(place.offset), document.positionAt(place.offset + place.length));
    const severity = problem.severity === 'error' ? vscode.DiagnosticSeverity.Error : vscode.DiagnosticSeverity.Warning;
    const diagnostic = new vscode.Diagnostic(range, problem.message, severity);
    diagnostic.source = source;
    diagnostic.code = problem.code;
    if (problem.code === 'clearTextSecret') this.#fixable.set(problem.message, { problem, scope });
    return diagnostic;
  }
}

function isUserSettings({ scheme, path }: vscode.Uri): boolean {
  return scheme === userSettingsScheme && path.endsWith('/settings.json');
}
