import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Stores } from './answers.ts';
import { answer } from './answers.ts';
import type { Config } from './config.ts';
import { NAMESPACES, isNamespace } from './questions.ts';
import type { Namespace } from './questions.ts';

export interface App {
  readonly config: Config;
  readonly stores: Stores;
  readonly startedAt: Date;
}

interface Reply {
  readonly status: number;
  readonly body: unknown;
}

/** Answers one HTTP request; a fault of ours is a 500 with its message. */
export async function handle(app: App, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://localhost');
  try {
    if (url.pathname === '/metrics') {
      const { text, type } = await app.stores.metrics.expose();
      response.writeHead(200, { 'content-type': type }).end(text);
      return;
    }
    const { status, body } = await reply(app, `${request.method ?? 'GET'} ${url.pathname}`, url.searchParams);
    response.writeHead(status, { 'content-type': 'application/json' }).end(`${JSON.stringify(body)}\n`);
  } catch (error) {
    response
      .writeHead(500, { 'content-type': 'application/json' })
      .end(`${JSON.stringify({ error: String(error) })}\n`);
  }
}

function reply(app: App, route: string, query: URLSearchParams): Promise<Reply> {
  switch (route) {
    case 'GET /answer':
      return replyWithAnswer(app, query);
    case 'GET /health':
      return replyWithHealth(app);
    case 'GET /api/cache/stats':
      return replyWithStats(app);
    case 'POST /api/cache/clear':
      return clearCache(app, query);
    default:
      return Promise.resolve({ status: 404, body: { error: `Nothing is served at ${route}.` } });
  }
}

async function replyWithAnswer(app: App, query: URLSearchParams): Promise<Reply> {
  const namespace = query.get('namespace') ?? '';
  const question = (query.get('q') ?? '').trim();
  if (!isNamespace(namespace)) return badNamespace(namespace);
  if (question === '') return { status: 400, body: { error: 'The question is missing: ?namespace=search&q=…' } };
  const answered = await answer(app.stores, namespace, question);
  return { status: 200, body: { namespace, question, ...answered } };
}

interface Check {
  readonly status: 'ok' | 'failed' | 'off';
  readonly milliseconds?: number;
  readonly detail?: string;
}

async function replyWithHealth(app: App): Promise<Reply> {
  const { config, stores } = app;
  const { semantic } = stores;
  const checks = {
    redis: await check(() => stores.exact.ping()),
    qdrant: semantic === undefined ? semanticIsOff(config) : await check(() => semantic.ping()),
  };
  const healthy = Object.values(checks).every(({ status }) => status !== 'failed');
  const flags = {
    CACHE_ENABLED: String(config.cacheEnabled),
    ENABLE_SEMANTIC_CACHE_V2: config.semanticEnabled ? '1' : '0',
  };
  const body = {
    status: healthy ? 'healthy' : 'degraded',
    checks,
    flags,
    pid: process.pid,
    startedAt: app.startedAt.toISOString(),
  };
  return { status: 200, body };
}

function semanticIsOff(config: Config): Check {
  return config.semanticEnabled
    ? { status: 'failed', detail: 'ENABLE_SEMANTIC_CACHE_V2 is on, but no Qdrant is configured.' }
    : { status: 'off', detail: 'ENABLE_SEMANTIC_CACHE_V2 is off.' };
}

async function check(ping: () => Promise<void>): Promise<Check> {
  const start = performance.now();
  try {
    await ping();
    return { status: 'ok', milliseconds: Math.round((performance.now() - start) * 10) / 10 };
  } catch (error) {
    return { status: 'failed', detail: error instanceof Error ? error.message : String(error) };
  }
}

async function replyWithStats(app: App): Promise<Reply> {
  const { config, stores } = app;
  const keys = await Promise.all(NAMESPACES.map((namespace) => stores.exact.count(namespace)));
  return {
    status: 200,
    body: {
      since: app.startedAt.toISOString(),
      ttlSeconds: config.ttlSeconds,
      semanticEnabled: stores.semantic !== undefined,
      entries: { redis: keys.reduce((sum, count) => sum + count, 0), qdrant: (await stores.semantic?.count()) ?? null },
      namespaces: await stores.metrics.stats(),
    },
  };
}

/** Also clears what an earlier run with the flag on has left in Qdrant only while the flag is on. */
async function clearCache(app: App, query: URLSearchParams): Promise<Reply> {
  const wanted = query.get('namespace');
  if (wanted !== null && !isNamespace(wanted)) return badNamespace(wanted);
  const namespaces: readonly Namespace[] = wanted === null ? NAMESPACES : [wanted];
  let redisKeys = 0;
  let qdrantPoints = 0;
  for (const namespace of namespaces) {
    // Points first: one without its entry is passed over, an entry without its point would still be served.
    qdrantPoints += (await app.stores.semantic?.clear(namespace)) ?? 0;
    redisKeys += await app.stores.exact.clear(namespace);
  }
  return { status: 200, body: { cleared: { namespaces, redisKeys, qdrantPoints } } };
}

function badNamespace(given: string): Reply {
  return { status: 400, body: { error: `"${given}" is not a namespace; there are ${NAMESPACES.join(', ')}.` } };
}
