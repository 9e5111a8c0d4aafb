import { isAbsolute, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Environment } from '../core/environment/environment.ts';
import type { TlsSettings } from '../core/environment/schema.ts';
import { OpsError } from '../core/errors.ts';
import { readTextFile } from './files.ts';

/** What Node's TLS takes: PEM texts; `servername` is the name expected in the server's certificate. */
export interface PemOptions {
  readonly rejectUnauthorized: boolean;
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly passphrase?: string;
  readonly servername?: string;
}

const largestPemBytes = 1024 * 1024;

/** Reads the certificate files that an environment's TLS settings name. Throws OpsError for one that cannot be read. */
export async function readPem(
  environment: Environment,
  tls: TlsSettings | undefined,
  passphraseOf: () => Promise<string | undefined>,
): Promise<PemOptions> {
  const read = async (path: string | undefined): Promise<string | undefined> =>
    path === undefined ? undefined : (await readTextFile(fromFolder(environment, path), largestPemBytes)).text;
  const [ca, cert, key, passphrase] = await Promise.all([
    read(tls?.ca),
    read(tls?.cert),
    read(tls?.key),
    passphraseOf(),
  ]);
  return {
    rejectUnauthorized: tls?.verify ?? true,
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    ...(passphrase === undefined ? {} : { passphrase }),
    ...(tls?.serverName === undefined ? {} : { servername: tls.serverName }),
  };
}

/** Relative paths of settings start at the workspace folder. */
export function fromFolder({ name, folder }: Environment, path: string): string {
  if (isAbsolute(path)) return path;
  if (folder === undefined) {
    throw new OpsError('settings', `${name}: "${path}" is a relative path, but the environment belongs to no folder.`, {
      next: 'Write the whole path.',
    });
  }
  return join(fileURLToPath(folder), path);
}
