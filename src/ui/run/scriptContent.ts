import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';

/**
 * What is approved when a team's own check script is: the command together with the script's content, so that a changed
 * script has to be approved again. Undefined for a command that is not one script of the workspace: `./scripts/check.sh`.
 */
export async function scriptContent(code: string, directory: string): Promise<string | undefined> {
  const file = /^(?:(?:ba)?sh\s+)?(\.{0,2}[\w./-]+\.(?:sh|bash|py))(?:\s|$)/.exec(code.trim())?.[1];
  if (file === undefined) return undefined;
  try {
    const content = await readFile(path.resolve(directory, file));
    return `${code}\n${createHash('sha256').update(content).digest('hex')}`;
  } catch {
    return undefined;
  }
}
