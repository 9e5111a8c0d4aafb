import { OpsError } from '../../errors.ts';

/** What is worth knowing of a glob pattern of Redis before keys are removed by it. */
export interface PatternCheck {
  /** Whole sentences. */
  readonly warnings: readonly string[];
}

/**
 * Looks at a pattern as Redis' SCAN reads it (`*`, `?`, `[…]`, `\` before a character). Throws OpsError `settings` for
 * one that means nothing or everything: that has a command of its own.
 */
export function checkPattern(pattern: string): PatternCheck {
  if (pattern === '') throw refused('An empty pattern matches nothing.', 'Write one such as cache:search:*');
  if (/^[*?]*\*[*?]*$/.test(pattern)) {
    throw refused(`${pattern} matches every key.`, 'To remove all keys, flush the whole database.');
  }
  const bare = pattern.replace(/\\./gs, '');
  const warnings: string[] = [];
  if (/\[/.test(bare)) {
    const words = /\[[^\]]*\]/.test(bare) ? 'means any one of the characters in it' : 'is never closed';
    warnings.push(`The [ in ${pattern} ${words}. For the character itself write \\[ instead.`);
  }
  if (!/[*?[]/.test(bare)) warnings.push(`${pattern} has no wildcard: it matches the key of exactly that name only.`);
  if (/^\s|\s$/.test(pattern)) warnings.push('The pattern begins or ends with a space, which counts.');
  if (/^[*?]/.test(bare)) warnings.push(`${pattern} begins with a wildcard: it matches across all namespaces.`);
  return { warnings };
}

/** A pattern for the keys that begin with `prefix`, every character of which stands for itself. */
export function patternOfPrefix(prefix: string): string {
  return `${prefix.replace(/[\\*?[\]]/g, String.raw`\$&`)}*`;
}

function refused(message: string, next: string): OpsError {
  return new OpsError('settings', `${message} Nothing was done.`, { next });
}
