import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommand } from './command.ts';

/** What promtool, the checker that comes with Prometheus, says of a file. */
export type Checked =
  | { readonly kind: 'accepted' }
  /** `why` is what it printed. */
  | { readonly kind: 'refused'; readonly why: string }
  /** It is not installed where the editor's extensions run, or did not end. */
  | { readonly kind: 'notChecked' };

const timeoutMs = 10_000;

/** Checks a text as a file of rules or a configuration, before it is written anywhere that counts. */
export async function checkWithPromtool(
  kind: 'rules' | 'config',
  text: string,
  signal: AbortSignal,
  promtool = 'promtool',
): Promise<Checked> {
  const folder = await mkdtemp(join(tmpdir(), 'cache-ops-promtool-'));
  const file = join(folder, `${kind}.yml`);
  try {
    await writeFile(file, text);
    const options = { directory: folder, timeoutMs, signal };
    // A configuration names other files, relative to a place that this copy is not at: its syntax alone is checked.
    const args = kind === 'rules' ? ['check', 'rules', file] : ['check', 'config', '--syntax-only', file];
    const { exitCode, stdout, stderr } = await runCommand([promtool, ...args], options);
    if (exitCode === 0) return { kind: 'accepted' };
    const said = `${stdout}\n${stderr}`.replaceAll(file, `${kind}.yml`).replaceAll(/\s+/g, ' ').trim();
    return { kind: 'refused', why: said };
  } catch {
    return { kind: 'notChecked' };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
