/** Why a snapshot of one Qdrant cannot be restored by another; undefined where it can: the same minor version or the next. */
export function qdrantObstacle(from: string, to: string): string | undefined {
  const [before, now] = [minorOf(from), minorOf(to)];
  if (!before || !now) return `The version of Qdrant is not known (taken from "${from}", restored by "${to}").`;
  if (before.major === now.major && (now.minor === before.minor || now.minor === before.minor + 1)) return undefined;
  return `A snapshot of Qdrant ${from} can be restored by the same minor version or the next one; this is ${to}.`;
}

/** Why the values of one Redis cannot be restored by another, as far as versions tell; undefined where nothing speaks against it. */
export function redisObstacle(from: string, to: string): string | undefined {
  const [before, now] = [minorOf(from), minorOf(to)];
  if (!before || !now) return undefined;
  const isOlder = now.major < before.major || (now.major === before.major && now.minor < before.minor);
  if (!isOlder) return undefined;
  return `The values were taken from Redis ${from}; this server is ${to}, which is older and may not be able to read them.`;
}

/** Of `7.0.15`, `v1.16.3`, `Valkey 8.1.1`. */
function minorOf(version: string): { readonly major: number; readonly minor: number } | undefined {
  const [, major, minor] = /^(?:[a-z]+ |v)?(\d+)\.(\d+)/i.exec(version) ?? [];
  return major === undefined || minor === undefined ? undefined : { major: Number(major), minor: Number(minor) };
}
