const deepest = 2;
/** Numbers, hashes and UUIDs name one thing each; as prefixes they would be as many as the keys. */
const identifier = /^(?:\d+|[\da-f]{8,}|[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12})$/i;
const separator = /[:/|]/;

export const withoutPrefix = '(no prefix)';

/**
 * What a key has in common with others: its first two parts before the last `:`, `/` or `|`, identifiers as `*`.
 * `cache:search:9f` → `cache:search:`, `user:17:cart` → `user:*:`.
 */
export function prefixOf(key: string): string {
  let prefix = '';
  let from = 0;
  for (let depth = 0; depth < deepest; depth++) {
    const length = key.slice(from, from + 256).search(separator);
    if (length === -1) break;
    const part = key.slice(from, from + length);
    prefix += (identifier.test(part) ? '*' : part) + (key[from + length] ?? '');
    from += length + 1;
  }
  return prefix === '' ? withoutPrefix : prefix;
}
