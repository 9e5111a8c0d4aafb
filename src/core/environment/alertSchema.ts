import * as z from 'zod/mini';
import { matching, oneOf, preset, text } from './fields.ts';
import { hints } from './hints.ts';

/** `p95 > 100ms for 10m`, `redis down for 1m`. What is measured is read and bound when the rules are watched. */
export const alertPattern =
  /^\s*(?:[^<>=]*[A-Za-z][^<>=]*(?:<=?|>=?)\s*\d[\d.,]*\s*[^<>=]*|(?:redis|qdrant|prometheus|application|grafana) down(?:\s+for\s+\d+\s*\w+)?)\s*$/i;

const expected = 'a condition, such as "p95 > 100ms for 10m" or "redis down for 1m"';

const condition = {
  description:
    'What is wrong, and for how long it must last: `hit rate < 30% for 15m`, `memory > 90% for 2m` (of `maxmemory`), `evictions > 100/min`, `error rate > 5% for 5m`, `redis down for 1m`.',
  examples: ['p95 > 100ms for 10m', 'memory > 90% for 2m', 'hit rate < 30% for 15m', 'redis down for 1m'],
};

const alertObject = z.strictObject({
  when: matching(alertPattern, expected, condition),
  severity: preset(
    oneOf(['critical', 'warning', 'info'], {
      description: 'How bad that is.',
      enumDescriptions: ['Act now.', 'Look at it soon.', 'Good to know.'],
    }),
    'warning',
  ),
  message: z.optional(
    text('a sentence', {
      description: 'What to do about it; shown with the alert.',
      examples: ['Scale the application out before the queue fills.'],
    }),
  ),
});

/** A text alone is a warning. */
const alert = z.pipe(
  z.union([matching(alertPattern, expected, condition), alertObject], {
    error: `${expected}, or an object with "when", "severity" and "message"`,
  }),
  z.transform((written): z.output<typeof alertObject> =>
    typeof written === 'string' ? { when: written, severity: 'warning', message: undefined } : written,
  ),
);

export const alerts = z
  .array(alert.register(hints, { description: 'An alert: a condition, or an object that also says how bad it is.' }), {
    error: `a list of conditions, such as ["p95 > 100ms for 10m"]`,
  })
  .register(hints, {
    description:
      'Conditions to be told of. The values of `limits` are watched as well: each must last for a minute. Watched while the status bar shows the environment, or the Health view is open.',
    examples: [['p95 > 100ms for 10m', { when: 'memory > 90% for 2m', severity: 'critical' }]],
  });
