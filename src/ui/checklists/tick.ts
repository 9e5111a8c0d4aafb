import * as vscode from 'vscode';
import { readTextFile, replaceFile } from '../../clients/files.ts';
import { OpsError } from '../../core/errors.ts';
import { planTick } from '../../core/checklist/tick.ts';
import { largestChecklistBytes, openDocumentOf } from './document.ts';
import type { ChecklistTreeNode } from './tree.ts';

/**
 * Sets one box: in an open document as an edit that can be undone, in a closed one by writing the file as a whole.
 * Exactly one character changes. Throws OpsError, with nothing changed, when the line is not what the tree showed.
 */
export async function tick(element: ChecklistTreeNode, checked: boolean): Promise<void> {
  if (element.kind !== 'node' || element.node.kind !== 'item') return;
  const { document, node: item, text: shownText } = element;
  const name = vscode.workspace.asRelativePath(document.uri);
  const open = openDocumentOf(document.uri);
  if (open) return tickOpen(open, planTick({ name, text: open.getText(), shownText, item, checked }));
  const file = await readTextFile(document.uri.fsPath, largestChecklistBytes);
  const change = planTick({ name, text: file.text, shownText, item, checked });
  if (!change) return;
  const content = Uint8Array.from(file.bytes);
  content[Buffer.byteLength(file.text.slice(0, change.offset))] = change.character.charCodeAt(0);
  await replaceFile(document.uri.fsPath, file.bytes, content);
}

async function tickOpen(open: vscode.TextDocument, change: ReturnType<typeof planTick>): Promise<void> {
  if (!change) return;
  const edit = new vscode.WorkspaceEdit();
  edit.replace(
    open.uri,
    new vscode.Range(open.positionAt(change.offset), open.positionAt(change.offset + 1)),
    change.character,
  );
  if (!(await vscode.workspace.applyEdit(edit))) {
    throw new OpsError(
      'conflict',
      `${vscode.workspace.asRelativePath(open.uri)} was not changed: the editor refused the edit.`,
      {
        next: 'It may be read-only, or have been changed meanwhile. Look at it and try again.',
      },
    );
  }
}
