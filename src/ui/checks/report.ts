import * as vscode from 'vscode';
import type { VirtualDocuments } from '../virtualDocuments.ts';

/** Shows a report as a page that cannot be edited; as its text where there is no preview. */
export async function showReport(
  { documents }: { readonly documents: VirtualDocuments },
  title: string,
  markdown: string,
): Promise<void> {
  const uri = documents.add(title, markdown);
  try {
    await vscode.commands.executeCommand('markdown.showPreview', uri);
  } catch {
    await vscode.window.showTextDocument(uri, { preview: true, preserveFocus: true });
  }
}
