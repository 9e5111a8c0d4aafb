import { X509Certificate, createPrivateKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
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

/**
 * Reads the certificate files that an environment's TLS settings name. Throws OpsError for one that cannot be read, or is
 * not what it is named for: OpenSSL leaves out what it does not understand, and the server would be blamed.
 */
export async function readPem(
  environment: Environment,
  tls: TlsSettings | undefined,
  passphraseOf: () => Promise<string | undefined>,
): Promise<PemOptions> {
  const [ca, cert, key, passphrase] = await Promise.all([
    readPart(environment, 'ca', tls?.ca),
    readPart(environment, 'cert', tls?.cert),
    readPart(environment, 'key', tls?.key),
    passphraseOf(),
  ]);
  if (ca) certificateIn(ca);
  const certificate = cert && certificateIn(cert);
  const secret = key && keyIn(key, passphrase);
  if (certificate && secret && !certificate.checkPrivateKey(secret))
    throw new OpsError('settings', `${key.path} is not the key of ${cert.path}.`, {
      next: 'Check tls.cert and tls.key.',
    });
  return {
    rejectUnauthorized: tls?.verify ?? true,
    ...(ca && { ca: ca.text }),
    ...(cert && { cert: cert.text }),
    ...(key && { key: key.text }),
    ...(passphrase === undefined ? {} : { passphrase }),
    ...(tls?.serverName === undefined ? {} : { servername: tls.serverName }),
  };
}

interface PemFile {
  readonly setting: 'ca' | 'cert' | 'key';
  readonly path: string;
  readonly text: string;
}

async function readPart(
  environment: Environment,
  setting: PemFile['setting'],
  named: string | undefined,
): Promise<PemFile | undefined> {
  if (named === undefined) return undefined;
  const path = fromFolder(environment, named);
  try {
    return { setting, path, text: (await readTextFile(path, largestPemBytes)).text };
  } catch (error) {
    // Not even text: the binary form, DER.
    throw error instanceof OpsError && error.cause instanceof TypeError ? noPem(setting, path, error) : error;
  }
}

function certificateIn({ setting, path, text }: PemFile): X509Certificate {
  try {
    return new X509Certificate(text);
  } catch (cause) {
    throw noPem(setting, path, cause);
  }
}

function keyIn({ setting, path, text }: PemFile, passphrase: string | undefined): KeyObject {
  try {
    return createPrivateKey({ key: text, format: 'pem', ...(passphrase === undefined ? {} : { passphrase }) });
  } catch (cause) {
    if (!text.includes('ENCRYPTED')) throw noPem(setting, path, cause);
    throw new OpsError('settings', `The key in ${path} cannot be read with this passphrase.`, {
      cause,
      next: 'Set tls.passphrase to "${secret}", and the secret anew.',
    });
  }
}

function noPem(setting: PemFile['setting'], path: string, cause: unknown): OpsError {
  const what = setting === 'key' ? 'private key' : 'certificate';
  return new OpsError('settings', `${path} holds no ${what} in PEM form that can be read.`, {
    cause,
    next: `Check tls.${setting} of the environment.`,
  });
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
