import { ensureProgram } from './install.ts';
import { onPort, startServerProcess } from './serverProcess.ts';
import type { ServerProcess } from './serverProcess.ts';

export interface RedisExporter extends ServerProcess {
  readonly port: number;
}

/** A real redis_exporter on 127.0.0.1 for the Redis on that port. Throws an OpsError when it is not installed. */
export async function startRedisExporter(redisPort: number): Promise<RedisExporter> {
  const command = await ensureProgram('redis_exporter');
  return onPort(undefined, 'redis_exporter', async (port) => {
    const args = ['-redis.addr', `redis://127.0.0.1:${redisPort}`, '-web.listen-address', `127.0.0.1:${port}`];
    const readyUrl = `http://127.0.0.1:${port}/health`;
    const server = await startServerProcess({ name: 'redis_exporter', command, args, readyUrl });
    return { ...server, port };
  });
}
