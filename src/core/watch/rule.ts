import type { CriterionDraft } from '../checklist/meaning/criteria/draft.ts';
import type { Reading } from '../checklist/meaning/criteria/types.ts';
import type { NumberComparator } from '../checklist/meaning/expectations/types.ts';
import { formatDuration } from '../format.ts';
import { serviceOfSource } from '../health/environmentHitRate.ts';
import type { ServiceId } from '../health/monitorServices.ts';

export type Severity = 'critical' | 'warning' | 'info';

/** A comparison of one number, as the criteria of checklists have it. */
export interface Comparison extends CriterionDraft {
  readonly comparator: NumberComparator;
}

/** What has to be so for an alert. */
export type Condition =
  /** Base units on both sides: ratio 0 to 1, bytes, milliseconds. */
  | { readonly kind: 'number'; readonly comparison: Comparison; readonly reading: Reading }
  /** A service is down; or, with `reading`, one of its readings is degraded. */
  | { readonly kind: 'state'; readonly service: ServiceId; readonly reading: string | undefined }
  /** Nothing that is read tells it. `setting` is the one that would change that: `metrics.latency`. */
  | { readonly kind: 'unbound'; readonly why: string; readonly setting: string | undefined };

/** One thing to be told of, in one environment. */
export interface AlertRule {
  /** Made of what it says, so that it is the same after a restart. */
  readonly id: string;
  /** `p95 > 100ms`: without the duration. */
  readonly when: string;
  /** How long the condition must be seen to last; 0: once is enough. */
  readonly holdMs: number;
  readonly severity: Severity;
  /** What to do about it, in the words of the settings. */
  readonly message: string | undefined;
  readonly condition: Condition;
  /** What is assumed of the reading, as a sentence. */
  readonly note: string | undefined;
}

export const severities: readonly Severity[] = ['critical', 'warning', 'info'];

/** `p95 > 100ms for 10 min` */
export function ruleWords({ when, holdMs }: AlertRule): string {
  return holdMs === 0 ? when : `${when} for ${formatDuration(holdMs)}`;
}

/** The services whose reads tell of the condition: several where the next is read when the better tells nothing. */
export function sourcesOf({ condition }: AlertRule): readonly ServiceId[] {
  switch (condition.kind) {
    case 'number': {
      const { reading } = condition;
      return reading.source === 'hitRate' ? reading.from.map((one) => serviceOfSource[one]) : [reading.source];
    }
    case 'state':
      return [condition.service];
    case 'unbound':
      return [];
  }
}
