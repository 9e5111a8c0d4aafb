import assert from 'node:assert/strict';
import type { Environment } from '../../../src/core/environment/environment.ts';
import { readEnvironments } from '../../../src/core/environment/read.ts';
import { OpsError } from '../../../src/core/errors.ts';
import type { ServiceProbe } from '../../../src/core/health/monitor.ts';
import type { Reading, ServiceReport } from '../../../src/core/health/reading.ts';

export const never = new AbortController().signal;

/** A valid environment with these settings. */
export function environmentWith(settings: object): Environment {
  const { environments, problems } = readEnvironments({ shop: { tier: 'development', ...settings } }, undefined);
  const [environment] = environments;
  assert.ok(environment, JSON.stringify(problems));
  return environment;
}

/** Gives the secrets of these fields, and no other. */
export function secretsOf(known: Readonly<Record<string, string>> = {}) {
  return (field: string): Promise<string | undefined> => Promise.resolve(known[field]);
}

/** Reads everything. */
export function readAll(probe: ServiceProbe): Promise<ServiceReport> {
  return probe.read(never, true);
}

/** The error a read must end with. */
export async function failureOf(probe: ServiceProbe): Promise<OpsError> {
  const error: unknown = await readAll(probe).then(
    ({ summary }) => assert.fail(`It was read: ${summary}`),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof OpsError, String(error));
  return error;
}

/** The reading of that id, which must be there. */
export function reading({ readings }: ServiceReport, id: string): Reading {
  const found = readings.find((one) => one.id === id);
  assert.ok(found, `${id} is not among ${readings.map((one) => one.id).join(', ')}`);
  return found;
}

/** `value` and `state` of the reading of that id. */
export function said(report: ServiceReport, id: string): readonly [string, string] {
  const { value, state } = reading(report, id);
  return [value, state];
}
