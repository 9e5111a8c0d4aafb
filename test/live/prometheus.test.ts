import assert from 'node:assert/strict';
import path from 'node:path';
import { resolveHttpTarget } from '../../src/clients/http.ts';
import type { HttpTarget } from '../../src/clients/http.ts';
import { queryValue } from '../../src/clients/prometheus.ts';
import { readEnvironments } from '../../src/core/environment/read.ts';
import { OpsError } from '../../src/core/errors.ts';
import { startPrometheus } from '../sandbox/prometheus.ts';
import { findFreePort } from '../sandbox/serverProcess.ts';
import { startBadServer } from './support/badServers.ts';

const folder = path.resolve(import.meta.dirname, '../../.sandbox/live-prometheus');
const never = new AbortController().signal;

async function targetAt(url: string): Promise<HttpTarget> {
  const [environment] = readEnvironments({ shop: { prometheus: { url } } }, undefined).environments;
  const settings = environment?.settings.prometheus;
  assert.ok(environment && settings);
  return resolveHttpTarget(environment, 'prometheus', settings, () => Promise.resolve(undefined));
}

async function failureOf(url: string, query = '1'): Promise<OpsError> {
  const error: unknown = await queryValue(await targetAt(url), query, never).then(
    () => assert.fail('It answered.'),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof OpsError, String(error));
  return error;
}

describe('a query to Prometheus', () => {
  let server: Awaited<ReturnType<typeof startPrometheus>>;

  before(async () => {
    server = await startPrometheus({ folder, targets: [] });
  });

  after(() => server.stop());

  it('gives its one value', async () => {
    assert.equal(await queryValue(await targetAt(server.url), 'vector(1) + 0.5', never), 1.5);
    assert.equal(await queryValue(await targetAt(server.url), '42', never), 42);
  });

  it('tells no data from no traffic', async () => {
    assert.equal(await queryValue(await targetAt(server.url), 'not_there_total', never), undefined);
    assert.equal(await queryValue(await targetAt(server.url), 'vector(0) / vector(0)', never), Number.NaN);
  });

  it('that is wrong is refused with Prometheus’ own words', async () => {
    const { code, message } = await failureOf(server.url, 'sum(');
    assert.equal(code, 'protocol');
    assert.match(message, /Prometheus refused the query: .*parse error/);
  });

  it('with several series has no one value', async () => {
    const several = 'label_replace(vector(1), "a", "b", "", "") or label_replace(vector(2), "a", "c", "", "")';
    assert.match((await failureOf(server.url, several)).message, /2 series, where one value is needed/);
  });

  it('says that Prometheus is not there', async () => {
    assert.equal((await failureOf(`http://127.0.0.1:${await findFreePort()}`)).code, 'refused');
  });

  it('says that something else answers, or half an answer comes', async () => {
    const half = await startBadServer((socket) =>
      socket.end('HTTP/1.1 200 OK\r\ncontent-length: 20\r\n\r\n{"status":"succ'),
    );
    const other = await startBadServer((socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\n<html>'));
    assert.ok(['closed', 'protocol'].includes((await failureOf(`http://127.0.0.1:${half.port}`)).code));
    assert.match(
      (await failureOf(`http://127.0.0.1:${other.port}`)).message,
      /answered 200 with something that is no query result/,
    );
    await Promise.all([half.stop(), other.stop()]);
  });
});
