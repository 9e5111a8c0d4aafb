import type { Environment } from '../environment/environment.ts';

/** The services of an environment that are watched, in the order the tree shows them. */
export const serviceIds = ['redis', 'qdrant', 'prometheus', 'application', 'grafana'] as const;

export type ServiceId = (typeof serviceIds)[number];

/** Read with one probe that reads and judges; Redis has a monitor of its own. */
export type ProbedServiceId = Exclude<ServiceId, 'redis'>;

export const serviceNames: Readonly<Record<ServiceId, string>> = {
  redis: 'Redis',
  qdrant: 'Qdrant',
  prometheus: 'Prometheus',
  application: 'Application',
  grafana: 'Grafana',
};

/** The services the environment's settings name. */
export function servicesOf({ settings }: Environment): readonly ServiceId[] {
  return serviceIds.filter((id) => settings[id] !== undefined);
}
