import { formatHostPort } from './hosts.ts';
import type { Environment } from './environment.ts';
import { parseRedisUrl } from './redisUrl.ts';
import { secretReferences } from './secretReferences.ts';
import type { SecretReference } from './secretReferences.ts';
import { parseSecretText } from './secretText.ts';

/** The variables that a checklist's commands get; secrets only as references, to be resolved when a command is run. */
export interface CommandVariables {
  readonly plain: Readonly<Record<string, string>>;
  readonly secret: Readonly<Record<string, SecretReference>>;
}

/**
 * What `$REDIS_HOST` and its like mean in an environment: taken from its connections under the names that runbooks use,
 * then overridden and extended by its own `variables`. `REDISCLI_AUTH` is the variable from which redis-cli takes a
 * password, so that none has to stand on a command line (redis.io/docs, redis-cli).
 */
export function commandVariables(environment: Environment): CommandVariables {
  const plain: Record<string, string> = {
    CACHE_OPS_ENVIRONMENT: environment.name,
    ...connectionVariables(environment),
  };
  const secret: Record<string, SecretReference> = {};
  const references = new Map(secretReferences(environment).map((reference) => [reference.field, reference]));
  for (const [field, names] of Object.entries(secretNames)) {
    const reference = references.get(field);
    if (reference) for (const name of names) secret[name] = reference;
  }
  for (const [name, text] of Object.entries(environment.settings.variables ?? {})) {
    const reference = references.get(`variables.${name}`);
    delete plain[name];
    delete secret[name];
    if (reference) secret[name] = reference;
    else if (parseSecretText(text).kind === 'literal') plain[name] = text;
  }
  return { plain, secret };
}

const secretNames: Readonly<Record<string, readonly string[]>> = {
  'redis.password': ['REDIS_PASSWORD', 'REDISCLI_AUTH'],
  'qdrant.apiKey': ['QDRANT_API_KEY'],
  'grafana.token': ['GRAFANA_API_KEY', 'GRAFANA_TOKEN'],
  'prometheus.token': ['PROMETHEUS_TOKEN'],
};

function connectionVariables({ settings }: Environment): Record<string, string> {
  const { redis, qdrant, prometheus, grafana, application } = settings;
  const variables: Record<string, string> = {};
  const address = redis?.url === undefined ? undefined : parseRedisUrl(redis.url);
  const user = redis?.username ?? address?.username;
  if (address?.kind === 'tcp') {
    variables['REDIS_HOST'] = address.host;
    variables['REDIS_PORT'] = String(address.port);
    variables['REDIS_DB'] = String(address.db);
    variables['REDIS_URL'] = `${address.tls ? 'rediss' : 'redis'}://${formatHostPort(address)}/${address.db}`;
  }
  if (user !== undefined) variables['REDIS_USERNAME'] = user;
  addUrl(variables, 'QDRANT', qdrant?.url);
  addUrl(variables, 'PROMETHEUS', prometheus?.url);
  addUrl(variables, 'GRAFANA', grafana?.url);
  const health = application?.health;
  if (health !== undefined && URL.canParse(health)) variables['APP_URL'] = new URL(health).origin;
  return variables;
}

/** `QDRANT_URL`, `QDRANT_HOST` and `QDRANT_PORT`; never with credentials. */
function addUrl(variables: Record<string, string>, name: string, url: string | undefined): void {
  if (url === undefined || !URL.canParse(url)) return;
  const parsed = new URL(url);
  parsed.username = '';
  parsed.password = '';
  variables[`${name}_URL`] = parsed.href.replace(/\/$/, '');
  variables[`${name}_HOST`] = parsed.hostname;
  variables[`${name}_PORT`] = parsed.port || (parsed.protocol === 'https:' ? '443' : '80');
}
