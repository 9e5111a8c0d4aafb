import * as z from 'zod/mini';
import { OpsError } from '../core/errors.ts';
import { marksOf } from '../core/operations/identity.ts';
import type { ServiceIdentity } from '../core/operations/identity.ts';
import { getText, reachedAt } from './http.ts';
import type { HttpTarget } from './http.ts';
import { parseJson, statusError } from './httpProbe.ts';

const timeoutMs = 5_000;

const rootAnswer = z.object({ title: z.string(), version: z.string() });
/** The id is made anew whenever the process starts. */
const telemetryAnswer = z.object({ result: z.object({ id: z.string() }) });
const clusterAnswer = z.object({ result: z.object({ peer_id: z.optional(z.number()) }) });

/** Who answers as Qdrant (its OpenAPI document: /, /telemetry, /cluster). Throws OpsError. */
export async function identifyQdrant(target: HttpTarget, signal: AbortSignal): Promise<ServiceIdentity> {
  const { host, pathname } = new URL(target.baseUrl);
  const address = `${host}${pathname === '/' ? '' : pathname}`;
  const read = async <T>(path: string, schema: z.ZodMiniType<T>): Promise<T | undefined> => {
    const answer = await getText(target, path, signal, { timeoutMs });
    if (path === '/' && answer.status !== 200) throw statusError(target, path, answer);
    const parsed = schema.safeParse(parseJson(answer.body));
    return answer.status === 200 && parsed.success ? parsed.data : undefined;
  };
  const root = await read('/', rootAnswer);
  if (!root) throw new OpsError('protocol', `What answers at ${address} is not Qdrant.`);
  const [telemetry, cluster] = await Promise.all([
    read('/telemetry', telemetryAnswer),
    read('/cluster', clusterAnswer),
  ]);
  const peer = cluster?.result.peer_id;
  const { resolved, fingerprint } = reachedAt(target);
  return {
    service: 'Qdrant',
    address,
    resolved,
    version: root.version,
    marks: marksOf({
      'process id': telemetry?.result.id,
      'peer id': peer === undefined ? undefined : String(peer),
      'TLS fingerprint': fingerprint,
    }),
    unknown: telemetry ? undefined : 'its API key may not read /telemetry: it needs read access to all',
  };
}
