import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { postToWebhook } from '../../src/clients/webhook.ts';
import { announcement } from '../../src/core/operations/announcement.ts';
import { OperationRunner } from '../../src/core/operations/runner.ts';
import type { OperationEvent } from '../../src/core/operations/ports.ts';
import { environmentOf, operationOf, recordingPorts } from '../unit/core/operations/ports.ts';

describe('A webhook', () => {
  const bodies: string[] = [];
  let status = 200;
  let server: Server;
  let origin: string;

  before(async () => {
    server = createServer((request, response) => {
      let body = '';
      request.on('data', (piece) => (body += String(piece)));
      request.on('end', () => {
        bodies.push(`${request.headers.authorization ?? ''} ${request.url ?? ''} ${body}`);
        response.writeHead(status).end('no_such_channel');
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    assert.ok(address !== null && typeof address === 'object');
    origin = `http://127.0.0.1:${address.port}`;
  });
  after(() => server.close());

  const environment = environmentOf({
    tier: 'staging',
    webhook: { url: '${secret}', token: '${env:HOOK_TOKEN}' },
  });
  const secret = (field: string): Promise<string | undefined> =>
    Promise.resolve({ 'webhook.url': `${origin}/services/T0/verysecret`, 'webhook.token': 'tok3n' }[field]);

  it('is told the beginning and the end, without secrets', async () => {
    const told: Promise<void>[] = [];
    const { ports } = recordingPorts();
    const announce = (event: OperationEvent): Promise<void> => {
      const text = announcement(event, 'ada');
      told.push(postToWebhook(environment, text, secret, ['hunter22']));
      return Promise.resolve();
    };
    await new OperationRunner({ ...ports, announce }).run(operationOf(environment, { title: 'Set PASS to hunter22' }));
    await Promise.all(told);
    const [begun = '', ended = ''] = bodies.toSorted();
    assert.match(`${begun}${ended}`, /Bearer tok3n \/services\/T0\/verysecret/);
    assert.match(
      `${begun}${ended}`,
      /{"text":"Set PASS to ••• in staging \(staging\) begun by ada: Changes one thing\."}/,
    );
    assert.match(
      `${begun}${ended}`,
      /{"text":"Set PASS to ••• in staging: done and verified, after 0 s\. \(by ada\)"}/,
    );
  });

  it('that refuses is named by its host alone', async () => {
    status = 404;
    await assert.rejects(postToWebhook(environment, 'x', secret, []), (error: Error) => {
      assert.match(error.message, /HTTP 404.*no_such_channel/);
      return !error.message.includes('verysecret');
    });
  });
});
