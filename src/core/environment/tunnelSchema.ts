import * as z from 'zod/mini';
import { oneOf, secret, text, whole } from './fields.ts';
import { hints } from './hints.ts';

export const tunnel = z
  .discriminatedUnion(
    'kind',
    [
      z.strictObject({
        kind: z.literal('ssh').register(hints, { description: 'Through a host reached by SSH.' }),
        host: text('a host name or an alias of your SSH configuration', {
          description: 'Host to go through, or its alias in the SSH configuration.',
          examples: ['bastion.example.org'],
        }),
        port: z.optional(
          whole(1, 65_535, { description: 'SSH port; 22 unless the SSH configuration says otherwise.' }),
        ),
        username: z.optional(text('a user name', { description: 'SSH user.' })),
        identityFile: z.optional(
          text('the path of a key file', { description: 'Private key file.', examples: ['~/.ssh/id_ed25519'] }),
        ),
        passphrase: z.optional(secret({ description: 'Passphrase of `identityFile`, where no agent holds the key.' })),
        password: z.optional(secret({ description: 'Password of the SSH user, where the host takes no key.' })),
        services: z.optional(tunnelled()),
      }),
      z.strictObject({
        kind: z.literal('kubernetes').register(hints, { description: 'Through `kubectl port-forward`.' }),
        context: text('the name of a kubectl context', {
          description: 'Context of the kubectl configuration.',
          examples: ['staging'],
        }),
        namespace: z.optional(text('the name of a Kubernetes namespace', { description: 'Kubernetes namespace.' })),
        services: z.optional(tunnelled()),
      }),
      z.strictObject({
        kind: z.literal('command').register(hints, {
          description:
            'Through commands of your own that forward a local port. Each is started when its service is read, after you allowed it once, and ended when nobody reads any more.',
        }),
        commands: z
          .strictObject({
            redis: z.optional(forward('Forwards Redis.', 'svc/redis', 6379)),
            qdrant: z.optional(forward('Forwards Qdrant.', 'svc/qdrant', 6333)),
            prometheus: z.optional(forward('Forwards Prometheus.', 'svc/prometheus', 9090)),
            grafana: z.optional(forward('Forwards Grafana.', 'svc/grafana', 3000)),
            application: z.optional(forward('Forwards the application.', 'svc/crew-app', 8000)),
          })
          .register(hints, {
            description: 'The command of each service that is not reached directly; the others are.',
          }),
        localPorts: z.optional(
          z
            .strictObject({
              redis: z.optional(localPort()),
              qdrant: z.optional(localPort()),
              prometheus: z.optional(localPort()),
              grafana: z.optional(localPort()),
              application: z.optional(localPort()),
            })
            .register(hints, {
              description:
                'Local ports of commands that always open the same one. Better: `{port}` in the command stands for a free one, and what `kubectl port-forward` says is understood.',
              examples: [{ redis: 16379 }],
            }),
        ),
      }),
    ],
    { error: 'one of "ssh", "kubernetes", "command"' },
  )
  .register(hints, {
    description: 'How the servers are reached when not directly. Their addresses are written as seen from the far end.',
    defaultSnippets: [
      { label: 'SSH', description: 'Through a bastion host', body: { kind: 'ssh', host: '${1:bastion.example.org}' } },
      {
        label: 'Kubernetes',
        description: 'kubectl port-forward',
        body: { kind: 'kubernetes', context: '${1:staging}' },
      },
      {
        label: 'Command',
        description: 'A command that forwards a local port',
        body: { kind: 'command', commands: { redis: ['kubectl', 'port-forward', 'svc/${1:redis}', ':${2:6379}'] } },
      },
    ],
  });

function tunnelled() {
  return z
    .array(
      oneOf(['redis', 'qdrant', 'prometheus', 'grafana', 'application'], {
        description: 'A service of this environment.',
      }),
      { error: 'a list of services, such as ["redis", "qdrant"]' },
    )
    .register(hints, {
      description: 'What goes through the tunnel; without it, everything.',
      examples: [['redis', 'qdrant']],
    });
}

/** A program and its arguments, each a text of its own: no shell reads them. */
function forward(description: string, resource: string, port: number) {
  const error = 'a program and its arguments, such as ["kubectl", "port-forward", "svc/redis", ":6379"]';
  return z
    .array(text('a text', { description: 'The program, or an argument. `{port}` stands for a free local port.' }), {
      error,
    })
    .check(z.minLength(1, { error }))
    .register(hints, {
      description: `${description} A program and its arguments, run without a shell; \`{port}\` stands for a free local port.`,
      examples: [
        ['kubectl', 'port-forward', resource, `:${port}`],
        ['ssh', '-N', '-L', `{port}:localhost:${port}`, 'bastion.example.org'],
      ],
    });
}

function localPort() {
  return whole(1, 65_535, { description: 'The port on this machine that the command opens.' });
}
