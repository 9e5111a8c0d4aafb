/** What stands for a secret in the settings. */
export type Reference = { readonly kind: 'secret' } | { readonly kind: 'variable'; readonly name: string };

/** A text of the settings: without a reference, with one and what is around it, or with one that means nothing. */
export type SecretText =
  | { readonly kind: 'literal' }
  | { readonly kind: 'reference'; readonly reference: Reference; readonly before: string; readonly after: string }
  | { readonly kind: 'unknown' };

/** Looks for `${secret}` and `${env:NAME}`. More than one, or any other `${…}`, is `unknown`. */
export function parseSecretText(text: string): SecretText {
  const [found, ...more] = text.matchAll(/\$\{([^}]*)\}/g);
  if (found === undefined) return { kind: 'literal' };
  const reference = parseReference(found[1] ?? '');
  if (reference === undefined || more.length > 0) return { kind: 'unknown' };
  return {
    kind: 'reference',
    reference,
    before: text.slice(0, found.index),
    after: text.slice(found.index + found[0].length),
  };
}

function parseReference(inside: string): Reference | undefined {
  if (inside === 'secret') return { kind: 'secret' };
  const name = /^env:([A-Za-z_]\w*)$/.exec(inside)?.[1];
  return name === undefined ? undefined : { kind: 'variable', name };
}
