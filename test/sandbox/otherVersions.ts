import { ensureFromSuite } from './install.ts';
import type { Report } from './install.ts';

const common = [
  'libc6',
  'libatomic1',
  'libgcc-s1',
  'libgcrypt20',
  'libgpg-error0',
  'libjemalloc2',
  'liblz4-1',
  'liblzf1',
  'liblzma5',
  'libstdc++6',
  'libsystemd0',
  'libzstd1',
];
const newer = [...common, 'libcap2', 'libssl3t64', 'zlib1g'];

/** What the servers need of their own suite, beside themselves. */
const libraries = {
  bullseye: [...common, 'liblua5.1-0', 'libssl1.1', 'lua-bitop', 'lua-cjson'],
  trixie: newer,
  forky: newer,
} as const;

/** Where the versions come from that this system's packages are not: other suites of Debian. */
const places = {
  'Redis 6': { suite: 'bullseye', program: 'redis-server', packages: ['redis-server', 'redis-tools'] },
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
  const packages = [...new Set(ofSuite.flatMap((one) => one.packages)), ...libraries[suite]];
  const programs = ofSuite.map((one) => one.program);
  const paths = await ensureFromSuite({ suite, packages, programs }, report);
  return paths.get(program) ?? '';
}

/** Fetches all of them, which lie in three suites; where one cannot be had, its tests say why they are left out. */
export async function fetchVersions(report: Report): Promise<void> {
  for (const version of ['Redis 6', 'Redis 8', 'Valkey 8'] as const)
    await ensureVersion(version, report).catch(() => undefined);
}
