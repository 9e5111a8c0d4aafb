import { join } from 'node:path';
import { run } from './cache.mjs';

/** Of Debian's archive; another mirror can be named. */
const mirror = process.env['DEBIAN_MIRROR'] ?? 'http://deb.debian.org/debian';

/** Fetches packages of a Debian release and unpacks them below `folder`; nothing is installed. Linux on x64 only. */
export async function unpackPackages(release: string, names: readonly string[], folder: string): Promise<void> {
  const list = join(folder, `${release}.Packages.xz`);
  await fetchTo(`dists/${release}/main/binary-amd64/Packages.xz`, list);
  const index = await run('xz', ['-dc', list]);
  for (const name of names) {
    const file = new RegExp(
      `^Package: ${name.replaceAll('.', String.raw`\.`)}\\n(?:[^\\n]+\\n)*?Filename: (.+)$`,
      'm',
    ).exec(index)?.[1];
    if (file === undefined) throw new Error(`Debian ${release} has no package ${name}.`);
    const archive = join(folder, `${name}.deb`);
    await fetchTo(file, archive);
    await run('dpkg', ['-x', archive, folder]);
  }
}

/** `path` is below the mirror. */
export async function fetchTo(path: string, file: string): Promise<void> {
  await run('curl', ['--fail', '--silent', '--show-error', '--location', '--output', file, `${mirror}/${path}`]);
}
