import { explain } from '../errors.ts';
import type { ServiceIdentity } from '../operations/identity.ts';
import type { Preparable, Prepared } from './way.ts';

/** What is left out is not even looked at; what cannot be looked at is an obstacle, so that it can be left out. */
export async function prepareAll(
  all: readonly Preparable[],
  skipped: ReadonlyMap<string, string>,
  signal: AbortSignal,
): Promise<readonly Prepared[]> {
  const prepared: Prepared[] = [];
  for (const one of all) {
    prepared.push(skipped.has(one.id) ? notPrepared(one, []) : await tryPrepare(one, signal));
  }
  return prepared;
}

async function tryPrepare(one: Preparable, signal: AbortSignal): Promise<Prepared> {
  try {
    return await one.prepare(signal);
  } catch (error) {
    if (signal.aborted) throw error;
    return notPrepared(one, [`${one.title}: ${explain(error)}`]);
  }
}

function notPrepared({ id, title }: Preparable, obstacles: readonly string[]): Prepared {
  const piece = { step: { id, title, commands: [] }, offers: [], work: () => Promise.resolve() };
  return { piece, targets: [], obstacles, warnings: [] };
}

/** Who cannot be asked now is said by `prepareAll`. */
export async function identifyAll(
  all: readonly Preparable[],
  skipped: ReadonlyMap<string, string>,
  signal: AbortSignal,
): Promise<readonly ServiceIdentity[]> {
  const asked = all.filter(({ id }) => !skipped.has(id));
  const found = await Promise.all(
    asked.map(async (one) => {
      try {
        return (await one.identify?.(signal)) ?? [];
      } catch (error) {
        if (signal.aborted) throw error;
        return [];
      }
    }),
  );
  return found.flat();
}
