import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createOwnership } from '../ownership.ts';
import { run } from '../install/cache.mjs';
import type { Report } from '../install.ts';
import { findFreePort, startServerProcess } from '../serverProcess.ts';
import { ensureKubernetes } from './build.ts';
import { startPodStandIn } from './podStandIn.ts';

export interface KubernetesCluster {
  /** Contexts "lab" (may do everything) and "view" (may only read deployments). */
  readonly kubeconfig: string;
  kubectl(...args: readonly string[]): Promise<string>;
  stop(): Promise<void>;
}

const users = [
  { name: 'lab', token: 'lab-token', group: 'system:masters' },
  { name: 'view', token: 'view-token', group: 'viewers' },
] as const;

/**
 * A real Kubernetes control plane (etcd, API server, controllers, scheduler) on 127.0.0.1. Its one node is a stand-in:
 * see podStandIn.ts.
 */
export async function startKubernetes(folder: string, report?: Report): Promise<KubernetesCluster> {
  const programs = await ensureKubernetes(report);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const { own, stopAll } = createOwnership();
  try {
    const kubeconfig = await startControlPlane(programs, folder, own);
    const kubectl = (...args: readonly string[]): Promise<string> =>
      run('kubectl', ['--kubeconfig', kubeconfig, '--context', 'lab', ...args]);
    await kubectl('create', 'clusterrole', 'look', '--verb=get,list,watch', '--resource=deployments.apps,pods');
    await kubectl('create', 'clusterrolebinding', 'look', '--clusterrole=look', '--group=viewers');
    return { kubeconfig, kubectl, stop: stopAll };
  } catch (error) {
    await stopAll();
    throw error;
  }
}

async function startControlPlane(
  programs: string,
  folder: string,
  own: ReturnType<typeof createOwnership>['own'],
): Promise<string> {
  const [etcdPort, peerPort, apiPort, controllerPort, schedulerPort] = [
    await findFreePort(),
    await findFreePort(),
    await findFreePort(),
    await findFreePort(),
    await findFreePort(),
  ];
  const at = (name: string): string => join(folder, name);
  const etcd = `http://127.0.0.1:${etcdPort}`;
  const peer = `http://127.0.0.1:${peerPort}`;
  await run('openssl', ['genrsa', '-out', at('accounts.key'), '2048']);
  await writeFile(
    at('tokens.csv'),
    users.map(({ name, token, group }, index) => `${token},${name},${index + 1},"${group}"\n`).join(''),
  );
  await own(
    startServerProcess({
      name: 'etcd',
      command: join(programs, 'etcd'),
      args: [
        '--data-dir',
        at('etcd'),
        '--unsafe-no-fsync',
        '--listen-client-urls',
        etcd,
        '--advertise-client-urls',
        etcd,
        '--listen-peer-urls',
        peer,
        '--initial-advertise-peer-urls',
        peer,
        '--initial-cluster',
        `default=${peer}`,
      ],
      readyUrl: `${etcd}/health`,
    }),
  );
  const kubeconfig = at('kubeconfig');
  const servers = at('servers.json');
  await writeFile(servers, JSON.stringify(configuration(apiPort, 'lab')));
  // Whoever forgets to name the context has the one without rights.
  await writeFile(kubeconfig, JSON.stringify(configuration(apiPort, 'view')));
  const kubectl = (...args: readonly string[]): Promise<string> =>
    run('kubectl', ['--kubeconfig', kubeconfig, '--context', 'lab', ...args]);
  await own(
    startServerProcess({
      name: 'The Kubernetes API server',
      command: join(programs, 'kube-apiserver'),
      args: [
        '--etcd-servers',
        etcd,
        '--bind-address',
        '127.0.0.1',
        '--secure-port',
        String(apiPort),
        '--cert-dir',
        at('certificates'),
        '--token-auth-file',
        at('tokens.csv'),
        '--authorization-mode',
        'RBAC',
        '--service-cluster-ip-range',
        '10.0.0.0/24',
        '--service-account-key-file',
        at('accounts.key'),
        '--service-account-signing-key-file',
        at('accounts.key'),
        '--service-account-issuer',
        'https://kubernetes.default.svc',
        '--disable-admission-plugins',
        'ServiceAccount',
        '--advertise-address',
        '127.0.0.1',
        '--endpoint-reconciler-type',
        'none',
      ],
      isReady: () => kubectl('get', '--raw', '/readyz').then((text) => text === 'ok'),
      readyTimeoutMs: 60_000,
    }),
  );
  const controllers =
    'deployment,replicaset,namespace,garbagecollector,statefulset,daemonset,endpoint,endpointslice,serviceaccount';
  await own(
    startServerProcess({
      name: 'The Kubernetes controllers',
      command: join(programs, 'kube-controller-manager'),
      args: [
        '--kubeconfig',
        servers,
        '--leader-elect=false',
        '--port=0',
        `--secure-port=${controllerPort}`,
        '--bind-address',
        '127.0.0.1',
        '--cert-dir',
        at('controllers'),
        `--controllers=${controllers}`,
        '--service-account-private-key-file',
        at('accounts.key'),
      ],
      isReady: () => kubectl('get', 'namespace', 'default').then(() => true),
      readyTimeoutMs: 60_000,
    }),
  );
  await own(
    startServerProcess({
      name: 'The Kubernetes scheduler',
      command: join(programs, 'kube-scheduler'),
      args: [
        '--kubeconfig',
        servers,
        '--leader-elect=false',
        '--port=0',
        `--secure-port=${schedulerPort}`,
        '--bind-address',
        '127.0.0.1',
        '--cert-dir',
        at('scheduler'),
      ],
      isReady: () => Promise.resolve(true),
    }),
  );
  await own(startPodStandIn(`https://127.0.0.1:${apiPort}`, users[0].token));
  return kubeconfig;
}

/** JSON is YAML. The server's certificate is its own, made at start. */
function configuration(port: number, current: string): object {
  return {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'lab', cluster: { server: `https://127.0.0.1:${port}`, 'insecure-skip-tls-verify': true } }],
    users: users.map(({ name, token }) => ({ name, user: { token } })),
    contexts: users.map(({ name }) => ({ name, context: { cluster: 'lab', user: name } })),
    'current-context': current,
  };
}
