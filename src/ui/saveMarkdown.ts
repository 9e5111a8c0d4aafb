import * as vscode from 'vscode';
import { fileNamePart } from '../core/fileNamePart.ts';
import { saveFile } from './saveFile.ts';

export interface MarkdownFile {
  /** Of the dialog. */
  readonly title: string;
  /** `plan`, `post-mortem`: the file's name begins with it. */
  readonly what: string;
  /** Name of the environment. */
  readonly environment: string;
  /** ISO 8601. */
  readonly at: string;
}

/** Asks where to, and writes; undefined when it was left. */
export async function saveMarkdown(
  { title, what, environment, at }: MarkdownFile,
  markdown: string,
): Promise<vscode.Uri | undefined> {
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  const name = `${what}-${fileNamePart(environment)}-${at.slice(0, 16).replaceAll(':', '')}.md`;
  return saveFile({ title, filters: { Markdown: ['md'] }, name, folder: folder?.uri }, () => markdown);
}
