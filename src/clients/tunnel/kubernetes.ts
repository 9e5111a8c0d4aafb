import { execFile } from 'node:child_process';
import { isIP } from 'node:net';
import { promisify } from 'node:util';
import { OpsError } from '../../core/errors.ts';

/** What a port is forwarded from: `svc/redis` or `pod/redis-0`, in a namespace or that of the context. */
export interface KubernetesPlace {
  readonly resource: string;
  readonly namespace: string | undefined;
}

interface KubernetesTunnel {
  readonly context: string;
  readonly namespace?: string | undefined;
}

const lookUpTimeoutMs = 4_000;
const label = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;

/**
 * The service or pod that a host of an environment means: a name of the cluster's DNS (`redis`, `redis.shop.svc`,
 * `redis-0.redis.shop.svc.cluster.local`), or a pod's address, which is looked up. Throws OpsError for any other.
 */
export async function kubernetesPlace(tunnel: KubernetesTunnel, host: string): Promise<KubernetesPlace> {
  if (isIP(host) === 0) return placeOfName(host, tunnel.namespace);
  return { resource: `pod/${await podAt(host, tunnel)}`, namespace: tunnel.namespace };
}

/** Source: kubernetes.io/docs/concepts/services-networking/dns-pod-service. */
export function placeOfName(host: string, ownNamespace: string | undefined): KubernetesPlace {
  const all = host.toLowerCase().split('.');
  const end = all.indexOf('svc');
  const labels = end > 0 ? all.slice(0, end) : all;
  const [first = '', second, third] = labels;
  if (labels.length > 3 || !labels.every((one) => label.test(one)) || first === 'localhost') throw noName(host);
  if (second === undefined) return { resource: `svc/${first}`, namespace: ownNamespace };
  if (third !== undefined) return { resource: `pod/${first}`, namespace: third };
  // Without "svc", a pod of a headless service reads like a service in a namespace; a set's pods are numbered.
  const isPod = end < 0 && second !== ownNamespace && /-\d+$/.test(first);
  return isPod
    ? { resource: `pod/${first}`, namespace: ownNamespace }
    : { resource: `svc/${first}`, namespace: second };
}

/** A free local port is kubectl's to choose; it says which. */
export function forwardArguments(
  tunnel: KubernetesTunnel,
  { resource, namespace }: KubernetesPlace,
  port: number,
): readonly string[] {
  return [...kubectl(tunnel, namespace), 'port-forward', '--address=127.0.0.1', resource, `:${port}`];
}

function kubectl({ context }: KubernetesTunnel, namespace: string | undefined): readonly string[] {
  return ['kubectl', `--context=${context}`, ...(namespace === undefined ? [] : [`--namespace=${namespace}`])];
}

async function podAt(address: string, tunnel: KubernetesTunnel): Promise<string> {
  const [program = '', ...args] = kubectl(tunnel, tunnel.namespace);
  const query = [
    'get',
    'pods',
    `--field-selector=status.podIP=${address}`,
    '--output=jsonpath={.items[*].metadata.name}',
  ];
  const found = await promisify(execFile)(program, [...args, ...query], { timeout: lookUpTimeoutMs }).catch(
    (cause: unknown) => {
      const said = cause instanceof Error && 'stderr' in cause ? String(cause.stderr).trim().slice(-300) : '';
      throw new OpsError('unreachable', `kubectl could not look up the pod with address ${address}. ${said}`.trim(), {
        cause,
      });
    },
  );
  const name = found.stdout.trim().split(/\s+/)[0] ?? '';
  if (label.test(name.replaceAll('.', '-'))) return name;
  throw new OpsError('unreachable', `No pod has the address ${address}.`, {
    next: 'Check tunnel.namespace; an address has to be one of a pod.',
  });
}

function noName(host: string): OpsError {
  return new OpsError('settings', `"${host}" is no name of a service or pod in Kubernetes.`, {
    next: 'With this tunnel, write addresses as the cluster’s DNS has them: name, or name.namespace.svc.',
  });
}
