import * as z from 'zod/mini';
import { oneOf, text, whole } from './fields.ts';
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
    ],
    { error: 'one of "ssh", "kubernetes"' },
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
