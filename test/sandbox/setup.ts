import { join } from 'node:path';
import type { Report } from './install.ts';
import type { Ownership } from './ownership.ts';
import { chooseUsualPort } from './ports.ts';

const USUAL_PORTS = { redis: 6390, stagingRedis: 6391, qdrant: 6343, prometheus: 9190, app: 8310, stagingApp: 8311 };

export type Service = keyof typeof USUAL_PORTS;

/** What the parts of a sandbox share while they start. */
export interface Setup {
  readonly own: Ownership['own'];
  readonly workspace: string;
  /** To be spread into options: holds `report` where there is one. */
  readonly report: { readonly report?: Report };
  readonly dataFolder: (name: string) => string;
  /** To be spread into options: holds `port` where a usual one is wanted. */
  readonly port: (service: Service) => Promise<{ readonly port?: number }>;
}

export interface SetupOptions {
  readonly folder: string;
  readonly usualPorts?: boolean;
  readonly report?: Report;
}

export function createSetup(options: SetupOptions, own: Ownership['own']): Setup {
  const { folder, report } = options;
  return {
    own,
    workspace: join(folder, 'workspace'),
    report: report === undefined ? {} : { report },
    dataFolder: (name) => join(folder, 'data', name),
    port: async (service) =>
      options.usualPorts === true ? { port: await chooseUsualPort(USUAL_PORTS[service], service, report) } : {},
  };
}
