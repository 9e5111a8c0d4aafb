import * as z from 'zod/mini';
import { explain, OpsError } from '../../core/errors.ts';
import { commandWords } from '../../core/flags/commandWords.ts';
import type { Deployment } from '../../core/flags/target.ts';
import { settleMs, valueWords } from '../../core/flags/target.ts';
import type { Compose } from './compose.ts';

/** Services are created anew: a restart would keep the environment they were created with. */
export function composeDeployment(compose: Compose): Deployment {
  const { services, settleWithin = settleMs } = compose.target;
  const where = `Compose ${services.length === 1 ? 'service' : 'services'} ${services.join(', ')}`;
  const up = ['up', '--detach', '--wait', '--force-recreate', '--no-deps', ...services];
  return {
    where,
    identify: async (signal) => {
      const id = (await compose.docker(['info', '--format', '{{.ID}}'], signal)).trim();
      return { service: 'Docker', address: where, marks: { 'engine id': id } };
    },
    inspect: async (signal) => {
      try {
        await compose.find(signal);
        await compose.docker(['version', '--format', '{{.Server.Version}}'], signal);
        return { obstacles: [], warnings: [] };
      } catch (error) {
        if (signal.aborted) throw error;
        return { obstacles: [explain(error)], warnings: [] };
      }
    },
    restartCommands: () => [commandWords(compose.args(...up))],
    restart: async (_begun, { signal, onProgress }) => {
      await compose.run(up, signal, { timeoutMs: settleWithin, onLine: onProgress });
    },
    effective: (name, signal) => effective(compose, name, where, signal),
  };
}

const variables = z.nullable(z.array(z.string()));

async function effective(
  compose: Compose,
  name: string,
  where: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const ids = (await compose.run(['ps', '--quiet', ...compose.target.services], signal)).trim().split(/\s+/);
  if (ids.join('') === '') throw new OpsError('busy', `No container of ${where} is running.`);
  const text = await compose.docker(['inspect', '--format', '{{json .Config.Env}}', ...ids], signal);
  const values = text
    .trim()
    .split('\n')
    .map((line) => variables.parse(JSON.parse(line))?.findLast((one) => one.startsWith(`${name}=`)))
    .map((one) => one?.slice(name.length + 1));
  const different = [...new Set(values)];
  if (different.length <= 1) return different[0];
  throw new OpsError(
    'conflict',
    `The containers of ${where} disagree on ${name}: ${different.map((one) => valueWords(one)).join(', ')}.`,
  );
}
