import type { Agent as HttpAgent } from 'node:http';
import type { Agent as HttpsAgent } from 'node:https';
import { setImmediate as nextTurn } from 'node:timers/promises';
import fetch, { FetchError } from 'node-fetch';
import type { Response } from 'node-fetch';
import type { Environment } from '../core/environment/environment.ts';
import type { TlsSettings } from '../core/environment/schema.ts';
import { OpsError } from '../core/errors.ts';
import { formatBytes } from '../core/format.ts';
import { byCode, describe, explainedError } from './networkErrors.ts';
import type { Explanation } from './networkErrors.ts';
import { readPem } from './pem.ts';
import type { SecretLookup } from './redisTarget.ts';
import { nothingReached, SecureWitnessAgent, WitnessAgent } from './reached.ts';
import type { Reached } from './reached.ts';
import { pastProxy, tunnelAgents } from './tunnel/agents.ts';
import type { TunnelAgents } from './tunnel/agents.ts';
import { refusePastTunnel } from './tunnels.ts';
import type { TunnelWay } from './tunnels.ts';

/** An HTTP service with all that its requests need; secrets resolved, certificates read. */
export interface HttpTarget {
  /** Without a slash at the end; may have a path. */
  readonly baseUrl: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Keep their connections until it is closed. Used by `wayTo` alone, which knows of the tunnel. */
  readonly agents: { readonly plain: HttpAgent; readonly secure: HttpsAgent };
  /** Where there is one, all requests go through it. */
  readonly tunnel?: TunnelAgents;
  /** What must not appear in any message, should the server echo it. */
  readonly secrets: readonly string[];
  /** Ends its connections, and its use of a tunnel. */
  close(): void;
}

interface HttpSettings {
  readonly url: string;
  readonly username?: string | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly tls?: TlsSettings | undefined;
}

export interface HttpAnswer {
  readonly status: number;
  readonly body: string;
  /** Its content type; '' where it says none. */
  readonly type?: string;
  /** Of this state of the resource, where the server tells states apart. */
  readonly etag?: string | undefined;
}

/** One connection is kept for the next poll; several are opened only while several answers are awaited. */
const connections = { keepAlive: true, maxSockets: 4, maxFreeSockets: 1 };

/**
 * `service` is the name of the settings' section, under which its secrets are found. `tunnel` has to be given where the
 * environment names one for it. Throws OpsError for what is missing.
 */
export async function resolveHttpTarget(
  environment: Environment,
  service: string,
  settings: HttpSettings,
  secret: SecretLookup,
  tunnel?: TunnelWay,
): Promise<HttpTarget> {
  if (!tunnel) refusePastTunnel(environment, service);
  const headers: Record<string, string> = {};
  const secrets: string[] = [];
  for (const [name, text] of Object.entries(settings.headers ?? {})) {
    const kept = await secret(`${service}.headers.${name}`);
    headers[name] = kept ?? text;
    // Of "Bearer abc", the server may repeat abc alone.
    if (kept !== undefined) secrets.push(kept, kept.slice(kept.lastIndexOf(' ') + 1));
  }
  // At once: each is a question to the editor, which may be busy.
  const [token, password, apiKey] = await Promise.all(
    ['token', 'password', 'apiKey'].map((name) => secret(`${service}.${name}`)),
  );
  if (token !== undefined) headers['authorization'] = `Bearer ${token}`;
  else if (settings.username !== undefined)
    headers['authorization'] = `Basic ${Buffer.from(`${settings.username}:${password ?? ''}`).toString('base64')}`;
  if (apiKey !== undefined) headers['api-key'] = apiKey;
  const login = headers['authorization']?.slice('Basic '.length);
  secrets.push(...[token, password, apiKey, login].filter((one) => one !== undefined));
  const tls = await readPem(environment, settings.tls, () => secret(`${service}.tls.passphrase`));
  const agents = { plain: new WitnessAgent(connections), secure: new SecureWitnessAgent({ ...connections, ...tls }) };
  const through = tunnel && tunnelAgents(tunnel.dial, { ...connections, ...tls });
  return {
    baseUrl: settings.url.replace(/\/+$/, ''),
    headers,
    agents,
    secrets,
    ...(through && { tunnel: through }),
    close: () => {
      agents.plain.destroy();
      agents.secure.destroy();
      through?.destroy();
      tunnel?.close();
    },
  };
}

/** Where a request to `address` is sent, and with what: through the tunnel of the target where it has one. */
export function wayTo(target: HttpTarget, address: string) {
  const { headers, agents, tunnel } = target;
  const url = new URL(address);
  if (!tunnel) return { url: address, headers, agent: url.protocol === 'https:' ? agents.secure : agents.plain };
  const past = pastProxy(address);
  return { url: past.url, headers: { ...headers, host: past.host }, agent: tunnel.agentOf(url) };
}

/** Whom the last request went to. */
export function reachedAt({ baseUrl, agents, tunnel }: HttpTarget): Reached {
  const url = new URL(baseUrl);
  const agent = tunnel?.agentOf(url) ?? (url.protocol === 'https:' ? agents.secure : agents.plain);
  return agent instanceof WitnessAgent || agent instanceof SecureWitnessAgent ? agent.reached : nothingReached;
}

/**
 * GETs `path` and gives status and body, whatever the status; at most `maxBytes`. A redirect is followed on the same
 * host only, because the headers go with it. Throws OpsError for a server that cannot be reached, hangs, or sends more.
 */
export function getText(
  target: HttpTarget,
  path: string,
  signal: AbortSignal,
  limits: HttpLimits = {},
): Promise<HttpAnswer> {
  return exchange(target, path, {}, signal, limits);
}

/** What is sent to change something. */
export interface HttpMessage {
  readonly method: 'PUT' | 'POST' | 'DELETE';
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Sends a change, once: never again, nor on to another place, whatever becomes of it. Otherwise like `getText`. */
export function sendText(
  target: HttpTarget,
  path: string,
  message: HttpMessage,
  signal: AbortSignal,
  limits: HttpLimits = {},
): Promise<HttpAnswer> {
  return exchange(target, path, message, signal, limits);
}

interface HttpLimits {
  readonly timeoutMs?: number;
  readonly maxBytes?: number;
  /** Asks for it compressed: worth it only where it may be large, since unpacking takes more than a small answer itself. */
  readonly isLarge?: boolean;
}

async function exchange(
  target: HttpTarget,
  path: string,
  message: Partial<HttpMessage>,
  signal: AbortSignal,
  { timeoutMs = 10_000, maxBytes = 32 * 1024 * 1024, isLarge = false }: HttpLimits,
): Promise<HttpAnswer> {
  // AbortSignal.timeout() would wait, and be kept, until its time, whenever the answer came.
  const timeout = new AbortController();
  const timer = setTimeout(() => timeout.abort(), timeoutMs);
  const address = new URL(target.baseUrl).host;
  try {
    const stop = AbortSignal.any([signal, timeout.signal]);
    const options = { signal: stop, size: maxBytes, compress: isLarge };
    const ask = (): Promise<Response> => follow(target, target.baseUrl + path, message, options);
    // A server may close a kept connection just as it is used again, which says nothing about the server.
    const again = (error: unknown): boolean => message.method === undefined && isReset(error) && !stop.aborted;
    const response = await ask().catch(async (error: unknown) => {
      const cause = await ofTunnel(error, target);
      if (cause === undefined && again(error)) return ask();
      throw cause ?? error;
    });
    return {
      status: response.status,
      body: await response.text().catch(async (error: unknown) => {
        throw (await ofTunnel(error, target)) ?? bodyError(error, address, maxBytes);
      }),
      type: response.headers.get('content-type') ?? '',
      etag: response.headers.get('etag') ?? undefined,
    };
  } catch (error) {
    if (signal.aborted) throw new OpsError('cancelled', 'Cancelled.', { cause: error });
    if (timeout.signal.aborted)
      throw new OpsError('timedOut', `${address} did not answer within ${timeoutMs / 1000} s.`, { cause: error });
    throw httpError((await ofTunnel(error, target)) ?? error, address);
  } finally {
    clearTimeout(timer);
  }
}

/** node-fetch keeps only the words of an error, and Node says of a connection that ends only that it was ended. */
async function ofTunnel(error: unknown, { tunnel }: HttpTarget): Promise<OpsError | undefined> {
  if (!tunnel || error instanceof OpsError) return undefined;
  // The tunnel's word on a connection may come just after its end.
  await nextTurn();
  const failure = tunnel.failure();
  return failure && (isReset(error) || describe(error).message.includes(failure.message)) ? failure : undefined;
}

/** While the answer was read. */
function bodyError(error: unknown, address: string, maxBytes: number): unknown {
  if (error instanceof FetchError && error.type === 'max-size') {
    return new OpsError(
      'protocol',
      `${address} sent more than ${formatBytes(maxBytes)}, and was not heard to the end.`,
      {
        cause: error,
        next: 'Check the address in the environment.',
      },
    );
  }
  if (!isReset(error) && !/premature close/i.test(describe(error).message)) return error;
  return new OpsError('closed', `${address} closed the connection in the middle of its answer.`, {
    cause: error,
    next: 'It will be asked again.',
  });
}

function isReset(error: unknown): boolean {
  return ['ECONNRESET', 'EPIPE'].includes(describe(error).code ?? '');
}

const mostRedirects = 3;

async function follow(
  target: HttpTarget,
  first: string,
  { method = 'GET', body, headers }: Pick<Partial<HttpMessage>, 'body' | 'headers'> & { readonly method?: string },
  options: { readonly signal: AbortSignal; readonly size: number; readonly compress: boolean },
): Promise<Response> {
  let url = first;
  for (let redirects = 0; ; redirects += 1) {
    const way = wayTo(target, url);
    const response = await fetch(way.url, {
      method,
      ...(body === undefined ? {} : { body }),
      headers: { ...way.headers, ...headers },
      agent: way.agent,
      redirect: 'manual',
      ...options,
    });
    const location = response.headers.get('location');
    if (response.status < 300 || response.status > 399 || location === null || method !== 'GET') return response;
    response.body?.resume();
    const { host } = new URL(first);
    if (!URL.canParse(location, url))
      throw new OpsError('protocol', `${host} sends on to something that is no address.`);
    const next = new URL(location, url);
    const place = next.origin + next.pathname;
    if (next.origin !== new URL(url).origin) {
      throw new OpsError('settings', `${host} sends on to ${place}.`, {
        next: 'If that is the right place, write its address into the environment.',
      });
    }
    if (redirects === mostRedirects)
      throw new OpsError('protocol', `${host} sends on again and again, at last to ${place}.`);
    url = next.href;
  }
}

/** What networkErrors.ts says of Redis addresses, said of web addresses. */
const nextSteps: Readonly<Record<string, string>> = {
  ECONNRESET:
    'If it speaks TLS, write https:// in the address; if it wants a client certificate, set tls.cert and tls.key.',
  EPIPE: 'If it speaks TLS, write https:// in the address.',
  ERR_SSL_WRONG_VERSION_NUMBER: 'Write http:// in the address, or use the server’s TLS port.',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'Write http:// in the address, or use the server’s TLS port.',
};

/** What was thrown on the way to a web address, as an OpsError. */
export function httpError(error: unknown, address: string): OpsError {
  if (error instanceof OpsError) return error;
  const { code = '', message } = describe(error);
  const known: Explanation | undefined = byCode[code];
  if (code.startsWith('HPE_')) {
    const next = 'Check host and port.';
    return new OpsError('protocol', `What answers at ${address} does not speak HTTP.`, { cause: error, next });
  }
  // The whole address, with its query, is in front of what node-fetch says.
  const reason = message.replace(/^request to \S+ failed, reason: /, '');
  if (!known) return new OpsError('protocol', `${address}: ${reason}`, { cause: error });
  const next = nextSteps[code] ?? known.next;
  return explainedError(next === undefined ? known : { ...known, next }, address, error);
}
