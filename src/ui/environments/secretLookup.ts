import type { Environment } from '../../core/environment/environment.ts';
import { missingSecretOf, resolveSecret, secretReferences } from '../../core/environment/references.ts';
import type { SecretVault } from '../../core/environment/references.ts';

/** Gives the secret of a field such as `redis.password`; undefined where the settings name none. Throws `secretMissing`. */
export function secretLookup(
  environment: Environment,
  vault: SecretVault,
): (field: string) => Promise<string | undefined> {
  return async (field) => {
    const reference = secretReferences(environment).find((one) => one.field === field);
    return reference && resolveSecret(environment, reference, vault);
  };
}

/** Every secret of the environment that is at hand, to be kept out of what is written down. */
export async function secretsOf(environment: Environment, vault: SecretVault): Promise<readonly string[]> {
  const found = await Promise.all(
    secretReferences(environment).map(async (reference) => {
      try {
        return [await resolveSecret(environment, reference, vault)];
      } catch (error) {
        if (missingSecretOf(error)) return [];
        throw error;
      }
    }),
  );
  return found.flat();
}
