/** What went wrong, for code that decides by it; the message is for the person. */
export type ErrorCode =
  | 'settings' // a setting is wrong or incomplete
  | 'secretMissing' // a referenced secret is not stored, or an environment variable is not set or not approved
  | 'nameNotResolved'
  | 'refused'
  | 'hostKeyUnknown' // an SSH server that nobody has vouched for yet
  | 'hostKeyChanged' // an SSH server that is not the one it was
  | 'notAllowed' // a person has to allow it first
  | 'unreachable'
  | 'closed' // the other side hung up
  | 'tls'
  | 'authentication' // wrong user, password or key, or none where one is needed
  | 'permission' // known, but not allowed to
  | 'timedOut'
  | 'busy' // the server is loading or otherwise not ready
  | 'protocol' // something answered, but not what we speak
  | 'conflict' // the world is not what was shown
  | 'readOnly'
  | 'file'
  | 'cancelled';

/**
 * The one error class of core and clients. `message` says what happened and what did not; `next` says what to do about
 * it. Neither ever contains a secret. Only the command boundary shows one to the user; `cancelled` is never shown.
 */
export class OpsError extends Error {
  override readonly name = 'OpsError';
  readonly code: ErrorCode;
  readonly next: string | undefined;

  constructor(code: ErrorCode, message: string, options: { readonly cause?: unknown; readonly next?: string } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.next = options.next;
  }
}

/** The sentence to show for any thrown value: what happened, then the next step. */
export function explain(error: unknown): string {
  if (error instanceof OpsError) return error.next === undefined ? error.message : `${error.message} ${error.next}`;
  return error instanceof Error ? error.message : String(error);
}
