import * as vscode from 'vscode';
import type { LintFinding, LintFix } from '../../core/checklist/lint/types.ts';
import { settings } from '../ids.ts';
import type { Linted } from './linter.ts';

/** Quick fixes: the edits that are certainly right, and the way to the rule's setting. */
export class LintActions implements vscode.CodeActionProvider, vscode.Disposable {
  readonly #lintedOf: (uri: vscode.Uri) => Linted | undefined;
  readonly #registration: vscode.Disposable;

  constructor(lintedOf: (uri: vscode.Uri) => Linted | undefined) {
    this.#lintedOf = lintedOf;
    this.#registration = vscode.languages.registerCodeActionsProvider({ language: 'markdown' }, this, {
      providedCodeActionKinds: [vscode.CodeActionKind.QuickFix],
    });
  }

  provideCodeActions(
    document: vscode.TextDocument,
    range: vscode.Range,
    { diagnostics }: vscode.CodeActionContext,
  ): vscode.CodeAction[] {
    const linted = this.#lintedOf(document.uri);
    // Offsets are those of the text that was read; a newer one is read in a moment.
    if (!linted || linted.text !== document.getText()) return [];
    return linted.findings.flatMap((finding) => {
      const place = rangeIn(document, finding.range.start, finding.range.end);
      if (!place.intersection(range)) return [];
      const shown = diagnostics.filter(({ code, range: at }) => code === finding.rule && at.isEqual(place));
      const fixes = finding.fixes.map((fix, index) => fixOf(document, fix, index === 0));
      return [...fixes, settingOf(finding)].map((action) => Object.assign(action, { diagnostics: shown }));
    });
  }

  dispose(): void {
    this.#registration.dispose();
  }
}

function fixOf(document: vscode.TextDocument, { title, edits }: LintFix, isPreferred: boolean): vscode.CodeAction {
  const action = new vscode.CodeAction(title, vscode.CodeActionKind.QuickFix);
  action.edit = new vscode.WorkspaceEdit();
  for (const { offset, length, content } of edits)
    action.edit.replace(document.uri, rangeIn(document, offset, offset + length), content);
  action.isPreferred = isPreferred;
  return action;
}

function settingOf({ rule }: LintFinding): vscode.CodeAction {
  const action = new vscode.CodeAction(`Change or Turn Off the Rule ${rule}…`, vscode.CodeActionKind.QuickFix);
  const id = `@id:${settings.section}.${settings.lintRules}`;
  action.command = { command: 'workbench.action.openSettings', title: action.title, arguments: [id] };
  return action;
}

function rangeIn(document: vscode.TextDocument, start: number, end: number): vscode.Range {
  return new vscode.Range(document.positionAt(start), document.positionAt(end));
}
