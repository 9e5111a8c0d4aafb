import type { Environment } from './environment.ts';
import type { SecretReference } from './secretReferences.ts';

/** The key a secret is stored under: bound to environment, field and host, so that a changed host needs it again. */
export function secretKey(environment: Environment, reference: Pick<SecretReference, 'field' | 'host'>): string {
  return `${secretKeyPrefix(environment)}secret:${JSON.stringify([reference.field, reference.host])}`;
}

/**
 * The key an approval is remembered under: this variable may go from this environment to this host. Throws nothing; for
 * a reference that is not to a variable, the key of nothing.
 */
export function approvalKey(
  environment: Environment,
  { source, host }: Pick<SecretReference, 'source' | 'host'>,
): string {
  const name = source.kind === 'variable' ? source.name : '';
  return `${secretKeyPrefix(environment)}variable:${JSON.stringify([name, host])}`;
}

/** What every key of this environment begins with, and no key of another. */
export function secretKeyPrefix(environment: Pick<Environment, 'id'>): string {
  return `cacheOps:${JSON.stringify(environment.id)}:`;
}
