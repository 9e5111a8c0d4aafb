import path from 'node:path';
import { runProgram } from '../runProgram.ts';

const root = path.resolve(import.meta.dirname, '../..');

/** Everything is bundled, so there are no dependencies; without a public address, links of the README stay as they are. */
const options = ['--no-dependencies', '--allow-missing-repository', '--no-rewrite-relative-links'];

/** Packs dist/ as it is into `file`, as `npm run package` does after building. */
export async function packageExtension(file: string): Promise<string> {
  const vsce = path.join(root, 'node_modules', '@vscode', 'vsce', 'vsce');
  const { ok, output } = await runProgram(process.execPath, [vsce, 'package', ...options, '--out', file], {
    timeoutMs: 60_000,
  });
  if (!ok) throw new Error(`vsce package failed:\n${output}`);
  return file;
}
