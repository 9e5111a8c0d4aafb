import * as z from 'zod/mini';
import { matching, secret, text, yesOrNo } from './fields.ts';
import { hints } from './hints.ts';

const tlsOptions = z
  .strictObject({
    ca: z.optional(
      text('the path of a PEM file', {
        description: 'Certificate authority to trust, a PEM file. A relative path starts at the workspace folder.',
        examples: ['certs/ca.pem'],
      }),
    ),
    cert: z.optional(
      text('the path of a PEM file', {
        description: 'Client certificate, a PEM file, for servers that ask for one.',
        examples: ['certs/client.pem'],
      }),
    ),
    key: z.optional(
      text('the path of a PEM file', {
        description: 'Private key of the client certificate, a PEM file.',
        examples: ['certs/client.key'],
      }),
    ),
    passphrase: z.optional(secret({ description: 'Passphrase of the private key.' })),
    serverName: z.optional(
      text('a host name', {
        description: 'Name the server’s certificate is checked against, when it differs from the host connected to.',
      }),
    ),
    verify: yesOrNo(true, {
      description: 'Check the server’s certificate. `false` accepts any server, and with it anyone in between.',
    }),
  })
  .register(hints, { description: 'TLS: certificate files and how the server is checked.' });

/** Settings of a TLS connection; file paths as written. */
export type TlsSettings = z.output<typeof tlsOptions>;

/** `true` is TLS with the defaults, `false` the same as leaving it out. */
export const tls = z
  .pipe(
    z.union([z.boolean(), tlsOptions], { error: 'true, or an object with ca, cert, key, serverName, verify' }),
    z.transform((value): TlsSettings | undefined =>
      typeof value === 'boolean' ? (value ? { verify: true } : undefined) : value,
    ),
  )
  .register(hints, {
    description:
      'TLS with `true`, or with certificate files of your own. An address with `rediss` or `https` needs none of it.',
    examples: [true],
  });

const headers = z
  .record(
    matching(/^[\w!#$%&'*+.^`|~-]+$/, 'the name of an HTTP header', { description: 'Name of a header.' }),
    z.string({ error: 'the header’s value in quotes' }).register(hints, { description: 'Value of the header.' }),
  )
  .register(hints, {
    description: 'Headers sent with every request. A value may hold one reference: `"Bearer ${secret}"`.',
    examples: [{ 'X-Scope-OrgID': 'cache-team' }],
  });

/** How an HTTP service is spoken to: who asks, with which headers, over which TLS. */
export const httpConnection = {
  username: z.optional(
    text('a user name', { description: 'User name, where the server asks for one (basic authentication).' }),
  ),
  password: z.optional(secret({ description: 'Password of that user.' })),
  headers: z.optional(headers),
  tls: z.optional(tls),
};
