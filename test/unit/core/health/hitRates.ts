import assert from 'node:assert/strict';
import type { Environment } from '../../../../src/core/environment/environment.ts';
import { readEnvironments } from '../../../../src/core/environment/read.ts';
import type { ServiceReport } from '../../../../src/core/health/reading.ts';
import type { HitRate } from '../../../../src/core/metrics/hitRate.ts';
import type { HitRateSource, SourcedHitRate } from '../../../../src/core/metrics/sourcedHitRate.ts';

export const noon = new Date(2026, 0, 5, 12, 0, 0).getTime();

export function environmentOf(settings: object): Environment {
  const { environments, problems } = readEnvironments({ shop: settings }, undefined);
  assert.deepEqual(problems, []);
  const [environment] = environments;
  assert.ok(environment);
  return environment;
}

/** Read three seconds before noon. */
export function measured(source: HitRateSource, rate: HitRate, more: Partial<SourcedHitRate> = {}): SourcedHitRate {
  return { source, rate, parts: [], samples: 31, newestAtMs: noon - 3_000, ...more };
}

export function reportWith(...hitRates: SourcedHitRate[]): ServiceReport {
  return { state: 'healthy', summary: 'healthy', readings: [], readAtMs: noon - 3_000, hitRates };
}

export const refused: ServiceReport = {
  state: 'down',
  summary: 'connection refused',
  readings: [],
  readAtMs: noon - 60_000,
  failure: { code: 'refused', message: 'cache:6379 refused the connection.', next: 'Check the port.' },
};
