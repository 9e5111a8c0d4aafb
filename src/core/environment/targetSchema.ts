import * as z from 'zod/mini';
import { durationMs, matching, preset, text, yesOrNo } from './fields.ts';
import { hints } from './hints.ts';
import { command, file } from './placeFields.ts';

const settleWithin = z.optional(
  durationMs({
    description: 'How long a restart may take before it counts as failed; five minutes unless set.',
    examples: ['5m'],
  }),
);

const envFile = z.strictObject({
  kind: z
    .literal('envFile')
    .register(hints, { description: 'A `.env` file, and a command that restarts what reads it.' }),
  file: file('The file with the flags.', '.env'),
  restart: command('Restarts the application, so that it reads the file again.', 'pm2 restart crew-app --update-env'),
  directory: z.optional(
    text('the path of a folder', { description: 'Folder the command runs in; the workspace folder unless set.' }),
  ),
  settleWithin,
});

const compose = z.strictObject({
  kind: z.literal('compose').register(hints, { description: 'Docker Compose.' }),
  services: z
    .array(text('the name of a Compose service', { description: 'A service.' }), {
      error: 'a list of services, such as ["backend"]',
    })
    .check(z.minLength(1, { error: 'at least one service' }))
    .register(hints, {
      description: 'Services that read the flags and are recreated after a change.',
      examples: [['backend']],
    }),
  files: z.optional(
    z
      .array(text('the path of a Compose file', { description: 'A Compose file.' }), {
        error: 'a list of Compose files',
      })
      .register(hints, {
        description: 'Compose files, in their order; Compose’s own default unless set.',
        examples: [['docker-compose.yml']],
      }),
  ),
  envFile: z.optional(file('The file with the flags; `.env` beside the first Compose file unless set.', '.env')),
  project: z.optional(
    text('the name of a Compose project', { description: 'Compose project; from the folder’s name unless set.' }),
  ),
  directory: z.optional(
    text('the path of a folder', { description: 'Project folder; the workspace folder unless set.' }),
  ),
  context: z.optional(
    text('the name of a Docker context', { description: 'Docker context, for an engine elsewhere.' }),
  ),
  settleWithin,
});

const kubernetes = z.strictObject({
  kind: z.literal('kubernetes').register(hints, { description: 'A workload in Kubernetes, through `kubectl`.' }),
  context: text('the name of a kubectl context', {
    description:
      'Context of the kubectl configuration. Always named, so that a switch of the current context changes nothing here.',
    examples: ['prod'],
  }),
  namespace: text('the name of a Kubernetes namespace', { description: 'Kubernetes namespace.', examples: ['crew'] }),
  workload: matching(
    /^(deployment|statefulset|daemonset)\/[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/,
    'a workload, such as "deployment/crew-app"',
    {
      description: 'Workload that reads the flags: `deployment/…`, `statefulset/…` or `daemonset/…`.',
      examples: ['deployment/crew-app'],
    },
  ),
  container: z.optional(
    text('the name of a container', { description: 'Container with the flags, if not all of them.' }),
  ),
  configMap: z.optional(
    text('the name of a ConfigMap', {
      description: 'ConfigMap that holds the flags; the workload’s own environment unless set.',
    }),
  ),
  kubeconfig: z.optional(file('The kubectl configuration; kubectl’s own default unless set.', '~/.kube/config')),
  settleWithin,
});

const systemd = z.strictObject({
  kind: z.literal('systemd').register(hints, { description: 'A systemd unit; flags go into a drop-in file.' }),
  unit: matching(/^[\w:.\\@-]+\.service$/, 'a service unit, such as "crew.service"', {
    description: 'Unit that reads the flags.',
    examples: ['crew.service'],
  }),
  scope: preset(z.enum(['system', 'user'], { error: 'one of "system", "user"' }), 'system').register(hints, {
    description: 'Whose unit it is.',
    enumDescriptions: ['The machine’s.', 'The user’s own (`systemctl --user`).'],
  }),
  dropIn: preset(
    z.string().check(z.regex(/^[\w.-]+\.conf$/, { error: 'the name of a drop-in file, such as "cache-ops.conf"' })),
    'cache-ops.conf',
  ).register(hints, {
    description: 'Name of the drop-in file that is written for the flags.',
    patternErrorMessage: 'Expected the name of a drop-in file, such as "cache-ops.conf".',
  }),
  host: z.optional(
    text('a host name or an alias of your SSH configuration', {
      description: 'Host it runs on, reached by SSH; this machine unless set.',
      examples: ['deploy@app-1'],
    }),
  ),
  sudo: yesOrNo(false, { description: 'Write and restart through `sudo -n`.' }),
  settleWithin,
});

const commands = z.strictObject({
  kind: z.literal('command').register(hints, { description: 'Commands of your own, for every other way to deploy.' }),
  get: command(
    'Prints the flag’s current value. The flag’s name is in `$CACHE_OPS_FLAG`.',
    './deploy.sh flag get "$CACHE_OPS_FLAG"',
  ),
  set: command(
    'Sets a flag. Its name is in `$CACHE_OPS_FLAG`, the value in `$CACHE_OPS_VALUE`.',
    './deploy.sh flag set "$CACHE_OPS_FLAG" "$CACHE_OPS_VALUE"',
  ),
  restart: z.optional(command('Restarts the application, where a changed flag needs it.', './deploy.sh restart')),
  status: z.optional(command('Succeeds when the application runs again.', './deploy.sh status')),
  directory: z.optional(
    text('the path of a folder', { description: 'Folder the commands run in; the workspace folder unless set.' }),
  ),
  settleWithin,
});

export const target = z
  .discriminatedUnion('kind', [envFile, compose, kubernetes, systemd, commands], {
    error: 'one of "envFile", "compose", "kubernetes", "systemd", "command"',
  })
  .register(hints, {
    description: 'Where the application runs, and so how its flags are set and how it is restarted.',
    defaultSnippets: [
      {
        label: '.env file',
        description: 'A .env file and a restart command',
        body: { kind: 'envFile', file: '${1:.env}', restart: '$2' },
      },
      { label: 'Docker Compose', description: 'Docker Compose', body: { kind: 'compose', services: ['${1:backend}'] } },
      {
        label: 'Kubernetes',
        description: 'A workload in Kubernetes',
        body: { kind: 'kubernetes', context: '$1', namespace: '${2:default}', workload: 'deployment/$3' },
      },
      { label: 'systemd', description: 'A systemd unit', body: { kind: 'systemd', unit: '${1:app}.service' } },
      { label: 'Commands', description: 'Commands of your own', body: { kind: 'command', get: '$1', set: '$2' } },
    ],
  });
