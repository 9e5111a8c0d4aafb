import type { Environment } from './environment.ts';
import { OpsError } from '../errors.ts';
import { approvalKey, secretKey } from './secretKeys.ts';
import { writtenText } from './secretReferences.ts';
import type { SecretReference } from './secretReferences.ts';
import { parseSecretText } from './secretText.ts';
import { secretFieldAt, secretInUrl } from './secretFields.ts';

/** Where secrets come from: the editor's storage, and the variables of the process. */
export interface SecretVault {
  /** The stored secret, undefined when there is none. */
  stored(key: string): Promise<string | undefined>;
  /** The value of an environment variable, undefined when it is not set. */
  variable(name: string): string | undefined;
  /** Whether the user allowed what the key says. */
  isApproved(key: string): boolean;
}

/** Why a secret is not at hand, and so what to offer: asking for it, saying which variable to set, or approving. */
export interface MissingSecret {
  readonly reason: 'notStored' | 'variableNotSet' | 'notApproved';
  readonly reference: SecretReference;
}

/**
 * The secret a field stands for: the whole value to send, for a header or variable with the text around the reference,
 * for an address with a password in it that password. Throws OpsError `secretMissing`; `missingSecretOf` tells why.
 */
export async function resolveSecret(
  environment: Environment,
  reference: SecretReference,
  vault: SecretVault,
): Promise<string> {
  const text = writtenText(environment, reference) ?? '';
  const parsed = parseSecretText(text);
  if (parsed.kind !== 'reference') {
    return secretFieldAt(reference.path.slice(1)) === undefined ? (secretInUrl(text) ?? text) : text;
  }
  const value = await fetchSecret(environment, reference, vault);
  return `${parsed.before}${value}${parsed.after}`;
}

/** What is missing, from an error that `resolveSecret` threw; undefined for any other error. */
export function missingSecretOf(error: unknown): MissingSecret | undefined {
  if (!(error instanceof OpsError) || error.code !== 'secretMissing') return undefined;
  return error.cause instanceof MissingSecretCause ? error.cause.missing : undefined;
}

class MissingSecretCause extends Error {
  readonly missing: MissingSecret;

  constructor(missing: MissingSecret) {
    super(missing.reason);
    this.missing = missing;
  }
}

async function fetchSecret(environment: Environment, reference: SecretReference, vault: SecretVault): Promise<string> {
  const { source } = reference;
  if (source.kind !== 'variable') {
    const stored = await vault.stored(secretKey(environment, reference));
    if (stored === undefined) throw missingSecret(environment, reference, 'notStored');
    return stored;
  }
  // Asked first: whether the variable is set is nobody's business before it may be used.
  if (!vault.isApproved(approvalKey(environment, reference)))
    throw missingSecret(environment, reference, 'notApproved');
  const value = vault.variable(source.name);
  if (value === undefined || value === '') throw missingSecret(environment, reference, 'variableNotSet');
  return value;
}

function missingSecret(
  environment: Environment,
  reference: SecretReference,
  reason: MissingSecret['reason'],
): OpsError {
  const { host, source } = reference;
  const label = reference.label.replace(/^(Variable|Application|Webhook)/, (word) => word.toLowerCase());
  const what = `The ${label} of “${environment.name}”`;
  const fromVariable = `${what} comes from the environment variable ${source.kind === 'variable' ? source.name : ''}`;
  const said = {
    notStored: {
      message: `${what} for ${host} is not stored yet.`,
      next: 'Enter it with “Cache Ops: Set or Allow Secret…”.',
    },
    notApproved: {
      message: `${fromVariable}, which has not been allowed to go to ${host} yet.`,
      next: 'Check the host, then allow it with “Cache Ops: Set or Allow Secret…”.',
    },
    variableNotSet: {
      message: `${fromVariable}, which is not set where the editor runs.`,
      next: 'Set it, then start the editor again from there.',
    },
  }[reason];
  const cause = new MissingSecretCause({ reason, reference });
  return new OpsError('secretMissing', said.message, { next: said.next, cause });
}
