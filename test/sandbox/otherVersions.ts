import { ensureFromSuite } from './install.ts';
import type { Report } from './install.ts';

/** What the servers need of their own suite, beside themselves. */
const libraries = [
  'libc6',
  'libstdc++6',
  'libgcc-s1',
  'libssl3t64',
  'libsystemd0',
  'libjemalloc2',
  'liblzf1',
  'libatomic1',
  'libcap2',
  'libzstd1',
  'liblzma5',
  'liblz4-1',
  'zlib1g',
  'libgcrypt20',
  'libgpg-error0',
];

/** Where the versions come from that this system's packages are not: newer suites of Debian. */
const places = {
  'Redis 8': { suite: 'forky', program: 'redis-server', packages: ['redis-server', 'redis-tools'] },
  'Valkey 8': { suite: 'trixie', program: 'valkey-server', packages: ['valkey-server', 'valkey-tools'] },
  'Valkey 9': { suite: 'forky', program: 'valkey-server', packages: ['valkey-server', 'valkey-tools'] },
  'Prometheus 3': { suite: 'forky', program: 'prometheus', packages: ['prometheus'] },
} as const;

export type OtherVersion = keyof typeof places;

/** The path of a server of that version. Throws an OpsError that says why where it cannot be had. */
export async function ensureVersion(version: OtherVersion, report?: Report): Promise<string> {
  const { suite, program } = places[version];
  const ofSuite = Object.values(places).filter((one) => one.suite === suite);
  const packages = [...new Set(ofSuite.flatMap((one) => one.packages)), ...libraries];
  const programs = ofSuite.map((one) => one.program);
  const paths = await ensureFromSuite({ suite, packages, programs }, report);
  return paths.get(program) ?? '';
}

/** Fetches all of them, which lie in two suites; where one cannot be had, its tests say why they are left out. */
export async function fetchVersions(report: Report): Promise<void> {
  for (const version of ['Redis 8', 'Valkey 8'] as const) await ensureVersion(version, report).catch(() => undefined);
}
