import { isMap, isScalar, isSeq } from 'yaml';
import type { Environment } from '../environment/environment.ts';
import { OpsError } from '../errors.ts';
import { entryOf, listIn, openYaml, yamlText } from './prometheusFile.ts';

export interface ScrapeConfig {
  readonly text: string;
  /** What a person has to look at: where the target is reached from, which secret it needs. */
  readonly notes: readonly string[];
}

/**
 * The text of a Prometheus configuration with the scrape job of the environment's application. What else it holds,
 * comments too, stays; of the job, what is not said here stays as well. No secret is written. Throws OpsError `settings`
 * where the environment does not name the job or the metrics page, `file` where `before` cannot be read.
 */
export function scrapeConfig(
  name: string,
  { settings, name: environment }: Environment,
  before?: string,
): ScrapeConfig {
  const { prometheus, application } = settings;
  const missing = [
    prometheus?.job === undefined ? 'prometheus.job' : undefined,
    application?.metrics === undefined ? 'application.metrics' : undefined,
  ].filter((one) => one !== undefined);
  if (prometheus?.job === undefined || application?.metrics === undefined) {
    throw new OpsError(
      'settings',
      `${environment} does not say what is scraped: ${missing.join(' and ')} is not set.`,
      {
        next: 'Set it; nothing was written.',
      },
    );
  }
  const url = new URL(application.metrics);
  const document = openYaml(name, before);
  if (before === undefined) document.set('global', document.createNode({ scrape_interval: '15s' }));
  const jobs = listIn(name, document, 'scrape_configs');
  const job = entryOf(jobs, 'job_name', prometheus.job) ?? document.createNode({ job_name: prometheus.job });
  if (!jobs.items.includes(job)) jobs.add(job);
  job.set('scheme', url.protocol.replace(':', ''));
  job.set('metrics_path', url.pathname);
  const params = [...new Set(url.searchParams.keys())].map((key) => [key, url.searchParams.getAll(key)] as const);
  if (params.length > 0) job.set('params', document.createNode(Object.fromEntries(params)));
  if (!targetsOf(job).includes(hostOf(url)))
    job.set('static_configs', document.createNode([{ targets: [hostOf(url)] }]));
  const login = application.token !== undefined || application.username !== undefined;
  const isLocal = ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);
  return {
    text: yamlText(document),
    notes: [
      ...(isLocal
        ? [`${url.host} is this machine as seen from here; Prometheus may have to use another address.`]
        : []),
      ...(login && job.get('authorization') === undefined && job.get('basic_auth') === undefined
        ? ['The page wants a login, which is not written here: add authorization.credentials_file to the job.']
        : []),
    ],
  };
}

function hostOf({ host, port, protocol }: URL): string {
  return port === '' ? `${host}:${protocol === 'https:' ? 443 : 80}` : host;
}

/** All that the job's static configurations name. */
function targetsOf(job: { get(key: string): unknown }): readonly unknown[] {
  const configs = job.get('static_configs');
  if (!isSeq(configs)) return [];
  return configs.items.flatMap((config) => {
    const targets = isMap(config) ? config.get('targets') : undefined;
    return isSeq(targets) ? targets.items.map((target) => (isScalar(target) ? target.value : target)) : [];
  });
}
