/** Secrets in the settings: which fields hold one, what they refer to, and how the secret itself is found and hidden. */
export { redact } from './redact.ts';
export { missingSecretOf, resolveSecret } from './resolveSecret.ts';
export type { MissingSecret, SecretVault } from './resolveSecret.ts';
export { approvalKey, secretKey, secretKeyPrefix } from './secretKeys.ts';
export { secretReferences } from './secretReferences.ts';
export type { SecretReference } from './secretReferences.ts';
