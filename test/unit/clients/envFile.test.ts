import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { processVariables, readComposeVariables, readEnvFile } from '../../../src/clients/envFile.ts';
import { OpsError } from '../../../src/core/errors.ts';

describe('variables of a target', () => {
  let folder = '';
  const write = (name: string, text: string): void => writeFileSync(path.join(folder, name), text);
  const compose = async (files?: readonly string[], services = ['web']): Promise<Record<string, string>[]> => {
    const places = await readComposeVariables({ directory: folder, files, envFile: undefined, services });
    return places.map(({ values }) => Object.fromEntries(values));
  };

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'cache-ops-env-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('are read from a .env file, which is named when it is not there', async () => {
    write('.env', 'A=1\n');
    assert.deepEqual([...(await readEnvFile(path.join(folder, '.env')))], [['A', '1']]);
    await assert.rejects(readEnvFile(path.join(folder, 'no.env')), /no\.env does not exist/);
  });

  it('are those of the process', () => {
    assert.equal(processVariables().get('PATH'), process.env['PATH']);
  });

  it('are what the Compose file gives the service', async () => {
    mkdirSync(path.join(folder, 'env'));
    write('.env', 'TAG=7\nHANDED=on\n');
    write('env/web.env', 'A=file\nB=file\n');
    write(
      'docker-compose.yml',
      'x-common: &common\n  C: "$$5"\nservices:\n  web:\n    env_file: [env/web.env, {path: env/none.env, required: false}]\n    environment:\n      <<: *common\n      A: from-${TAG}-${NONE:-x}\n      N: 5\n      HANDED:\n      NOWHERE_SET_1:\n  list:\n    environment:\n      - L=a=b\n      - HANDED\n',
    );
    assert.deepEqual(await compose(undefined, ['web', 'list']), [
      { A: 'from-7-x', B: 'file', C: '$5', N: '5', HANDED: 'on' },
      { L: 'a=b', HANDED: 'on' },
    ]);
  });

  it('are those of several files, the last winning', async () => {
    write('a.yml', 'services: {web: {environment: {A: "1", B: "1"}}}');
    write('b.yml', 'services: {web: {environment: {A: "2"}}}');
    assert.deepEqual(await compose(['a.yml', 'b.yml']), [{ A: '2', B: '1' }]);
  });

  it('say what is missing or broken', async () => {
    const refusal = async (work: Promise<unknown>): Promise<string> => {
      const error: unknown = await work.then(
        () => undefined,
        (reason: unknown) => reason,
      );
      assert.ok(error instanceof OpsError && error.code === 'file', String(error));
      return error.message;
    };
    assert.match(await refusal(compose()), /has no Compose file/);
    write('compose.yaml', 'services: {db: {}}');
    assert.match(await refusal(compose()), /compose\.yaml has no service web/);
    write('compose.yaml', 'services: {web: [');
    assert.match(await refusal(compose()), /compose\.yaml cannot be read/);
    write('compose.yaml', 'services: {web: {env_file: gone.env}}');
    assert.match(await refusal(compose()), /gone\.env does not exist/);
  });
});
