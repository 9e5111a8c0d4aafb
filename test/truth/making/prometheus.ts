import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { startHttpStandIn } from '../../live/support/httpStandIn.ts';
import { ask } from '../../sandbox/ask.ts';
import { startPrometheus } from '../../sandbox/prometheus.ts';
import type { PrometheusServer } from '../../sandbox/prometheus.ts';
import type { Stage } from '../state.ts';
import { until } from './redis.ts';

export const metrics = { hits: 'shop_hits_total', misses: 'shop_misses_total' };
export const exposed = 'shop_hits_total 7\nshop_misses_total 3\n';

export interface Scraped {
  readonly server: PrometheusServer;
  readonly settings: object;
  /** What the application exposes; may be changed. */
  readonly page: { text: string };
  readonly app: { stop(): Promise<void> };
  /** The first value of an instant query, as text. */
  readonly query: (expression: string) => Promise<string>;
  readonly configure: (text: string) => Promise<number>;
}

/** A real Prometheus that scrapes a page every second, with these rules; returns when it has the page's metrics. */
export async function scraped(stage: Stage, rules = '', more: object = {}): Promise<Scraped> {
  const page = { text: exposed };
  const headers = { 'content-type': 'text/plain; version=0.0.4' };
  const app = await stage.own(startHttpStandIn(() => ({ body: page.text, headers })));
  const folder = path.join(stage.folder, 'prometheus');
  const server = await stage.own(
    startPrometheus({ folder, targets: [{ job: 'shop', instance: 'shop-1', port: app.port }] }),
  );
  const configure = async (text: string): Promise<number> => {
    await writeFile(server.configFile, text);
    return (await ask(`${server.url}/-/reload`, { method: 'POST' })).status;
  };
  if (rules !== '') await writeFile(path.join(folder, 'rules.yml'), rules);
  await configure(fast(app.port));
  const query = async (expression: string): Promise<string> => {
    const { body } = await ask(`${server.url}/api/v1/query?query=${encodeURIComponent(expression)}`);
    return /"value":\[[\d.]+,"([^"]*)"/.exec(body)?.[1] ?? 'nothing';
  };
  await until(() => query('shop_misses_total'), /^3$/);
  return {
    server,
    settings: { prometheus: { url: server.url, job: 'shop' }, metrics, ...more },
    page,
    app,
    query,
    configure,
  };
}

function fast(port: number): string {
  return `global: { scrape_interval: 1s, evaluation_interval: 1s }
rule_files: ['rules*.yml']
scrape_configs:
  - job_name: shop
    static_configs: [{ targets: ['127.0.0.1:${port}'], labels: { instance: shop-1 } }]
`;
}

export const ruleFile = (...rules: readonly string[]): string =>
  `groups:\n  - name: shop\n    rules:\n${rules.map((rule) => `      - ${rule}\n`).join('')}`;
