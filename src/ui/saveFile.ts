import * as vscode from 'vscode';

export interface FileToSave {
  /** Of the dialog. */
  readonly title: string;
  /** `{ JSON: ['json'] }`: extensions by what they are called. */
  readonly filters: Readonly<Record<string, string[]>>;
  /** What the dialog proposes, and in which folder. */
  readonly name: string;
  readonly folder: vscode.Uri | undefined;
}

/** Asks where to, and writes what `textFor` gives for it; undefined when the dialog was left. */
export async function saveFile(
  { title, filters, name, folder }: FileToSave,
  textFor: (file: vscode.Uri) => string | Promise<string>,
): Promise<vscode.Uri | undefined> {
  const file = await vscode.window.showSaveDialog({
    title,
    filters,
    ...(folder ? { defaultUri: vscode.Uri.joinPath(folder, name) } : {}),
  });
  if (file) await vscode.workspace.fs.writeFile(file, new TextEncoder().encode(await textFor(file)));
  return file;
}
