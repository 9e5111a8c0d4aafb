import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import fetch from 'node-fetch';
import type { Environment } from '../core/environment/environment.ts';
import type { TlsSettings } from '../core/environment/schema.ts';
import { OpsError } from '../core/errors.ts';
import { byCode, describe, explainedError } from './networkErrors.ts';
import { readPem } from './pem.ts';
import type { SecretLookup } from './redisTarget.ts';

/** An HTTP service with all that its requests need; secrets resolved, certificates read. */
export interface HttpTarget {
  /** Without a slash at the end; may have a path. */
  readonly baseUrl: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly agent: HttpAgent | HttpsAgent;
}

interface HttpSettings {
  readonly url: string;
  readonly username?: string | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly tls?: TlsSettings | undefined;
}

/** `service` is the name of the settings' section, under which its secrets are found. */
export async function resolveHttpTarget(
  environment: Environment,
  service: string,
  settings: HttpSettings,
  secret: SecretLookup,
): Promise<HttpTarget> {
  const headers: Record<string, string> = {};
  for (const [name, text] of Object.entries(settings.headers ?? {}))
    headers[name] = (await secret(`${service}.headers.${name}`)) ?? text;
  const token = await secret(`${service}.token`);
  const password = await secret(`${service}.password`);
  if (token !== undefined) headers['authorization'] = `Bearer ${token}`;
  else if (settings.username !== undefined)
    headers['authorization'] = `Basic ${Buffer.from(`${settings.username}:${password ?? ''}`).toString('base64')}`;
  const secure = settings.url.startsWith('https:');
  const agent = secure
    ? new HttpsAgent({
        keepAlive: true,
        ...(await readPem(environment, settings.tls, () => secret(`${service}.tls.passphrase`))),
      })
    : new HttpAgent({ keepAlive: true });
  return { baseUrl: settings.url.replace(/\/+$/, ''), headers, agent };
}

/**
 * GETs `path` and gives status and body, whatever the status; at most `maxBytes`. Throws OpsError for a server that
 * cannot be reached, hangs, or sends more.
 */
export async function getText(
  target: HttpTarget,
  path: string,
  signal: AbortSignal,
  { timeoutMs = 10_000, maxBytes = 32 * 1024 * 1024 } = {},
): Promise<{ status: number; body: string }> {
  const timeout = AbortSignal.timeout(timeoutMs);
  const address = new URL(target.baseUrl).host;
  try {
    const response = await fetch(target.baseUrl + path, {
      headers: target.headers,
      agent: target.agent,
      signal: AbortSignal.any([signal, timeout]),
      size: maxBytes,
    });
    return { status: response.status, body: await response.text() };
  } catch (error) {
    if (signal.aborted) throw new OpsError('cancelled', 'Cancelled.', { cause: error });
    if (timeout.aborted)
      throw new OpsError('timedOut', `${address} did not answer within ${timeoutMs / 1000} s.`, { cause: error });
    const { code, message } = describe(error);
    const known = code === undefined ? undefined : byCode[code];
    throw known
      ? explainedError(known, address, error)
      : new OpsError('protocol', `${address}: ${message}`, { cause: error });
  }
}
