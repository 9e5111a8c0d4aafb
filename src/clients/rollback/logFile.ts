import { mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { OpsError } from '../../core/errors.ts';

/** Appends a line to the rollback log, which is made where it is not there yet; one item of a list in a Markdown file. */
export async function appendLogLine(path: string, line: string): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true });
    const file = await open(path, 'a+');
    try {
      const { size } = await file.stat();
      const last = size === 0 ? '\n' : (await file.read(Buffer.alloc(1), 0, 1, size - 1)).buffer.toString();
      await file.appendFile(`${last === '\n' ? '' : '\n'}${/\.md$/i.test(path) ? '- ' : ''}${line}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new OpsError('file', `The rollback was not written down in ${path} (${reason}).`, {
      cause,
      next: `Write it down by hand: ${line}`,
    });
  }
}
