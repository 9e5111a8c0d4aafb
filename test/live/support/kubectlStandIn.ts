import { chmod, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

/**
 * A stand-in for kubectl, since there is no cluster with pods here: `port-forward` opens a local port and hands each
 * connection on to 127.0.0.1, at the same port. It says what kubectl says, on the stream on which kubectl says it.
 */
const script = `
import { createServer, connect } from 'node:net';
import { appendFileSync } from 'node:fs';
const args = process.argv.slice(2);
appendFileSync(new URL('./calls', import.meta.url), JSON.stringify({ pid: process.pid, args }) + '\\n');
if (args.includes('get')) {
  console.log('redis-0');
  process.exit(0);
}
if (!args.includes('--context=shop')) {
  console.error('error: context "' + (args.find((one) => one.startsWith('--context=')) ?? '').slice(10) + '" does not exist');
  process.exit(1);
}
const remote = Number(args.at(-1).replace(/^.*:/, ''));
const server = createServer((client) => {
  console.log('Handling connection for ' + server.address().port);
  const far = connect(remote, '127.0.0.1');
  far.on('error', (error) => {
    console.error('E0101 portforward.go:406] an error occurred forwarding ' + remote + ' -> ' + remote + ': ' + error.message);
    client.end();
  });
  client.on('error', () => far.destroy());
  client.pipe(far).pipe(client);
});
server.listen(0, '127.0.0.1', () => {
  console.log('Forwarding from 127.0.0.1:' + server.address().port + ' -> ' + remote);
});
`;

export interface KubectlStandIn {
  /** To be first in PATH. */
  readonly folder: string;
  /** One line for each call. */
  readonly log: string;
}

export async function writeKubectlStandIn(folder: string): Promise<KubectlStandIn> {
  await mkdir(folder, { recursive: true });
  const file = path.join(folder, 'kubectl');
  await writeFile(path.join(folder, 'kubectl.mjs'), script);
  await writeFile(file, `#!/bin/sh\nexec "${process.execPath}" "${path.join(folder, 'kubectl.mjs')}" "$@"\n`);
  await chmod(file, 0o755);
  return { folder, log: path.join(folder, 'calls') };
}
