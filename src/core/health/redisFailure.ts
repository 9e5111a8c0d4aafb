import { OpsError } from '../errors.ts';
import type { Failure } from './reading.ts';

/** Any thrown value as the reason why something could not be read. */
export function failureOf(error: unknown): Failure {
  if (error instanceof OpsError) return { code: error.code, message: error.message, next: error.next };
  return { code: 'protocol', message: error instanceof Error ? error.message : String(error), next: undefined };
}
