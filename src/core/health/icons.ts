import type { Row } from '../row.ts';
import type { HealthState } from './reading.ts';

/** What a state looks like in the tree; words always say it too. */
export const icons: Readonly<Record<HealthState | 'fact', NonNullable<Row['icon']>>> = {
  healthy: { name: 'pass', color: 'testing.iconPassed' },
  degraded: { name: 'warning', color: 'problemsWarningIcon.foreground' },
  down: { name: 'error', color: 'problemsErrorIcon.foreground' },
  unknown: { name: 'question', color: 'problemsInfoIcon.foreground' },
  fact: { name: 'circle-small' },
};
