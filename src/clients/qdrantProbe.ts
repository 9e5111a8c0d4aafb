import type { Clock } from '../core/clock.ts';
import type { Environment } from '../core/environment/environment.ts';
import { OpsError } from '../core/errors.ts';
import { parseMetrics } from '../core/health/applicationMetrics.ts';
import type { ServiceProbe } from '../core/health/monitor.ts';
import { failureOf } from '../core/health/failure.ts';
import type { Part } from '../core/health/monitorParts.ts';
import type {
  Cluster,
  CollectionAnswer,
  QdrantDetails,
  QdrantEssential,
  QdrantMetrics,
} from '../core/health/qdrantModel.ts';
import { mostCollections, reportQdrant } from '../core/health/qdrantReport.ts';
import type { HttpAnswer } from './http.ts';
import { getText, resolveHttpTarget } from './http.ts';
import type { Asking } from './httpProbe.ts';
import { HttpProbe, askJson, askText, parseJson, readPart, requestTimeoutMs, statusError } from './httpProbe.ts';
import {
  aliasesAnswer,
  clusterAnswer,
  collectionAnswer,
  listAnswer,
  missingCollection,
  rootAnswer,
  shardsAnswer,
  snapshotsAnswer,
} from './qdrantAnswers.ts';
import type { SecretLookup } from './redisTarget.ts';
import type { TunnelWay } from './tunnels.ts';

/**
 * Reads the Qdrant of an environment over its REST interface: at every poll its collections, which takes the key and shows
 * that it serves; more now and then. (Its own client would be 545 KB, drops a port and a path, and ignores being aborted.)
 */
export function openQdrantProbe(
  environment: Environment,
  secret: SecretLookup,
  clock: Clock,
  tunnel?: TunnelWay,
): ServiceProbe {
  const { qdrant, limits } = environment.settings;
  const wanted = configuredCollections(environment);
  let earlierErrors: QdrantMetrics['earlierErrors'];
  const readMetricsSince = async (asking: Asking): Promise<QdrantMetrics | undefined> => {
    const metrics = await readMetrics(asking, earlierErrors);
    earlierErrors = metrics?.serverErrors;
    return metrics;
  };
  return new HttpProbe<QdrantEssential, QdrantDetails>(
    {
      openTarget: () => {
        if (!qdrant) throw new OpsError('settings', `${environment.name} names no Qdrant.`);
        return resolveHttpTarget(environment, 'qdrant', qdrant, secret, tunnel);
      },
      readEssential: (asking, known) => readEssential(asking, wanted, known?.cluster),
      readDetails: (asking, essential) => readDetails(asking, essential, () => readMetricsSince(asking)),
      changeMark: ({ configured, listed }) =>
        [...configured].map(([name, { kind }]) => `${name} ${kind}`).join() + (listed ?? []).join(),
      report: (sample) => reportQdrant(sample, limits ?? {}, qdrant?.vectorSize),
    },
    clock,
  );
}

/** Those of the settings, of the whole and of each namespace. */
export function configuredCollections({ settings: { qdrant, namespaces } }: Environment): readonly string[] {
  const ofNamespaces = Object.values(namespaces ?? {}).flatMap(({ collection }) => collection ?? []);
  return [...new Set([...(qdrant?.collections ?? []), ...ofNamespaces])];
}

async function readEssential(
  asking: Asking,
  wanted: readonly string[],
  known: Part<Cluster> | undefined,
): Promise<QdrantEssential> {
  const clustered = known?.kind === 'value' && known.value.enabled;
  const [collections, cluster] = await Promise.all([
    readCollections(asking, wanted),
    clustered ? readPart(asking, () => askJson(asking, '/cluster', clusterAnswer)) : undefined,
  ]);
  return { ...collections, cluster };
}

async function readCollections(
  asking: Asking,
  wanted: readonly string[],
): Promise<Pick<QdrantEssential, 'configured' | 'listed'>> {
  if (wanted.length === 0) {
    return { configured: new Map(), listed: await listCollections(asking) };
  }
  const answers = await Promise.all(
    wanted.map(async (name): Promise<[string, CollectionAnswer]> => [name, await readCollection(asking, name)]),
  );
  for (const [, answer] of answers) {
    // One that fails may be one collection's fault; when all fail, or the key is refused, it is the server's.
    if (answer.kind !== 'failed' || answer.failure.code === 'permission') continue;
    const all = answers.every(([, { kind }]) => kind === 'failed');
    if (all || answer.failure.code === 'authentication') throw errorOf(answer.failure);
  }
  return { configured: new Map(answers), listed: undefined };
}

/** All of the server, by name. Throws OpsError. */
export async function listCollections(asking: Asking): Promise<readonly string[]> {
  const listed = await askJson(asking, '/collections', listAnswer);
  if (listed === undefined) throw notQdrant(asking);
  return listed;
}

function errorOf({ code, message, next }: Extract<CollectionAnswer, { kind: 'failed' }>['failure']): OpsError {
  return new OpsError(code, message, next === undefined ? {} : { next });
}

function notQdrant({ target }: Asking): OpsError {
  return new OpsError(
    'protocol',
    `${new URL(target.baseUrl).host} answers, but has no collections: it is not Qdrant’s REST interface.`,
    {
      next: 'Check qdrant.url of the environment; the REST port is 6333 unless changed.',
    },
  );
}

async function readCollection(asking: Asking, name: string): Promise<CollectionAnswer> {
  const path = `/collections/${encodeURIComponent(name)}`;
  try {
    const answer = await getText(asking.target, path, asking.signal, { timeoutMs: requestTimeoutMs });
    if (answer.status === 404) {
      if (missingCollection.safeParse(parseJson(answer.body)).success) return { kind: 'missing' };
      throw notQdrant(asking);
    }
    if (answer.status !== 200) throw refusal(asking, path, answer);
    const parsed = collectionAnswer.safeParse(parseJson(answer.body));
    if (!parsed.success) throw notQdrant(asking);
    return { kind: 'found', collection: parsed.data, readAtMs: asking.clock.wallMs() };
  } catch (error) {
    return { kind: 'failed', failure: failureOf(error) };
  }
}

/** A token that is not valid, or not any more, is refused with 403 like one without the right, but in plain words. */
function refusal({ target }: Asking, path: string, answer: HttpAnswer): OpsError {
  const error = statusError(target, path, answer);
  if (answer.status !== 403 || parseJson(answer.body) !== undefined) return error;
  return new OpsError('authentication', error.message, { next: 'Set a new API key or token.' });
}

async function readDetails(
  asking: Asking,
  { configured, listed }: QdrantEssential,
  metricsSince: () => Promise<QdrantMetrics | undefined>,
): Promise<QdrantDetails> {
  const part = <T>(work: () => Promise<T | undefined>): Promise<Part<T>> => readPart(asking, work);
  const [version, ready, aliases, cluster, metrics, collections] = await Promise.all([
    part(() => askJson(asking, '/', rootAnswer)),
    part(() => askText(asking, '/readyz')),
    part(() => askJson(asking, '/aliases', aliasesAnswer)),
    part(() => askJson(asking, '/cluster', clusterAnswer)),
    part(metricsSince),
    readByName((listed ?? []).slice(0, mostCollections), (name) => readCollection(asking, name)),
  ]);
  const ownNameOf = new Map(aliases.kind === 'value' ? aliases.value.map((one) => [one.alias, one.collection]) : []);
  const found = [...configured, ...collections].filter(([, { kind }]) => kind === 'found');
  const names = [...new Set(found.map(([name]) => ownNameOf.get(name) ?? name))];
  const snapshots = await readByName(names, (name) =>
    part(() => askJson(asking, `/collections/${encodeURIComponent(name)}/snapshots`, snapshotsAnswer)),
  );
  const clustered = cluster.kind === 'value' && cluster.value.enabled;
  const shards = await readByName(clustered ? names : [], (name) =>
    part(() => askJson(asking, `/collections/${encodeURIComponent(name)}/cluster`, shardsAnswer)),
  );
  return { version, ready, collections, aliases, snapshots, shards, cluster, metrics };
}

/** One after the other, so that a server with many collections is not asked for all at once. */
async function readByName<T>(
  names: readonly string[],
  read: (name: string) => Promise<T>,
): Promise<ReadonlyMap<string, T>> {
  const found = new Map<string, T>();
  for (const name of names) found.set(name, await read(name));
  return found;
}

/** A prefix of the operator's may stand before each name. */
async function readMetrics(
  asking: Asking,
  earlierErrors: QdrantMetrics['earlierErrors'],
): Promise<QdrantMetrics | undefined> {
  const page = await askText(asking, '/metrics');
  if (page === undefined) return undefined;
  const { samples } = parseMetrics(page);
  const valueOf = (ending: string): number | undefined => samples.find(({ name }) => name.endsWith(ending))?.value;
  const failed = samples.filter(
    ({ name, labels }) => name.endsWith('rest_responses_total') && /^5\d\d$/.test(labels['status'] ?? ''),
  );
  return {
    residentBytes: valueOf('memory_resident_bytes'),
    recoveryMode: valueOf('app_status_recovery_mode') === 1,
    serverErrors: new Map(
      failed.map(({ labels: { method, endpoint, status }, value }) => [`${method} ${endpoint} ${status}`, value]),
    ),
    earlierErrors,
  };
}
