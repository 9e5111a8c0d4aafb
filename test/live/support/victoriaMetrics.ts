import { ensureDebianPackages, findInPath } from '../../sandbox/install.ts';
import { onPort, startServerProcess } from '../../sandbox/serverProcess.ts';

/** From VICTORIA_METRICS_BIN, PATH, or Debian's package. */
export async function findVictoriaMetrics(): Promise<string> {
  const names = [process.env['VICTORIA_METRICS_BIN'] ?? '', 'victoria-metrics'].filter(Boolean);
  const found = await findInPath(names);
  if (found !== undefined) return found;
  await ensureDebianPackages(['victoria-metrics']);
  const installed = await findInPath(names);
  if (installed === undefined) throw new Error('The package victoria-metrics has no program of that name.');
  return installed;
}

/** Empty, on 127.0.0.1. */
export async function startVictoriaMetrics(
  command: string,
  folder: string,
): Promise<{ readonly url: string; stop(): Promise<void> }> {
  return onPort(undefined, 'VictoriaMetrics', async (port) => {
    const url = `http://127.0.0.1:${port}`;
    const args = [
      `-storageDataPath=${folder}`,
      `-httpListenAddr=127.0.0.1:${port}`,
      '-search.latencyOffset=1s',
      // What is written of the past is asked for at once.
      '-search.disableCache',
    ];
    const server = await startServerProcess({ name: 'VictoriaMetrics', command, args, readyUrl: `${url}/-/ready` });
    return { url, stop: () => server.stop() };
  });
}
