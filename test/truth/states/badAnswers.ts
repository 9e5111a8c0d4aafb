import { gzipSync } from 'node:zlib';
import { startBadServer } from '../../live/support/badServers.ts';
import type { ServiceId } from '../../../src/core/health/monitorServices.ts';
import type { Stage, State } from '../state.ts';

interface Service {
  readonly id: ServiceId;
  readonly name: string;
  readonly settings: (url: string) => object;
}

const services: readonly Service[] = [
  { id: 'qdrant', name: 'Qdrant', settings: (url) => ({ qdrant: { url, collections: ['shop'] } }) },
  { id: 'prometheus', name: 'Prometheus', settings: (url) => ({ prometheus: { url, job: 'shop' } }) },
  { id: 'application', name: 'Application', settings: (url) => ({ application: { health: `${url}/health` } }) },
  { id: 'grafana', name: 'Grafana', settings: (url) => ({ grafana: { url } }) },
];

/** What a stand-in writes to whoever asks, byte for byte. */
interface Answer {
  readonly name: string;
  readonly bytes: () => Iterable<Buffer | string>;
  /** It says no more, and does not hang up either. */
  readonly hangs?: true;
  readonly says: RegExp;
}

const head = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n';
const half = '{"status":"ok","result":{"status":"gre';

function* megabytes(count: number): Generator<Buffer | string> {
  yield `${head}\r\n{"status":"`;
  for (let index = 0; index < count; index += 1) yield Buffer.alloc(1024 * 1024, 'x');
  yield '"}';
}

/** A few bytes on the way, and 60 MB when it is unpacked. */
function packed(): Buffer[] {
  const body = gzipSync(`{"status":"${'x'.repeat(60 * 1024 * 1024)}"}`);
  return [Buffer.from(`${head}content-encoding: gzip\r\ncontent-length: ${body.length}\r\n\r\n`), body];
}

const moved = (location: string): string =>
  `HTTP/1.1 302 Found\r\nconnection: close\r\nlocation: ${location}\r\ncontent-length: 0\r\n\r\n`;

const silent = /^timed out.*did not answer within 5 s/;

const answers: readonly Answer[] = [
  { name: 'accepts and says nothing', bytes: () => [], hangs: true, says: silent },
  {
    name: 'falls silent within its answer',
    bytes: () => [`${head}content-length: 4000\r\n\r\n${half}`],
    hangs: true,
    says: silent,
  },
  {
    name: 'hangs up within its answer',
    bytes: () => [`${head}content-length: 4000\r\n\r\n${half}`],
    says: /^connection closed.*in the middle of its answer/,
  },
  { name: 'sends half a JSON', bytes: () => [`${head}\r\n${half}`], says: /^unexpected answer/ },
  { name: 'sends 50 MB', bytes: () => megabytes(50), says: /^unexpected answer.*sent more than (1\.0|32\.0) MB/ },
  { name: 'sends 60 MB packed', bytes: packed, says: /^unexpected answer/ },
  {
    name: 'is no web server',
    bytes: () => ['SSH-2.0-OpenSSH_9.2\r\n'],
    says: /^unexpected answer.*does not speak HTTP/,
  },
  {
    name: 'sends on to itself for ever',
    bytes: () => [moved('/again')],
    says: /^unexpected answer.*again and again.*\/again/,
  },
  { name: 'sends on to no address', bytes: () => [moved('http://')], says: /^unexpected answer.*no address/ },
];

async function answeringWith(stage: Stage, { bytes, hangs }: Answer): Promise<string> {
  const { port } = await stage.own(
    startBadServer((socket) =>
      socket.on('data', () => {
        for (const part of bytes()) if (!socket.destroyed) socket.write(part);
        if (!hangs) socket.end();
      }),
    ),
  );
  return `http://127.0.0.1:${port}`;
}

export const badAnswerStates: readonly State[] = services.flatMap(({ id, name, settings }) =>
  answers.map((answer): State => ({
    name: `${name}: it ${answer.name}`,
    service: id,
    standIn: true,
    make: async (stage) => ({ settings: settings(await answeringWith(stage, answer)) }),
    expect: expected(id, answer),
  })),
);

/** Whatever an application answers is an answer, though it may tell nothing. */
function expected(id: ServiceId, { name, says }: Answer): State['expect'] {
  if (id !== 'application' || !/half a JSON|packed/.test(name)) return { state: 'down', says };
  return { state: 'unknown', says: /^unknown: health/, readings: { health: ['unknown', /not a health report/] } };
}
