import { OpsError } from '../errors.ts';
import type { Failure, HealthState, ServiceReport } from './reading.ts';

/** Any thrown value as the reason why something could not be read. */
export function failureOf(error: unknown): Failure {
  if (error instanceof OpsError) return { code: error.code, message: error.message, next: error.next };
  return { code: 'protocol', message: error instanceof Error ? error.message : String(error), next: undefined };
}

/** Reads that failed: what was known is kept as what it was, but nothing of it is claimed to be so now. */
export function reportFailure(failure: Failure, last: ServiceReport | undefined): ServiceReport {
  const state: HealthState = notKnown.has(failure.code) ? 'unknown' : 'down';
  const readings = (last?.readings ?? [])
    .filter((reading) => reading.id !== 'connection')
    .map((reading) => ({
      ...reading,
      state: 'unknown' as const,
      detail: 'Not read now: this is the last known value.',
    }));
  return { state, summary: failureWords[failure.code] ?? failure.code, readings, readAtMs: last?.readAtMs, failure };
}

/** The service itself was not asked, or does not tell us: whether it works for others is not known. */
const notKnown = new Set<Failure['code']>([
  'secretMissing',
  'settings',
  'file',
  'hostKeyUnknown',
  'hostKeyChanged',
  'notAllowed',
  'authentication',
  'permission',
]);

const failureWords: Partial<Record<Failure['code'], string>> = {
  settings: 'not set up',
  secretMissing: 'secret needed',
  nameNotResolved: 'host name not found',
  refused: 'connection refused',
  hostKeyUnknown: 'SSH host key not known',
  hostKeyChanged: 'SSH host key changed',
  notAllowed: 'tunnel not allowed yet',
  unreachable: 'not reachable',
  closed: 'connection closed',
  tls: 'TLS failed',
  authentication: 'login failed',
  permission: 'not permitted',
  timedOut: 'timed out',
  busy: 'not ready',
  protocol: 'unexpected answer',
  file: 'file not readable',
};
