import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import type { Server } from 'node:net';
import { explain } from '../../../src/core/errors.ts';
import { freePort } from '../../../src/clients/freePort.ts';
import { assertPortFree, chooseUsualPort, findPortHolder, isPortTaken } from '../../sandbox/ports.ts';

describe('Ports', () => {
  let server: Server;
  let port: number;
  beforeEach(async () => {
    port = await freePort();
    server = createServer();
    await new Promise<void>((resolve) => {
      server.listen(port, '127.0.0.1', resolve);
    });
  });
  afterEach(
    () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
      }),
  );

  it('one in use is named with who holds it and what to do', async () => {
    const message = await assertPortFree(port, 'Redis').then(() => 'free', explain);
    assert.match(message, new RegExp(`^Port ${port}, wanted for Redis, is in use by .*${process.pid}`));
    assert.match(message, new RegExp(`kill ${process.pid}`));
    assert.match(message, /choose another port/);
  });

  it('the holder is found by its process id', async () => {
    assert.equal((await findPortHolder(port))?.pid, process.pid);
    assert.equal(await findPortHolder(await freePort()), undefined);
  });

  it('a usual port is taken when it is free, and another with a word about it when it is not', async () => {
    const said: string[] = [];
    const free = await freePort();
    assert.equal(await chooseUsualPort(free, 'Redis', (line) => said.push(line)), free);
    assert.equal(said.length, 0);
    const other = await chooseUsualPort(port, 'Redis', (line) => said.push(line));
    assert.notEqual(other, port);
    assert.equal(await isPortTaken(other), false);
    assert.match(said.join(), new RegExp(`Port ${port} is in use by .*Redis takes ${other} instead`));
  });
});
