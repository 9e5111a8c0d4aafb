import { createHmac } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ensureQdrant } from '../../sandbox/qdrant.ts';
import { findFreePort, onPort, startServerProcess } from '../../sandbox/serverProcess.ts';
import type { ServerProcess } from '../../sandbox/serverProcess.ts';

export interface QdrantNode extends ServerProcess {
  readonly url: string;
  /** Where other nodes join; only with `cluster`. */
  readonly peerUrl: string;
}

export interface NodeOptions {
  readonly folder: string;
  /** Default: a free one. */
  readonly port?: number;
  /** QDRANT__… variables beyond what every node here has. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly cluster?: { readonly join: string | undefined };
}

/** A real Qdrant with keys, or as one node of a cluster, on 127.0.0.1. */
export async function startQdrantNode({
  folder,
  port: wanted,
  environment = {},
  cluster,
}: NodeOptions): Promise<QdrantNode> {
  const command = await ensureQdrant();
  await mkdir(folder, { recursive: true });
  const [grpcPort, peerPort] = [await findFreePort(), await findFreePort()];
  const peerUrl = `http://127.0.0.1:${peerPort}`;
  return onPort(wanted, 'Qdrant', async (port) => {
    const url = `http://127.0.0.1:${port}`;
    const server = await startServerProcess({
      name: 'Qdrant',
      command,
      args: cluster ? ['--uri', peerUrl, ...(cluster.join === undefined ? [] : ['--bootstrap', cluster.join])] : [],
      cwd: folder,
      environment: {
        ...process.env,
        QDRANT__SERVICE__HOST: '127.0.0.1',
        QDRANT__SERVICE__HTTP_PORT: String(port),
        QDRANT__SERVICE__GRPC_PORT: String(grpcPort),
        QDRANT__SERVICE__ENABLE_STATIC_CONTENT: 'false',
        QDRANT__STORAGE__STORAGE_PATH: join(folder, 'storage'),
        QDRANT__STORAGE__SNAPSHOTS_PATH: join(folder, 'snapshots'),
        QDRANT__TELEMETRY_DISABLED: 'true',
        ...(cluster && { QDRANT__CLUSTER__ENABLED: 'true', QDRANT__CLUSTER__P2P__PORT: String(peerPort) }),
        ...environment,
      },
      readyUrl: `${url}/readyz`,
    });
    return { ...server, url, peerUrl };
  });
}

/** A request that changes something; throws when it is refused. */
export async function change(
  method: 'PUT' | 'POST' | 'DELETE' | 'PATCH',
  url: string,
  body: object = {},
  key?: string,
): Promise<void> {
  const headers = { 'content-type': 'application/json', ...(key === undefined ? {} : { 'api-key': key }) };
  const answer = await fetch(url, { method, headers, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${method} ${url}: ${answer.status} ${await answer.text()}`);
}

/** A token signed with the server's API key, for `QDRANT__SERVICE__JWT_RBAC`. */
export function tokenFor(claims: object, apiKey: string): string {
  const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const signed = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode(claims)}`;
  return `${signed}.${createHmac('sha256', apiKey).update(signed).digest('base64url')}`;
}
