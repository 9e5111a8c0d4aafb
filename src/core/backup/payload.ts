/** The version of the RDB format and a checksum end every DUMP; they depend on the server, the value before them need not. */
const footerLength = 10;

/**
 * Whether two DUMP payloads hold the same value. A set or hash that is kept as a table comes in an order of the server's own
 * making: there, the same type and the same bytes in another order count as the same.
 */
export function isSameValue(one: Uint8Array, other: Uint8Array): boolean {
  if (one.length !== other.length || one.length <= footerLength || one[0] !== other[0]) return false;
  const length = one.length - footerLength;
  let at = 0;
  while (at < length && one[at] === other[at]) at++;
  return at === length || (isTable(one[0]) && hasSameBytes(one, other, length));
}

/** RDB_TYPE_SET, RDB_TYPE_HASH and the hash with expiring fields, plain; not the packed encodings, which keep their order. */
function isTable(type: number | undefined): boolean {
  return type === 2 || type === 4 || type === 24;
}

function hasSameBytes(one: Uint8Array, other: Uint8Array, length: number): boolean {
  const counts = new Int32Array(256);
  for (let index = 0; index < length; index++) {
    const [a = 0, b = 0] = [one[index], other[index]];
    counts[a] = (counts[a] ?? 0) + 1;
    counts[b] = (counts[b] ?? 0) - 1;
  }
  return counts.every((count) => count === 0);
}
