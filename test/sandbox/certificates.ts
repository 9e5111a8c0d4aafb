import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface Certificates {
  /** PEM files. The server's is for localhost and 127.0.0.1; server and client are signed by `ca`. */
  readonly ca: string;
  readonly server: { readonly cert: string; readonly key: string };
  readonly client: { readonly cert: string; readonly key: string };
}

/** A certificate authority of our own, and a server and a client certificate, valid for so many days; 0: for this second. */
export async function makeCertificates(folder: string, days = 1): Promise<Certificates> {
  await mkdir(folder, { recursive: true });
  const file = (name: string): string => join(folder, name);
  await writeFile(file('names'), 'subjectAltName=DNS:localhost,IP:127.0.0.1\n');
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  await run('openssl', [
    'req',
    '-x509',
    ...key,
    '-days',
    '1',
    '-subj',
    '/CN=Test CA',
    '-keyout',
    file('ca.key'),
    '-out',
    file('ca.pem'),
  ]);
  for (const who of ['server', 'client']) {
    await run('openssl', [
      'req',
      ...key,
      '-subj',
      `/CN=${who}`,
      '-keyout',
      file(`${who}.key`),
      '-out',
      file(`${who}.csr`),
    ]);
    await run('openssl', [
      'x509',
      '-req',
      '-days',
      String(days),
      '-in',
      file(`${who}.csr`),
      '-CA',
      file('ca.pem'),
      '-CAkey',
      file('ca.key'),
      '-CAcreateserial',
      '-extfile',
      file('names'),
      '-out',
      file(`${who}.pem`),
    ]);
  }
  const pair = (who: string) => ({ cert: file(`${who}.pem`), key: file(`${who}.key`) });
  return { ca: file('ca.pem'), server: pair('server'), client: pair('client') };
}
