import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { applyEdits, modify } from 'jsonc-parser';

const TEMPLATE = join(import.meta.dirname, 'workspace');

/**
 * Makes the sample workspace from its template. Files that are there already are kept, with the ticks and the flags
 * someone has set in them.
 */
export async function copyWorkspace(folder: string): Promise<void> {
  await mkdir(join(folder, 'run'), { recursive: true });
  await cp(TEMPLATE, folder, { recursive: true, force: false });
}

/** Writes these settings into `.vscode/settings.json`, and leaves the others and the comments in it alone. */
export async function writeWorkspaceSettings(
  folder: string,
  settings: Readonly<Record<string, unknown>>,
): Promise<void> {
  const file = join(folder, '.vscode/settings.json');
  const format = { formattingOptions: { insertSpaces: true, tabSize: 2 } };
  await mkdir(join(folder, '.vscode'), { recursive: true });
  let text = await readFile(file, 'utf8').catch(() => '{}\n');
  for (const [key, value] of Object.entries(settings)) text = applyEdits(text, modify(text, [key], value, format));
  await writeFile(file, text);
}
