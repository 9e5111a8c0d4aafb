import { cp, mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheFolder, installOnce, step } from './install.ts';
import type { Report } from './install.ts';
import { run } from './install/cache.mjs';
import { unpackPackages } from './install/debianArchive.ts';
import { startServerProcess } from './serverProcess.ts';

export interface DockerTools {
  /** For the processes that use it: PATH and DOCKER_CONFIG. */
  readonly environment: Readonly<Record<string, string>>;
}

export interface DockerEngine extends DockerTools {
  /** An image with a shell, made from the machine's own files: no registry is asked. */
  readonly image: string;
  stop(): Promise<void>;
}

/** docker with its compose plugin, from Debian's packages, unpacked and not installed. Linux on x64 only. */
export async function ensureDocker(report: Report = () => {}): Promise<string> {
  const folder = cacheFolder('docker-20.10-compose-2.26');
  return step(report, 'Fetching docker and compose', () =>
    installOnce(folder, async (temporary) => {
      const engine = ['docker.io', 'containerd', 'runc', 'tini', 'busybox-static', 'libdevmapper1.02.1'];
      await unpackPackages('bookworm', engine, temporary);
      await unpackPackages('trixie', ['docker-compose'], temporary);
    }),
  );
}

export async function dockerTools(folder: string, report?: Report): Promise<DockerTools & { readonly root: string }> {
  const root = await ensureDocker(report);
  const plugins = join(folder, 'config/cli-plugins');
  await mkdir(plugins, { recursive: true });
  await rm(join(plugins, 'docker-compose'), { force: true });
  await symlink(join(root, 'usr/libexec/docker/cli-plugins/docker-compose'), join(plugins, 'docker-compose'));
  const path = `${join(root, 'usr/bin')}:${join(root, 'usr/sbin')}:${process.env['PATH'] ?? ''}`;
  return { root, environment: { PATH: path, DOCKER_CONFIG: join(folder, 'config') } };
}

/** A real engine of its own, with its data below `folder`. Throws where this machine does not allow one. */
export async function startDocker(folder: string, report?: Report): Promise<DockerEngine> {
  await rm(folder, { recursive: true, force: true });
  const { root, environment: tools } = await dockerTools(folder, report);
  const socket = `unix://${join(folder, 'socket')}`;
  const environment = { ...tools, DOCKER_HOST: socket };
  const at = (name: string): string => join(folder, name);
  await writeFile(at('daemon.json'), JSON.stringify({ 'deprecated-key-path': at('key.json') }));
  const closed = ['--bridge=none', '--iptables=false', '--ip6tables=false', '--ip-forward=false', '--ip-masq=false'];
  const server = await startServerProcess({
    name: 'Docker',
    command: join(root, 'usr/sbin/dockerd'),
    args: [
      ...closed,
      '--config-file',
      at('daemon.json'),
      '--data-root',
      at('data'),
      '--exec-root',
      at('exec'),
      '--pidfile',
      at('pid'),
      '--host',
      socket,
    ],
    environment: { ...process.env, ...environment, LD_LIBRARY_PATH: join(root, 'lib/x86_64-linux-gnu') },
    isReady: () => run('docker', ['info'], { env: { ...process.env, ...environment } }).then(() => true),
  });
  const stop = async (): Promise<void> => {
    await server.stop();
    await unmountBelow(folder);
  };
  try {
    const image = 'local/shell:1';
    await mkdir(at('image/bin'), { recursive: true });
    await cp(join(root, 'bin/busybox'), at('image/bin/busybox'));
    for (const name of ['sh', 'sleep', 'env']) await symlink('busybox', at(`image/bin/${name}`));
    await run('tar', ['-C', at('image'), '-cf', at('image.tar'), '.']);
    await run('docker', ['import', '-c', 'ENV PATH=/bin', at('image.tar'), image], {
      env: { ...process.env, ...environment },
    });
    return { environment, image, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** What the engine leaves mounted when it ends. */
async function unmountBelow(folder: string): Promise<void> {
  const mounts = await readFile('/proc/mounts', 'utf8');
  const paths = mounts.split('\n').flatMap((line) => line.split(' ')[1] ?? []);
  for (const path of paths
    .filter((one) => one.startsWith(`${folder}/`))
    .toSorted()
    .toReversed())
    await run('umount', [path]).catch(() => '');
}
