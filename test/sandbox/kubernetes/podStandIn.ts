import { Agent, request } from 'node:https';
import { setTimeout as wait } from 'node:timers/promises';

interface Pod {
  readonly metadata: {
    readonly uid: string;
    readonly name: string;
    readonly namespace: string;
    readonly deletionTimestamp?: string;
  };
  readonly spec: {
    readonly nodeName?: string;
    readonly containers: readonly {
      readonly name: string;
      readonly image: string;
      readonly env?: readonly { readonly name: string; readonly value?: string }[];
    }[];
  };
}

const node = 'stand-in';
const readyAfterMs = 200;

/**
 * A stand-in for one node's kubelet: it runs nothing, but tells the API server what a kubelet would tell of the pods
 * that are scheduled to it. A container with `FAIL=1` in its environment never becomes ready.
 */
export async function startPodStandIn(server: string, token: string): Promise<{ stop(): Promise<void> }> {
  const api = connect(server, token);
  await registerNode(api);
  const stopping = new AbortController();
  const seen = new Map<string, 'running' | 'ending'>();
  const following = (async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      const pods = await api<{ items: readonly Pod[] }>(
        'GET',
        `/api/v1/pods?fieldSelector=spec.nodeName%3D${node}`,
      ).catch(() => ({ items: [] }));
      for (const pod of pods.items) void follow(api, pod, seen).catch(() => seen.delete(pod.metadata.uid));
      await wait(50, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  })();
  return {
    stop: async () => {
      stopping.abort();
      await following;
    },
  };
}

async function follow(api: Api, pod: Pod, seen: Map<string, 'running' | 'ending'>): Promise<void> {
  const { uid, namespace, name, deletionTimestamp } = pod.metadata;
  const path = `/api/v1/namespaces/${namespace}/pods/${name}`;
  if (deletionTimestamp !== undefined) {
    if (seen.get(uid) === 'ending') return;
    seen.set(uid, 'ending');
    await api('DELETE', path, { gracePeriodSeconds: 0 });
    return;
  }
  if (seen.has(uid)) return;
  seen.set(uid, 'running');
  const fails = pod.spec.containers.some(({ env = [] }) => env.some((one) => one.name === 'FAIL' && one.value === '1'));
  if (!fails) await wait(readyAfterMs);
  await api('PATCH', `${path}/status`, { status: statusOf(pod, !fails) }, 'application/strategic-merge-patch+json');
}

function statusOf({ spec }: Pod, ready: boolean): object {
  const at = new Date().toISOString().replace(/\.\d+Z$/, 'Z');
  const state = ready
    ? { running: { startedAt: at } }
    : { waiting: { reason: 'CrashLoopBackOff', message: 'it ends' } };
  return {
    phase: 'Running',
    podIP: '10.1.0.1',
    hostIP: '127.0.0.1',
    startTime: at,
    conditions: ['Initialized', 'PodScheduled', 'ContainersReady', 'Ready'].map((type) => ({
      type,
      status: ready || type === 'Initialized' || type === 'PodScheduled' ? 'True' : 'False',
      lastTransitionTime: at,
    })),
    containerStatuses: spec.containers.map(({ name, image }) => ({
      name,
      image,
      imageID: image,
      ready,
      started: ready,
      restartCount: 0,
      state,
    })),
  };
}

async function registerNode(api: Api): Promise<void> {
  await api('POST', '/api/v1/nodes', {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: node, labels: { 'kubernetes.io/hostname': node } },
  });
  const room = { cpu: '64', memory: '256Gi', pods: '1000' };
  const at = new Date().toISOString().replace(/\.\d+Z$/, 'Z');
  const ready = {
    type: 'Ready',
    status: 'True',
    reason: 'StandIn',
    message: '',
    lastHeartbeatTime: at,
    lastTransitionTime: at,
  };
  const status = { capacity: room, allocatable: room, conditions: [ready] };
  await api('PATCH', `/api/v1/nodes/${node}/status`, { status }, 'application/strategic-merge-patch+json');
  // A new node is tainted until its life is watched over, which no controller does here.
  await api('PATCH', `/api/v1/nodes/${node}`, { spec: { taints: null } }, 'application/merge-patch+json');
}

type Api = <T>(method: string, path: string, body?: object, type?: string) => Promise<T>;

function connect(server: string, token: string): Api {
  const agent = new Agent({ keepAlive: true, rejectUnauthorized: false });
  return <T>(method: string, path: string, body?: object, type = 'application/json') =>
    new Promise<T>((resolve, reject) => {
      const headers = { authorization: `Bearer ${token}`, ...(body === undefined ? {} : { 'content-type': type }) };
      const sent = request(`${server}${path}`, { method, agent, headers }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        response.on('end', () => {
          if ((response.statusCode ?? 500) < 300) resolve(JSON.parse(text));
          else reject(new Error(text));
        });
      });
      sent.on('error', reject);
      sent.end(body === undefined ? undefined : JSON.stringify(body));
    });
}
