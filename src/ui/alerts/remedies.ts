import * as vscode from 'vscode';
import type { AlertRule } from '../../core/watch/rule.ts';
import { remedyFor } from '../../core/watch/troubleshooting.ts';
import type { ChecklistStore } from '../checklists/store.ts';
import type { ChecklistReader } from '../run/reader.ts';

/** A section of a checklist that says what to do about an alert. */
export interface FoundRemedy {
  readonly title: string;
  readonly uri: vscode.Uri;
  /** Zero-based. */
  readonly line: number;
}

/** The best section of all checklists of the window; undefined where none fits. `value` is what was read. */
export async function findRemedy(
  store: ChecklistStore,
  reader: ChecklistReader,
  rule: AlertRule,
  value: number | undefined,
): Promise<FoundRemedy | undefined> {
  await store.load();
  let best: (FoundRemedy & { readonly fit: number }) | undefined;
  for (const document of store.documents) {
    await reader.prepare(document);
    const understood = reader.understoodOf(document);
    const remedy = understood && remedyFor(understood, rule, value);
    if (remedy && remedy.fit > (best?.fit ?? 0))
      best = { title: remedy.title, uri: document.uri, line: remedy.range.line, fit: remedy.fit };
  }
  return best;
}

export async function openRemedy({ uri, line }: FoundRemedy): Promise<void> {
  const document = await vscode.workspace.openTextDocument(uri);
  const at = new vscode.Position(Math.min(line, document.lineCount - 1), 0);
  const editor = await vscode.window.showTextDocument(document, { selection: new vscode.Range(at, at) });
  editor.revealRange(new vscode.Range(at, at), vscode.TextEditorRevealType.AtTop);
}
