import type { ServiceIdentity } from '../operations/identity.ts';

interface Identified {
  readonly identify?: (signal: AbortSignal) => Promise<ServiceIdentity>;
}

/** Each once. What has no identity of its own, such as a file here, is compared by its content. */
export async function identitiesOf(
  all: readonly (Identified | undefined)[],
  signal: AbortSignal,
): Promise<readonly ServiceIdentity[]> {
  const known = await Promise.all(all.flatMap((one) => one?.identify?.(signal) ?? []));
  return [...new Map(known.map((one) => [`${one.service} ${one.address}`, one])).values()];
}
