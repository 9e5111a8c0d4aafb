import { spawn } from 'node:child_process';
import { once } from 'node:events';

/**
 * Another client that asks PING every 5 ms; `stop` gives the 99th percentile of its answers in ms. In a process of its own,
 * so that our own work delays nothing but the server's answers.
 */
export async function startPinger(port: number): Promise<{ stop(): Promise<number> }> {
  const child = spawn(process.execPath, ['-e', pinger, String(port)], { stdio: ['pipe', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  return {
    async stop() {
      child.stdin.end('stop');
      const [p99]: unknown[] = await once(child.stdout, 'data');
      return Number(String(p99));
    },
  };
}

const pinger = `
const socket = require('node:net').connect(Number(process.argv[1]), '127.0.0.1');
socket.setNoDelay(true);
const sent = [], took = [];
socket.on('data', (data) => { for (const byte of data) if (byte === 10) took.push(performance.now() - sent.shift()); });
socket.on('connect', () => {
  const timer = setInterval(() => { sent.push(performance.now()); socket.write('PING\\r\\n'); }, 5);
  process.stdin.on('data', () => {
    clearInterval(timer);
    took.sort((a, b) => a - b);
    console.log(took[Math.floor(took.length * 0.99)]);
    socket.destroy();
  });
  console.log('ready');
});
`;
