import { Agent as HttpAgent } from 'node:http';
import type { AgentOptions, ClientRequestArgs } from 'node:http';
import type { Agent as HttpsAgent } from 'node:https';
import type { AgentOptions as SecureAgentOptions } from 'node:https';
import { Duplex } from 'node:stream';
import type { ConnectionOptions } from 'node:tls';
import { OpsError } from '../../core/errors.ts';
import { SecureWitnessAgent } from '../reached.ts';
import { asSocket } from './stream.ts';
import type { Dial } from './stream.ts';

type Created = (error: Error | null, stream: Duplex) => void;

/** What requests through a tunnel are sent with; no local port is opened for them. */
export interface TunnelAgents {
  /** The agent of an address; its connections lead to that address only. */
  readonly agentOf: (address: URL) => HttpAgent | HttpsAgent;
  /** Why the tunnel last failed; undefined while it works. An HTTP client keeps only the words of an error. */
  readonly failure: () => OpsError | undefined;
  /** Ends all connections. */
  readonly destroy: () => void;
}

export function tunnelAgents(dial: Dial, options: SecureAgentOptions): TunnelAgents {
  const agents = new Map<string, HttpAgent | HttpsAgent>();
  let failure: OpsError | undefined;
  const note = (error: unknown): void => {
    if (error instanceof OpsError) failure = error;
  };
  const openAt = (host: string, port: number) => async (): Promise<Duplex> => {
    try {
      const stream = asSocket(await dial(host, port));
      stream.on('error', note);
      failure = undefined;
      return stream;
    } catch (error) {
      note(error);
      throw error;
    }
  };
  return {
    agentOf: ({ origin, protocol, hostname, port }) => {
      const known = agents.get(origin);
      if (known) return known;
      const host = hostname.replace(/^\[(.*)\]$/, '$1');
      const secure = protocol === 'https:';
      const open = openAt(host, port === '' ? (secure ? 443 : 80) : Number(port));
      const made = secure ? new Secure(open, host, options) : new Plain(open, options);
      agents.set(origin, made);
      return made;
    },
    failure: () => failure,
    destroy: () => {
      for (const agent of agents.values()) agent.destroy();
    },
  };
}

/**
 * The address as an HTTP client is given it, together with the real one as `host` header. The editor sends requests of
 * extensions through its proxy, whatever agent they have, but for those to this machine; these must not go there.
 */
export function pastProxy(address: string): { readonly url: string; readonly host: string } {
  const url = new URL(address);
  const { host } = url;
  // Only its looks: where the connection leads is the agent's business.
  url.hostname = 'localhost';
  return { url: url.href, host };
}

type Open = () => Promise<Duplex>;

class Plain extends HttpAgent {
  readonly #open: Open;

  constructor(open: Open, options: AgentOptions) {
    super(options);
    this.#open = open;
  }

  override createConnection(_options: ClientRequestArgs, created?: Created): undefined {
    answer(this.#open(), created);
  }
}

class Secure extends SecureWitnessAgent {
  readonly #open: Open;
  readonly #host: string;

  constructor(open: Open, host: string, options: SecureAgentOptions) {
    super(options);
    this.#open = open;
    this.#host = host;
  }

  /** The certificate is checked against the host of the address, or tls.serverName, as without a tunnel. */
  override createConnection(options: SecureAgentOptions & ClientRequestArgs, created?: Created): undefined {
    const secured = this.#open().then((socket) => {
      const over: ConnectionOptions = { ...options, host: this.#host, socket };
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
