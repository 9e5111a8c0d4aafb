import path from 'node:path';
import { runProgram } from '../runProgram.ts';

const root = path.resolve(import.meta.dirname, '../..');

/** Packs dist/ as it is into `file`, as `npm run package` does after building. */
export async function packageExtension(file: string): Promise<string> {
  const vsce = path.join(root, 'node_modules', '@vscode', 'vsce', 'vsce');
  const args = [vsce, 'package', '--no-dependencies', '--allow-missing-repository', '--out', file];
  const { ok, output } = await runProgram(process.execPath, args, { timeoutMs: 60_000 });
  if (!ok) throw new Error(`vsce package failed:\n${output}`);
  return file;
}
