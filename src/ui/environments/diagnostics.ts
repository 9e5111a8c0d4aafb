import * as vscode from 'vscode';
import type { SettingProblem } from '../../core/environment/environment.ts';
import { findDuplicateNames, locateProblem } from '../../core/environment/locate.ts';
import { commands } from '../ids.ts';
import type { EnvironmentScope, EnvironmentStore, FoundProblem } from './store.ts';

/** Puts what is wrong with the environments into the Problems panel, at its line, and offers to move secrets away. */
export class SettingsDiagnostics implements vscode.Disposable, vscode.CodeActionProvider {
  readonly #environments: EnvironmentStore;
  readonly #collection = vscode.languages.createDiagnosticCollection('cacheOps');
  readonly #subscription: vscode.Disposable;
  readonly #fixable = new WeakMap<vscode.Diagnostic, FoundProblem>();
  #generation = 0;

  constructor(environments: EnvironmentStore) {
    this.#environments = environments;
    this.#subscription = vscode.Disposable.from(
      this.#collection,
      environments.onDidChange(() => void this.#update()),
      vscode.languages.registerCodeActionsProvider([{ language: 'jsonc', scheme: 'file' }], this, {
        providedCodeActionKinds: [vscode.CodeActionKind.QuickFix],
      }),
    );
    void this.#update();
  }

  provideCodeActions(document: vscode.TextDocument, range: vscode.Range): vscode.CodeAction[] {
    const here = (this.#collection.get(document.uri) ?? []).filter((one) => one.range.intersection(range));
    return here.flatMap((diagnostic) => {
      const fixable = this.#fixable.get(diagnostic);
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
    const scopes = this.#environments.scopes;
    const found = await Promise.all(scopes.map((scope) => this.#diagnose(scope)));
    if (generation !== this.#generation) return;
    this.#collection.clear();
    this.#collection.set(found.flatMap((one) => (one ? [one] : [])));
  }

  async #diagnose(scope: EnvironmentScope): Promise<[vscode.Uri, vscode.Diagnostic[]] | undefined> {
    if (!scope.file) return undefined;
    const saved = new TextDecoder().decode(await vscode.workspace.fs.readFile(scope.file));
    const problems = [...scope.problems, ...findDuplicateNames(saved, scope.kind)];
    if (problems.length === 0) return undefined;
    const document = await vscode.workspace.openTextDocument(scope.file);
    return [scope.file, problems.map((problem) => this.#diagnostic(problem, scope, document))];
  }

  #diagnostic(problem: SettingProblem, scope: EnvironmentScope, document: vscode.TextDocument): vscode.Diagnostic {
    const place = locateProblem(document.getText(), problem, scope.kind) ?? { offset: 0, length: 0 };
    const range = new vscode.Range(document.positionAt(place.offset), document.positionAt(place.offset + place.length));
    const severity = problem.severity === 'error' ? vscode.DiagnosticSeverity.Error : vscode.DiagnosticSeverity.Warning;
    const diagnostic = new vscode.Diagnostic(range, problem.message, severity);
    diagnostic.source = 'Cache Ops';
    diagnostic.code = problem.code;
    if (problem.code === 'clearTextSecret') this.#fixable.set(diagnostic, { problem, scope });
    return diagnostic;
  }
}
