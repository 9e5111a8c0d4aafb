import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Redis } from 'ioredis';
import * as z from 'zod/mini';
import { makeScratchFolder } from '../../src/clients/backup/scratchFolder.ts';
import { isRunning } from '../../src/clients/processIdentity.ts';
import { eventually } from '../eventually.ts';
import { ensureProgram } from '../sandbox/install.ts';
import { ensureQdrant } from '../sandbox/qdrant.ts';

const said = z.object({ socket: z.string(), url: z.string(), folders: z.array(z.string()), alone: z.string() });

describe('an editor that is killed while it tests a backup', function () {
  this.timeout(60_000);
  const usual = process.env['TMPDIR'];
  let temporary: string;
  let editor: ReturnType<typeof start> | undefined;
  const start = (programs: readonly string[]) =>
    spawn(process.execPath, [path.join(import.meta.dirname, 'support/scratchUntilKilled.ts'), ...programs], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });

  before(async () => {
    temporary = await mkdtemp(path.join(tmpdir(), 'k-'));
    process.env['TMPDIR'] = temporary;
  });
  after(async () => {
    editor?.kill('SIGKILL');
    if (usual === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = usual;
    await rm(temporary, { recursive: true });
  });

  it('leaves no scratch server and none of its data; what had none yet goes with the next test', async () => {
    editor = start([await ensureProgram('redis-server'), await ensureQdrant()]);
    const [line] = await once(editor.stdout.setEncoding('utf8'), 'data');
    const { socket, url, folders, alone } = said.parse(JSON.parse(String(line)));
    const redis = new Redis({ path: socket, retryStrategy: () => null });
    redis.on('error', () => undefined);
    const pid = Number(/process_id:(\d+)/.exec(await redis.info('server'))?.[1]);
    assert.equal((await fetch(`${url}/readyz`)).ok, true);
    const others = path.join(temporary, 'cache-ops-others');
    await mkdir(others);

    const meanwhile = await makeScratchFolder();
    await access(alone);
    editor.kill('SIGKILL');
    await once(editor, 'exit');
    await eventually(async () => assert.equal(await isRunning({ pid }), false));
    await eventually(() => assert.rejects(fetch(`${url}/readyz`)));
    for (const folder of folders) await eventually(() => assert.rejects(access(folder)));
    redis.disconnect();

    await access(alone);
    const next = await makeScratchFolder();
    await assert.rejects(access(alone));
    for (const kept of [meanwhile, next, others]) await access(kept);
  });
});
