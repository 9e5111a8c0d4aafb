import { Agent as HttpAgent } from 'node:http';
import type { AgentOptions, ClientRequestArgs } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { AgentOptions as SecureAgentOptions } from 'node:https';
import { Duplex } from 'node:stream';
import type { ConnectionOptions } from 'node:tls';
import { OpsError } from '../../core/errors.ts';
import { asSocket } from './stream.ts';
import type { Dial } from './stream.ts';

type Created = (error: Error | null, stream: Duplex) => void;

/** Agents whose connections go through a tunnel; no local port is opened for them. */
export interface TunnelAgents {
  readonly plain: HttpAgent;
  readonly secure: HttpsAgent;
  /** Why the tunnel last failed; undefined while it works. An HTTP client keeps only the words of an error. */
  readonly failure: () => OpsError | undefined;
}

export function tunnelAgents(dial: Dial, options: SecureAgentOptions): TunnelAgents {
  let failure: OpsError | undefined;
  const note = (error: unknown): void => {
    if (error instanceof OpsError) failure = error;
  };
  const open = async ({ host, port }: ClientRequestArgs): Promise<Duplex> => {
    try {
      const stream = asSocket(await dial(withoutBrackets(host ?? ''), Number(port)));
      stream.on('error', note);
      failure = undefined;
      return stream;
    } catch (error) {
      note(error);
      throw error;
    }
  };
  return { plain: new Plain(open, options), secure: new Secure(open, options), failure: () => failure };
}

type Open = (options: ClientRequestArgs) => Promise<Duplex>;

class Plain extends HttpAgent {
  readonly #open: Open;

  constructor(open: Open, options: AgentOptions) {
    super(options);
    this.#open = open;
  }

  override createConnection(options: ClientRequestArgs, created?: Created): undefined {
    answer(this.#open(options), created);
  }
}

class Secure extends HttpsAgent {
  readonly #open: Open;

  constructor(open: Open, options: SecureAgentOptions) {
    super(options);
    this.#open = open;
  }

  /** The certificate is checked against the host of the address, or tls.serverName, as without a tunnel. */
  override createConnection(options: SecureAgentOptions & ClientRequestArgs, created?: Created): undefined {
    const secured = this.#open(options).then((socket) => {
      const over: ConnectionOptions = { ...options, socket };
      const stream = super.createConnection(over);
      if (stream) return stream;
      throw new Error('No TLS connection could be made.');
    });
    answer(secured, created);
  }
}

function answer(opening: Promise<Duplex>, created: Created | undefined): void {
  opening.then(
    (stream) => created?.(null, stream),
    // A failed connection has no stream; the type wants one.
    (error: Error) => created?.(error, new Duplex().destroy()),
  );
}

function withoutBrackets(host: string): string {
  return host.replace(/^\[(.*)\]$/, '$1');
}
