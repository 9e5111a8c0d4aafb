import { createHash } from 'node:crypto';
import { existsSync, realpathSync } from 'node:fs';
import { chmod, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { OpsError } from '../../../src/core/errors.ts';
import { cacheFolder, exists, installOnce, run, step } from './cache.mjs';
import type { Report } from './cache.mjs';

const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';
const INDEX = 'main/binary-amd64/Packages.gz';

/** Packages of another Debian suite, and the programs in them that are wanted. */
export interface SuiteRequest {
  readonly suite: string;
  /** With all they need that this system may have in another version: their own libc among them. */
  readonly packages: readonly string[];
  /** Names below /usr/bin. */
  readonly programs: readonly string[];
}

/**
 * Programs of another Debian suite, unpacked into the user's cache and started with their own libraries; the system is
 * left as it is. Signature and checksums are Debian's. Throws an OpsError where they cannot be had. By program: its path.
 */
export async function ensureFromSuite(
  { suite, packages, programs }: SuiteRequest,
  report: Report = () => {},
): Promise<ReadonlyMap<string, string>> {
  const key = createHash('sha256').update(packages.join(' ')).digest('hex').slice(0, 12);
  const folder = cacheFolder(`debian-${suite}-${key}`);
  if (!(await exists(folder))) {
    await assertPossible();
    await step(report, `Unpacking ${programs.join(', ')} of Debian ${suite} into ${folder}`, () =>
      installOnce(folder, (temporary) => unpack(suite, packages, temporary)),
    );
  }
  const found = await Promise.all(programs.map(async (name) => [name, await writeStarter(folder, name)] as const));
  return new Map(found);
}

async function assertPossible(): Promise<void> {
  const lacking =
    process.platform !== 'linux' || process.arch !== 'x64'
      ? 'this is not Linux on x64'
      : [KEYRING, '/usr/bin/gpgv', '/usr/bin/dpkg-deb'].find((file) => !existsSync(file));
  if (lacking !== undefined)
    throw new OpsError('file', `Programs of another Debian suite cannot be had here: ${lacking} is missing.`);
}

async function unpack(suite: string, names: readonly string[], folder: string): Promise<void> {
  const mirror = await findMirror();
  const index = await fetchIndex(`${mirror}/dists/${suite}`, folder);
  const debs = join(folder, 'debs');
  await mkdir(debs);
  for (const name of names) {
    const { path, sha256 } = findPackage(index, name, suite);
    const file = join(debs, basename(path));
    await writeFile(file, checked(await fetchBytes(`${mirror}/${path}`), sha256, path));
    await run('dpkg-deb', ['--extract', file, folder]);
  }
  await rm(debs, { recursive: true });
}

/** The one that apt uses for the system's own packages. */
async function findMirror(): Promise<string> {
  const listed = await run('apt-get', ['indextargets', '--format', '$(REPO_URI)', 'Created-By: Packages']).catch(
    () => '',
  );
  const own = listed.split('\n').find((line) => /^https?:.*\/debian\/?$/.test(line));
  return (own ?? 'http://deb.debian.org/debian').replace(/\/$/, '');
}

/** The suite's list of packages, held against the checksum in its signed release file. */
async function fetchIndex(base: string, folder: string): Promise<string> {
  const release = join(folder, 'InRelease');
  await writeFile(release, await fetchBytes(`${base}/InRelease`));
  const said = await run('gpgv', ['--status-fd', '1', '--keyring', KEYRING, '--output', `${release}.signed`, release]);
  if (!said.includes('VALIDSIG')) throw new OpsError('file', `${base}/InRelease has no valid signature of Debian's.`);
  const text = await run('cat', [`${release}.signed`]);
  const [, sha256 = ''] = new RegExp(`^ ([0-9a-f]{64}) +\\d+ ${INDEX}$`, 'm').exec(text) ?? [];
  const packed = checked(await fetchBytes(`${base}/${INDEX}`), sha256, INDEX);
  return (await promisify(gunzip)(packed)).toString();
}

function findPackage(index: string, name: string, suite: string): { readonly path: string; readonly sha256: string } {
  const start = index.startsWith(`Package: ${name}\n`) ? 0 : index.indexOf(`\nPackage: ${name}\n`);
  const entry = start === -1 ? '' : index.slice(start, index.indexOf('\n\n', start + 1));
  const field = (wanted: string): string => new RegExp(`^${wanted}: (.*)$`, 'm').exec(entry)?.[1] ?? '';
  if (entry === '') throw new OpsError('file', `Debian ${suite} has no package ${name}.`);
  return { path: field('Filename'), sha256: field('SHA256') };
}

async function fetchBytes(url: string): Promise<Buffer> {
  const answer = await fetch(url, { signal: AbortSignal.timeout(120_000) }).catch((error: unknown) => {
    throw new OpsError('unreachable', `${url} could not be fetched.`, { cause: error });
  });
  if (!answer.ok) throw new OpsError('unreachable', `${url} answered HTTP ${answer.status}.`);
  return Buffer.from(await answer.arrayBuffer());
}

function checked(bytes: Buffer, sha256: string, what: string): Buffer {
  if (createHash('sha256').update(bytes).digest('hex') === sha256) return bytes;
  throw new OpsError('file', `${what} is not what Debian's checksum says.`);
}

/** A script that starts a program through the suite's own loader; its process becomes the program. */
async function writeStarter(folder: string, name: string): Promise<string> {
  const starter = join(folder, name);
  // Older suites link to it by an absolute path besides, which leads out of the folder.
  const loader = (await readdir(folder, { recursive: true })).find(
    (file) => basename(file) === 'ld-linux-x86-64.so.2' && leadsInto(folder, join(folder, file)),
  );
  const libraries = ['usr/lib/x86_64-linux-gnu', 'lib/x86_64-linux-gnu'].map((one) => join(folder, one)).join(':');
  const program = join(folder, 'usr/bin', name);
  if (loader === undefined || !(await exists(program)))
    throw new OpsError('file', `${folder} holds no ${name} with its loader; remove the folder to unpack it anew.`);
  const text = `#!/bin/sh\nexec "${join(folder, loader)}" --library-path "${libraries}" "${program}" "$@"\n`;
  await writeFile(starter, text);
  await chmod(starter, 0o755);
  return starter;
}

function leadsInto(folder: string, file: string): boolean {
  return existsSync(file) && realpathSync(file).startsWith(`${realpathSync(folder)}/`);
}
