import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { session } from './shared.ts';

/** Adds environments to the workspace's settings; what is returned puts back what stood there. */
export async function addEnvironments(added: Readonly<Record<string, object>>): Promise<() => Promise<void>> {
  const { window, workspace } = session();
  const file = path.join(workspace.folder, '.vscode', 'settings.json');
  const written = await readFile(file, 'utf8');
  const settings: Record<string, object> = JSON.parse(written);
  settings['cacheOps.environments'] = { ...settings['cacheOps.environments'], ...added };
  await writeFile(file, JSON.stringify(settings));
  await window.openCacheOps();
  const names = Object.keys(added);
  // So that all of them are in sight.
  await window.health.row('local').fold();
  for (const name of names) await window.health.row(name).waitFor();
  return async () => {
    await window.openCacheOps();
    await writeFile(file, written);
    for (const name of names) await window.health.row(name).waitFor('detached');
    await window.health.row('local').expand();
  };
}
