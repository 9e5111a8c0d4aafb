import { connect } from 'node:net';
import ssh2 from 'ssh2';

export interface SshPasswordStandIn {
  readonly port: number;
  /** What known_hosts says of it. */
  readonly knownHosts: string;
  stop(): Promise<void>;
}

/**
 * A stand-in for an SSH server that lets a user in by password: a real one asks the passwords of this machine's users.
 * `dialogue`: it asks for it in a dialogue, as PAM does.
 */
export async function startSshPasswordStandIn(password: string, dialogue: boolean): Promise<SshPasswordStandIn> {
  const { private: hostKey, public: publicKey } = ssh2.utils.generateKeyPairSync('ed25519');
  const server = new ssh2.Server({ hostKeys: [hostKey] }, (client) => {
    client.on('error', () => undefined);
    client.on('authentication', (context) => {
      if (!dialogue && context.method === 'password' && context.password === password) return context.accept();
      if (dialogue && context.method === 'keyboard-interactive') {
        return context.prompt([{ prompt: 'Password: ', echo: false }], '', '', (answers) =>
          answers[0] === password ? context.accept() : context.reject(),
        );
      }
      return context.reject([dialogue ? 'keyboard-interactive' : 'password']);
    });
    client.on('tcpip', (accept, _reject, { destIP, destPort }) => {
      const far = connect(destPort, destIP);
      const near = accept();
      far.on('error', () => near.end());
      near.on('error', () => far.destroy());
      near.pipe(far).pipe(near);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('It listens on no port.');
  const { port } = address;
  const [type = '', key = ''] = publicKey.split(' ');
  const stop = (): Promise<void> => new Promise((resolve) => server.close(() => resolve()));
  return { port, knownHosts: `[127.0.0.1]:${port} ${type} ${key}\n`, stop };
}
