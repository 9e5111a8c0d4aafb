import * as z from 'zod/mini';
import { matching, oneOf, text, yesOrNo } from './fields.ts';
import { hints } from './hints.ts';
import { metric } from './metricsSchema.ts';
import { command, file } from './placeFields.ts';

const flagPlace = z
  .strictObject({
    file: z.optional(file('Configuration file that holds the flag.', 'config.yaml')),
    key: z.optional(
      text('a key, such as "cache.semantic.enabled"', {
        description: 'Key in the file or ConfigMap; dots lead inwards.',
        examples: ['cache.semantic.enabled'],
      }),
    ),
    line: z.optional(
      text('the line’s text', {
        description:
          'Instead of `key`: a line of the file that is active when the flag is on and commented out when it is off.',
        examples: ['app.add_middleware(CacheMiddleware)'],
      }),
    ),
    configMap: z.optional(
      text('the name of a ConfigMap', { description: 'ConfigMap with the flag, for a Kubernetes target.' }),
    ),
    redisKey: z.optional(
      text('a Redis key', { description: 'Redis key that holds the flag.', examples: ['feature:semantic_cache'] }),
    ),
    url: z.optional(
      matching(/^https?:\/\/[^\s/]\S*$/, 'an http or https address', {
        description: 'Address of the flag: GET answers its value, PUT sets it.',
        examples: ['http://localhost:8000/flags/semantic_cache'],
      }),
    ),
  })
  .register(hints, { description: 'Where the flag is kept, when not in the target’s environment.' });

export const flag = z
  .strictObject({
    on: z
      .string({ error: 'the value that means on, in quotes' })
      .register(hints, { description: 'Value that means on.', examples: ['1', 'true'] }),
    off: z
      .string({ error: 'the value that means off, in quotes' })
      .register(hints, { description: 'Value that means off.', examples: ['0', 'false'] }),
    in: z.optional(flagPlace),
    counter: z.optional(
      metric(
        'Counter of the application’s metrics that stands still while the flag is off; the cache’s hits unless set.',
        'tool_cache_hits_total{kind="semantic"}',
      ),
    ),
    restart: yesOrNo(true, { description: 'Whether the application must restart to see a change.' }),
  })
  .register(hints, {
    description: 'A feature flag: its values for on and off, and where it is kept.',
    defaultSnippets: [{ label: '1 / 0', description: 'On is 1, off is 0', body: { on: '${1:1}', off: '${2:0}' } }],
  });

export const rollback = z
  .strictObject({
    flags: z.optional(
      z
        .array(text('the name of a flag', { description: 'A flag of this environment.' }), {
          error: 'a list of flag names',
        })
        .register(hints, { description: 'Flags that the immediate rollback turns off; all of them unless set.' }),
    ),
    tag: z.optional(
      text('a git tag', {
        description: 'Git tag of the state before the deployment.',
        examples: ['pre-cache-enhancement'],
      }),
    ),
    strategy: z.optional(
      oneOf(['revert', 'checkout'], {
        description: 'How the full rollback returns to the tag.',
        enumDescriptions: [
          'A branch with a commit that takes back what came after the tag.',
          'The tag itself is checked out.',
        ],
      }),
    ),
    deploy: z.optional(command('Deploys the state that was returned to.', './deploy.sh production')),
    link: z.optional(file('Symbolic link that points to the version in use.', '/opt/crew/current')),
    previous: z.optional(file('What the link pointed to before.', '/opt/crew/releases/41')),
    log: z.optional(
      file('Text file with a line for each rollback; `monitoring/rollback_log.txt` unless set.', 'docs/rollbacks.md'),
    ),
  })
  .register(hints, { description: 'What a rollback returns to.' });
