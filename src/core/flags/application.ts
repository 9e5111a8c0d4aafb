import type { HealthState } from '../health/reading.ts';
import type { Sample } from '../health/applicationMetrics.ts';

/** The running application, as far as it can be seen from outside. */
export interface ApplicationView {
  /**
   * What its health endpoint and every check it reports say; one that does not answer is down. Undefined: the settings
   * name no such address. Throws OpsError `cancelled` only.
   */
  health(signal: AbortSignal): Promise<ApplicationHealth | undefined>;
  /** What it says of a flag in its health answer or statistics; undefined: nothing. Throws OpsError. */
  reported(name: string, signal: AbortSignal): Promise<string | undefined>;
  /** Its metrics page; undefined: the settings name none. Throws OpsError. */
  samples(signal: AbortSignal): Promise<readonly Sample[] | undefined>;
}

export interface ApplicationHealth {
  readonly state: HealthState;
  /** `“healthy”, HTTP 200`, with the checks that are not. */
  readonly words: string;
}

const deepest = 5;

/** The value of a field of that name, wherever it stands in an answer: the process's own report of a flag. */
export function reportedIn(json: unknown, name: string, depth = 0): string | undefined {
  if (typeof json !== 'object' || json === null || depth > deepest) return undefined;
  for (const [key, value] of Object.entries(json)) {
    if (key !== name) continue;
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return String(value);
  }
  for (const value of Object.values(json)) {
    const found = reportedIn(value, name, depth + 1);
    if (found !== undefined) return found;
  }
  return undefined;
}
