import { explain, OpsError } from '../../core/errors.ts';
import type { Draft } from './draft.ts';

/** The question whose answer is to be corrected; undefined where none is wrong. */
export type Fault = 'place' | 'name' | 'address' | 'authority' | 'login' | undefined;

/** Why the connection of a draft, or saving it, failed: in words that make sense before there is an environment. */
export interface DraftFailure {
  readonly says: string;
  /** A whole sentence, or '' where nothing is known to help. */
  readonly next: string;
  readonly fault: Fault;
}

export function explainConnecting(error: unknown, draft: Draft): DraftFailure {
  if (!(error instanceof OpsError)) return { says: explain(error), next: '', fault: 'address' };
  const { code, message: says, next = '' } = error;
  switch (code) {
    case 'cancelled':
      return { says: 'Cancelled: nothing is known about the connection.', next: '', fault: undefined };
    case 'authentication':
      return { says, next: loginAdvice(says, draft), fault: 'login' };
    case 'secretMissing':
      return { says, next: 'Go back and log in another way.', fault: 'login' };
    case 'permission':
      return { says, next, fault: draft.url.startsWith('unix:') ? 'address' : 'login' };
    case 'file':
      return { says, next: 'Go back and correct the path of the certificate authority.', fault: 'authority' };
    case 'busy':
      return { says, next: 'Wait a moment, then try again.', fault: 'address' };
    default:
      return { says, ...settingAdvice(next) };
  }
}

/** An environment is written as a whole or not at all. */
export function explainSaving(error: unknown): DraftFailure {
  if (!(error instanceof OpsError)) return { says: explain(error), next: '', fault: 'place' };
  const { message: says, next = '' } = error;
  return { says, next, fault: /\bname\b/.test(next) ? 'name' : 'place' };
}

function loginAdvice(says: string, { login }: Draft): string {
  if (login === 'none') return 'Go back and choose how to log in.';
  if (says.includes('has no password set')) return 'Go back and choose "No password".';
  return login === 'secret'
    ? 'Go back and type user name and password again.'
    : 'Go back and correct the user name, or the variable that holds the password.';
}

/** Elsewhere the advice names the setting to change; here it is the answer to a question, or comes after saving. */
function settingAdvice(next: string): { readonly next: string; readonly fault: Fault } {
  const keys: readonly string[] = next.match(/\btls\.\w+/g) ?? [];
  if (keys.includes('tls.ca'))
    return { next: 'Go back and name the file of the certificate authority that signed it.', fault: 'authority' };
  if (keys.length === 0) return { next: next.replace('It will be asked again.', 'Try again.'), fault: 'address' };
  const [is, it] = keys.length === 1 ? ['is', 'it'] : ['are', 'them'];
  const later = `${keys.join(' and ')} ${is} not asked for here: save all the same, then add ${it} in the settings.`;
  return { next: `${next} ${later}`, fault: 'address' };
}
