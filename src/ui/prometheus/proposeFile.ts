import path from 'node:path';
import * as vscode from 'vscode';
import type { Environment } from '../../core/environment/environment.ts';
import { OpsError } from '../../core/errors.ts';
import type { Checked } from '../../clients/promtool.ts';
import type { Services } from '../../services.ts';

const largestFileBytes = 5 * 1024 * 1024;

export interface Proposal {
  readonly environment: Environment;
  /** Of the command. */
  readonly title: string;
  /** Names of files that are probably meant. */
  readonly likely: RegExp;
  /** Offered where there is none: a path below the folder. */
  readonly fresh: string;
  /** What the file will hold; `before` is undefined for a new one. `notes`: sentences to know before saying yes. */
  make(name: string, before: string | undefined): { readonly text: string; readonly notes: readonly string[] };
  /** Holds the text against what will read it. */
  check(text: string): Promise<Checked>;
}

/**
 * Asks for a YAML file, shows what would change in it, and writes it whole once that was said yes to. Resolves to the
 * file; undefined when left, or nothing is to change. Throws OpsError where it may not or cannot be written.
 */
export async function proposeFile(services: Services, proposal: Proposal): Promise<vscode.Uri | undefined> {
  const file = await chooseFile(proposal);
  if (!file) return undefined;
  const name = vscode.workspace.asRelativePath(file);
  refuseUnsaved(file, name);
  const { readTextFile, replaceFile } = await import('../../clients/files.ts');
  const before = (await exists(file)) ? await readTextFile(file.fsPath, largestFileBytes) : undefined;
  const { text, notes } = proposal.make(name, before?.text);
  if (text === before?.text) {
    void vscode.window.showInformationMessage(`${name} says all of it already; nothing was written.`);
    return undefined;
  }
  const checked = await proposal.check(text);
  const proposed = services.documents.add(`${path.basename(file.path)} as proposed`, text, 'yml');
  if (before) await vscode.commands.executeCommand('vscode.diff', file, proposed, `${name}: as it is ↔ as proposed`);
  else await vscode.window.showTextDocument(proposed, { preview: true, preserveFocus: true });
  if (checked.kind === 'refused') {
    throw new OpsError('file', `promtool would refuse ${name} as proposed, so nothing was written: ${checked.why}`, {
      next: 'Correct what stands in the file already.',
    });
  }
  const says = [
    checked.kind === 'accepted' ? 'promtool accepts it.' : 'promtool is not installed here, so it is not checked.',
    ...notes,
  ];
  const write = 'Write File';
  // No modal: it would lie on top of what it asks about.
  const answer = await vscode.window.showInformationMessage(
    `${proposal.title}: write ${name}? ${says.join(' ')}`,
    write,
    'Cancel',
  );
  if (answer !== write) return undefined;
  refuseUnsaved(file, name);
  if (before) await replaceFile(file.fsPath, before.bytes, new TextEncoder().encode(text));
  else await writeFresh(file, text);
  return file;
}

/** What somebody typed would be lost, or this would be. */
function refuseUnsaved(file: vscode.Uri, name: string): void {
  const isUnsaved = vscode.workspace.textDocuments.some((one) => one.isDirty && one.uri.toString() === file.toString());
  if (isUnsaved)
    throw new OpsError('conflict', `${name} has changes that are not saved; nothing was written.`, {
      next: 'Save it first.',
    });
}

async function writeFresh(file: vscode.Uri, text: string): Promise<void> {
  const { writeNewFile } = await import('../../clients/newFile.ts');
  const written = await writeNewFile(file.fsPath, text);
  if (written !== file.fsPath)
    void vscode.window.showWarningMessage(`${file.fsPath} appeared meanwhile; it was written to ${written} instead.`);
}

async function chooseFile({ environment, title, likely, fresh }: Proposal): Promise<vscode.Uri | undefined> {
  const folder = environment.folder === undefined ? undefined : vscode.Uri.parse(environment.folder);
  const root = folder ?? vscode.workspace.workspaceFolders?.[0]?.uri;
  if (!root) throw new OpsError('file', 'No folder is open to write to.', { next: 'Open one first.' });
  const found = await vscode.workspace.findFiles(
    new vscode.RelativePattern(root, '**/*.{yaml,yml}'),
    '**/{node_modules,.git,.venv,vendor,.vscode}/**',
    200,
  );
  const meant = found.filter((uri) => likely.test(path.posix.basename(uri.path)));
  const items = meant
    .toSorted((a, b) => a.path.localeCompare(b.path))
    .map((uri) => ({ label: vscode.workspace.asRelativePath(uri), description: 'what else it holds stays', uri }));
  const made = vscode.Uri.joinPath(root, fresh);
  const offerFresh = !meant.some((uri) => uri.path === made.path);
  const other = { label: '$(folder-opened) Another File…', description: '', uri: undefined };
  const chosen = await vscode.window.showQuickPick(
    [...items, ...(offerFresh ? [{ label: `$(new-file) ${fresh}`, description: 'new', uri: made }] : []), other],
    { title: `${title}: ${environment.name}`, placeHolder: 'Which file?', ignoreFocusOut: true },
  );
  if (!chosen || chosen.uri) return chosen?.uri;
  return (await vscode.window.showOpenDialog({ title, defaultUri: root, canSelectMany: false }))?.[0];
}

async function exists(file: vscode.Uri): Promise<boolean> {
  try {
    await vscode.workspace.fs.stat(file);
    return true;
  } catch {
    return false;
  }
}
