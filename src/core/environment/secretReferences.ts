import type { Environment } from './environment.ts';
import { hostOfField } from './fieldHost.ts';
import { passwordInUrl, saysSecret, secretFieldAt } from './secretFields.ts';
import { parseSecretText } from './secretText.ts';
import type { Reference } from './secretText.ts';
import { textsIn, valueAt } from './settingPath.ts';
import type { SettingPath } from './settingPath.ts';

/** One field of an environment that holds a secret, or stands for one. Never the secret itself. */
export interface SecretReference {
  /** Below the environment: `redis.password`, `prometheus.headers.authorization`, `variables.REDIS_PASSWORD`. */
  readonly field: string;
  /** Below `cacheOps.environments`: `['staging', 'redis', 'password']`. */
  readonly path: SettingPath;
  /** For prompts: `Redis password`. */
  readonly label: string;
  /** Where the secret goes: `redis-primary.prod.svc:6379`, several hosts in order; with a tunnel, through what. */
  readonly host: string;
  readonly source: Reference | { readonly kind: 'literal' };
}

/** Every field of the environment that holds a secret, in the order of the settings. */
export function secretReferences(environment: Environment): readonly SecretReference[] {
  return [...textsIn(environment.settings)].flatMap(([below, text]) => {
    const source = sourceOf(below, text);
    if (source === undefined) return [];
    const { settings, name } = environment;
    const host = hostOfField(settings, below);
    return [{ field: below.join('.'), path: [name, ...below], label: labelOf(below), host, source }];
  });
}

/** What is written at the reference's place; undefined when it is not of this environment. */
export function writtenText(environment: Environment, reference: Pick<SecretReference, 'path'>): string | undefined {
  const value = valueAt(environment.settings, reference.path.slice(1));
  return typeof value === 'string' ? value : undefined;
}

function sourceOf(below: SettingPath, text: string): SecretReference['source'] | undefined {
  const kind = secretFieldAt(below);
  if (kind !== undefined) {
    const parsed = parseSecretText(text);
    if (parsed.kind === 'reference') return parsed.reference;
  }
  const named =
    kind === 'whole' || ((kind === 'header' || kind === 'variable') && saysSecret(kind, String(below.at(-1))));
  return (named && text !== '') || passwordInUrl(text) !== undefined ? { kind: 'literal' } : undefined;
}

const serviceNames: Readonly<Record<string, string>> = {
  redis: 'Redis',
  qdrant: 'Qdrant',
  prometheus: 'Prometheus',
  grafana: 'Grafana',
  application: 'Application',
  tunnel: 'SSH',
  webhook: 'Webhook',
};

const fieldNames: Readonly<Record<string, string>> = {
  sentinelPassword: 'sentinel password',
  apiKey: 'API key',
  passphrase: 'passphrase of the client key',
  url: 'address',
};

function labelOf(below: SettingPath): string {
  const [section, second] = below;
  const last = String(below.at(-1));
  if (section === 'variables') return `Variable ${last}`;
  const service = serviceNames[String(section)] ?? String(section);
  return second === 'headers' ? `${service} header ${last}` : `${service} ${fieldNames[last] ?? last}`;
}
