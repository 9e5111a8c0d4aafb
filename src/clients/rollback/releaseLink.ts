import { randomUUID } from 'node:crypto';
import { readlink, rename, stat, symlink, unlink } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { OpsError } from '../../core/errors.ts';
import { commandWords } from '../../core/flags/commandWords.ts';
import type { Preparable, Prepared } from '../../core/rollback/way.ts';

export interface ReleaseLink {
  /** The symbolic link to the version in use. */
  readonly link: string;
  /** What it pointed to before; undefined: what a link named “previous” beside it points to. */
  readonly previous: string | undefined;
}

/** The link back to the release before; replaced as a whole, so that it always points to one of the two. */
export function releaseLink(wish: ReleaseLink): Preparable {
  const title = `Point ${wish.link} to the release before`;
  return { id: 'link', title, prepare: () => prepare(wish, title) };
}

async function prepare({ link, previous }: ReleaseLink, title: string): Promise<Prepared> {
  const now = await targetOf(link);
  const before = previous ?? (await targetOf(join(dirname(link), 'previous')));
  const obstacles: string[] = [];
  if (now === undefined) obstacles.push(`${link} is no symbolic link.`);
  if (before === undefined)
    obstacles.push(
      `What ${link} pointed to before is not known: set rollback.previous, or keep a link named “previous” beside it.`,
    );
  else if (!(await isThere(resolve(dirname(link), before)))) obstacles.push(`${before} does not exist (any more).`);
  return {
    piece: {
      step: { id: 'link', title, commands: [commandWords(['ln', '-sfn', before ?? '', link])] },
      offers: ['retry', 'skip', 'undo'],
      work: async (step) => {
        if (now !== before) await point(link, now, before ?? '');
        step.note(`${link} pointed to ${now ?? ''}, and points to ${before ?? ''} now.`);
      },
      undo: async () => (now === before ? undefined : point(link, before, now ?? '')),
    },
    targets: [{ what: link, detail: `${now ?? 'no link'} → ${before ?? 'not known'}` }],
    obstacles,
    // As after a rollback that was interrupted: what is left to do is to start it.
    warnings: before !== undefined && before === now ? [`${link} points to ${before} already.`] : [],
    verify: async () => {
      const found = (await targetOf(link)) ?? 'nothing';
      const finding = `${link} points to ${found}`;
      if (found === before) return { verdict: { kind: 'passed' }, findings: [`${finding}.`] };
      return { verdict: { kind: 'failed', why: `${finding}, not to ${before ?? ''}` }, findings: [] };
    },
  };
}

async function point(link: string, expected: string | undefined, to: string): Promise<void> {
  const found = await targetOf(link);
  if (found !== expected)
    throw new OpsError(
      'conflict',
      `${link} points to ${found ?? 'nothing'} now, not to ${expected ?? 'nothing'}; nothing was changed.`,
    );
  const temporary = join(dirname(link), `.${randomUUID()}.link`);
  try {
    await symlink(to, temporary);
    await rename(temporary, link);
  } catch (cause) {
    await unlink(temporary).catch(() => undefined);
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new OpsError('file', `${link} could not be replaced (${reason}); it points to what it did.`, { cause });
  }
}

function targetOf(link: string): Promise<string | undefined> {
  return readlink(link).catch(() => undefined);
}

function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
