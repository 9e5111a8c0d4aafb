import { cp, mkdir, readdir, readFile, rm, symlink } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { cacheFolder, installOnce, step } from '../install.ts';
import type { Report } from '../install.ts';
import { exists, run } from '../install/cache.mjs';
import { fetchTo, unpackPackages } from '../install/debianArchive.ts';

const servers = ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler'] as const;
const source = 'kubernetes-1.20.2';
/** The last Debian source that holds all of Kubernetes, and not kubectl alone; with its dependencies. */
const sourcePath = 'pool/main/k/kubernetes/kubernetes_1.20.5+really1.20.2.orig.tar.gz';

export const kubernetesFolder = cacheFolder(source);

/** Whether it was built before: a build takes minutes, so that only some ask for one. */
export function isKubernetesBuilt(): Promise<boolean> {
  return exists(kubernetesFolder);
}

/**
 * The folder with a Kubernetes control plane: kube-apiserver, kube-controller-manager and kube-scheduler, built once
 * from Debian's source package with Debian's Go, and etcd from its package. Linux on x64, about three minutes.
 */
export async function ensureKubernetes(report: Report = () => {}): Promise<string> {
  if (await isKubernetesBuilt()) return kubernetesFolder;
  return step(report, 'Building a Kubernetes control plane', () => installOnce(kubernetesFolder, build));
}

async function build(folder: string): Promise<void> {
  const work = join(folder, 'work');
  const root = join(work, 'debian');
  const tree = join(work, 'go/src/k8s.io/kubernetes');
  await mkdir(root, { recursive: true });
  await unpackPackages('bookworm', ['golang-1.19-go', 'golang-1.19-src', 'etcd-server'], root);
  await fetchTo(sourcePath, join(work, 'source.tar.gz'));
  await run('tar', ['-xzf', join(work, 'source.tar.gz'), '-C', work]);
  await mkdir(dirname(tree), { recursive: true });
  await symlink(join(work, source), tree);
  const go = join(root, 'usr/lib/go-1.19');
  const env = {
    ...process.env,
    GOROOT: go,
    GOPATH: join(work, 'go'),
    GOCACHE: join(work, 'cache'),
    GOFLAGS: '',
    GO111MODULE: 'off',
    CGO_ENABLED: '0',
    // go finds its GOPATH by the path it is called in, which the link decides.
    PWD: tree,
  };
  const compile = async (name: string, what: string): Promise<void> =>
    void (await run(join(go, 'bin/go'), ['build', '-ldflags', '-s -w', '-o', join(folder, name), what], {
      cwd: tree,
      env,
    }));
  await compile('openapi-gen', './vendor/k8s.io/kube-openapi/cmd/openapi-gen');
  await generateOpenApi(join(folder, 'openapi-gen'), tree, env);
  for (const name of servers) await compile(name, `./cmd/${name}`);
  await cp(join(root, 'usr/bin/etcd'), join(folder, 'etcd'));
  await rm(work, { recursive: true, force: true });
}

/** The one generated file that the source package lacks. */
async function generateOpenApi(generator: string, tree: string, env: NodeJS.ProcessEnv): Promise<void> {
  const folders = new Set<string>();
  for (const [below, prefix] of [
    ['staging/src/k8s.io', 'k8s.io/kubernetes/vendor/k8s.io'],
    ['pkg', 'k8s.io/kubernetes/pkg'],
    ['cmd', 'k8s.io/kubernetes/cmd'],
  ] as const) {
    const base = join(tree, below);
    for (const file of await goFiles(base)) {
      if (!/^\/\/ \+k8s:openapi-gen=/m.test(await readFile(file, 'utf8'))) continue;
      folders.add(`${prefix}/${relative(base, dirname(file))}`);
    }
  }
  const packages = [...folders].toSorted().join(',');
  const options = ['-p', 'k8s.io/kubernetes/pkg/generated/openapi', '-O', 'zz_generated.openapi'];
  const header = ['--go-header-file', join(tree, 'hack/boilerplate/boilerplate.generatego.txt')];
  await run(
    generator,
    [...header, '-i', packages, ...options, '-o', join(env['GOPATH'] ?? '', 'src'), '-r', join(tree, 'violations.txt')],
    { cwd: tree, env },
  );
}

async function goFiles(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder, { recursive: true });
  return names
    .filter((name) => name.endsWith('.go') && !/(^|\/)(testdata|sample-apiserver|sample-controller)\//.test(name))
    .map((name) => join(folder, name));
}
