import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeHistory } from './history/blocks.ts';
import type { Past } from './history/series.ts';
import { ensureProgram } from './install.ts';
import type { Report } from './install.ts';
import { onPort, startServerProcess } from './serverProcess.ts';
import type { ServerProcess } from './serverProcess.ts';

/** Something Prometheus scrapes every few seconds. */
export interface ScrapeTarget {
  readonly job: string;
  /** The instance label, instead of an address that changes with every start. */
  readonly instance: string;
  readonly port: number;
}

export interface PrometheusOptions {
  /** Folder for its data; created when missing. */
  readonly folder: string;
  /** Where prometheus.yml is written and read again on reload; default: `folder`. A rules.yml beside it is loaded. */
  readonly configFolder?: string;
  readonly targets: readonly ScrapeTarget[];
  /** Whether it reloads on request; default: yes. */
  readonly lifecycle?: boolean;
  /** Default: a free one. */
  readonly port?: number;
  /** A week that ends now; left out, Prometheus starts empty. */
  readonly history?: readonly Past[];
  /** Another one than this system's. */
  readonly command?: string;
  readonly report?: Report;
}

export interface PrometheusServer extends ServerProcess {
  readonly port: number;
  readonly url: string;
  readonly configFile: string;
}

export const HISTORY_DAYS = 7;
const SCRAPE_INTERVAL = '5s';

/** A real Prometheus on 127.0.0.1 that reloads on request. Throws an OpsError when it is missing or does not come up. */
export async function startPrometheus(options: PrometheusOptions): Promise<PrometheusServer> {
  const command = options.command ?? (await ensureProgram('prometheus', options.report));
  const { folder, configFolder = folder, history, report } = options;
  const storage = join(folder, 'data');
  await Promise.all([mkdir(storage, { recursive: true }), mkdir(configFolder, { recursive: true })]);
  if (history !== undefined) {
    await writeHistory({
      pasts: history,
      days: HISTORY_DAYS,
      now: new Date(),
      folder: storage,
      ...(report && { report }),
    });
  }
  const configFile = join(configFolder, 'prometheus.yml');
  await writeFile(configFile, writeConfig(options.targets));
  return onPort(options.port, 'Prometheus', async (port) => {
    const url = `http://127.0.0.1:${port}`;
    const args = [
      `--config.file=${configFile}`,
      `--storage.tsdb.path=${storage}`,
      `--web.listen-address=127.0.0.1:${port}`,
      ...(options.lifecycle === false ? [] : ['--web.enable-lifecycle']),
      '--log.level=warn',
    ];
    const server = await startServerProcess({ name: 'Prometheus', command, args, readyUrl: `${url}/-/ready` });
    return { ...server, port, url, configFile };
  });
}

function writeConfig(targets: readonly ScrapeTarget[]): string {
  const jobs = targets.map(
    ({ job, instance, port }) => `  - job_name: ${job}
    static_configs:
      - targets: ['127.0.0.1:${port}']
        labels: { instance: ${instance} }
`,
  );
  return `# Written when the sandbox starts; Prometheus reads it again after: curl -X POST $PROMETHEUS_URL/-/reload
global:
  scrape_interval: ${SCRAPE_INTERVAL}
  evaluation_interval: ${SCRAPE_INTERVAL}
rule_files: ['rules*.yml']
scrape_configs:
${jobs.join('')}`;
}
