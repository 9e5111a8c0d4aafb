import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { HttpTarget } from '../../../src/clients/http.ts';
import { downloadFile } from '../../../src/clients/httpStream.ts';
import { startHttpStandIn } from '../../live/support/httpStandIn.ts';
import type { HttpStandIn } from '../../live/support/httpStandIn.ts';
import { makeCertificates } from '../../sandbox/certificates.ts';

/** Longer than many reads of a socket, and nowhere the same. */
const content = Array.from({ length: 400_000 }, (_, index) => `${index}`).join(' ');
const { signal } = new AbortController();

describe('a file that is downloaded', () => {
  let folder: string;
  let stops: (() => unknown)[];

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'cache-ops-download-'));
    stops = [() => rm(folder, { recursive: true })];
  });
  afterEach(async () => {
    for (const stop of stops.toReversed()) await stop();
  });

  function targetOf(server: HttpStandIn, ca?: string): HttpTarget {
    const agents = { plain: new HttpAgent({ keepAlive: true }), secure: new HttpsAgent({ keepAlive: true, ca }) };
    const close = (): void => {
      agents.plain.destroy();
      agents.secure.destroy();
    };
    stops.push(() => server.stop(), close);
    return { baseUrl: server.url, headers: {}, agents, secrets: [], close };
  }

  async function assertWhole(target: HttpTarget): Promise<void> {
    const file = path.join(folder, 'copy');
    const sha256 = createHash('sha256').update(content).digest('hex');
    assert.deepEqual(await downloadFile(target, '/file', file, { signal }), { bytes: content.length, sha256 });
    assert.equal(await readFile(file, 'utf8'), content);
    await rm(file);
  }

  it('is whole, also by a connection that is kept', async () => {
    const target = targetOf(await startHttpStandIn(() => ({ body: content })));
    await assertWhole(target);
    await assertWhole(target);
  });

  it('is whole over TLS', async () => {
    const files = await makeCertificates(folder);
    const read = (file: string): Promise<string> => readFile(file, 'utf8');
    const tls = { cert: await read(files.server.cert), key: await read(files.server.key) };
    const server = await startHttpStandIn(() => ({ body: content }), tls);
    await assertWhole(targetOf(server, await read(files.ca)));
  });

  it('is refused with the server’s words, and no file is left', async () => {
    const target = targetOf(await startHttpStandIn(() => ({ status: 404, body: 'no such snapshot' })));
    const answer = await downloadFile(target, '/file', path.join(folder, 'copy'), { signal });
    assert.deepEqual(answer, { status: 404, body: 'no such snapshot', type: '', etag: undefined });
    await assert.rejects(readFile(path.join(folder, 'copy')), { code: 'ENOENT' });
  });
});
