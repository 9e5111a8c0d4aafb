import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { openDeployment, openFlagStore } from '../../src/clients/flags/open.ts';
import { systemClock } from '../../src/core/clock.ts';
import { findInPath } from '../sandbox/install.ts';
import { environmentOf } from './support/runs.ts';

const never = new AbortController().signal;

/**
 * A stand-in for systemctl: it writes down what it is asked, and shows the environment of the drop-ins as they were when
 * it was last told to read them. A real systemd is never started for a test.
 */
const systemctlStandIn = `#!/bin/sh
echo "$*" >> "$STATE/asked"
dropins="$XDG_CONFIG_HOME/systemd/user/desk.service.d"
case "$*" in
*daemon-reload*) cat "$dropins"/*.conf > "$STATE/read" 2>/dev/null ;;
*restart*) test ! -e "$STATE/refuses" || { echo "Job for desk.service failed." >&2; exit 1; } ;;
*show*desk.service*)
  echo LoadState=loaded
  echo ActiveState=active
  echo Result=success
  echo MainPID=$$
  echo "EnvironmentFiles=$(cat "$STATE/files" 2>/dev/null)"
  echo "Environment=BASE=x $(sed -n 's/%%/%/g; s/^Environment=//p' "$STATE/read" 2>/dev/null | tr '\\n' ' ')" ;;
*show*) echo LoadState=not-found ;;
esac
`;

/** A stand-in for ssh: what it is given for the other machine is read by a shell, as there. */
const sshStandIn = `#!/bin/sh
echo ssh >> "$STATE/asked"
for last do :; done
exec /bin/sh -c "$last"
`;

describe('flags of a systemd unit (stand-ins for systemctl and ssh)', () => {
  let folder: string;
  let state: string;
  const inherited = { ...process.env };

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'cache-ops-systemd-'));
    state = join(folder, 'state');
    const programs = join(folder, 'programs');
    await mkdir(state);
    await mkdir(programs);
    for (const [name, text] of [
      ['systemctl', systemctlStandIn],
      ['ssh', sshStandIn],
    ] as const) {
      await writeFile(join(programs, name), text);
      await chmod(join(programs, name), 0o755);
    }
    process.env['PATH'] = `${programs}:${inherited['PATH'] ?? ''}`;
    process.env['STATE'] = state;
    process.env['XDG_CONFIG_HOME'] = join(folder, 'config');
  });
  afterEach(async () => {
    process.env = { ...inherited };
    await rm(folder, { recursive: true, force: true });
  });

  const surroundings = (target: object = {}) => ({
    environment: environmentOf({
      target: { kind: 'systemd', unit: 'desk.service', scope: 'user', settleWithin: '5s', ...target },
      flags: { CACHE_ENABLED: { on: '1', off: '0' } },
    }),
    directory: folder,
    secret: () => Promise.resolve(undefined),
    clock: systemClock,
  });
  const dropIn = (): Promise<string> =>
    readFile(join(folder, 'config/systemd/user/desk.service.d/cache-ops.conf'), 'utf8');
  const asked = async (): Promise<string> => readFile(join(state, 'asked'), 'utf8').catch(() => '');

  for (const target of [{}, { host: 'deploy@desk-1' }])
    it(`are set in a drop-in, read again, and restarted${'host' in target ? ', through ssh' : ''}`, async () => {
      const flag = openFlagStore('CACHE_ENABLED', surroundings(target));
      assert.deepEqual(await flag.inspect(never), { obstacles: [], warnings: [] });
      assert.equal(await flag.read(never), undefined);
      await flag.write({ expected: undefined, value: `a'b "c" $(touch hacked)` }, never);
      assert.equal(await dropIn(), '[Service]\nEnvironment="CACHE_ENABLED=a\'b \\"c\\" $(touch hacked)"\n');
      assert.equal(await flag.read(never), `a'b "c" $(touch hacked)`);
      await flag.write({ expected: `a'b "c" $(touch hacked)`, value: '0' }, never);
      await assert.rejects(flag.write({ expected: '1', value: '0' }, never), /says 0 now, not 1/);
      await openDeployment(surroundings(target))?.restart(false, { signal: never, onProgress: () => undefined });
      const commands = (await asked()).split('\n').filter((line) => /reload|restart/.test(line));
      assert.deepEqual(commands, ['--user daemon-reload', '--user daemon-reload', '--user restart desk.service']);
      assert.equal((await asked()).includes('ssh'), 'host' in target);
      await assert.rejects(readFile(join(folder, 'hacked')));
    });

  it('are refused where an EnvironmentFile wins over the drop-in, or there is no such unit', async () => {
    await writeFile(join(folder, 'desk.env'), 'CACHE_ENABLED=1\n');
    await writeFile(join(state, 'files'), `${join(folder, 'desk.env')} (ignore_errors=no)`);
    const { obstacles } = await openFlagStore('CACHE_ENABLED', surroundings()).inspect(never);
    assert.match(obstacles.join(' '), /desk\.env sets CACHE_ENABLED as the unit’s EnvironmentFile, which wins/);
    const gone = await openFlagStore('CACHE_ENABLED', surroundings({ unit: 'gone.service' })).inspect(never);
    assert.match(gone.obstacles.join(' '), /no unit gone\.service that can be loaded \(not-found\)/);
  });

  it('a restart that fails says what systemctl said', async () => {
    await writeFile(join(state, 'refuses'), '');
    await assert.rejects(
      openDeployment(surroundings())?.restart(false, { signal: never, onProgress: () => undefined }) ??
        Promise.resolve(),
      /Job for desk\.service failed/,
    );
  });

  it('the drop-in is one that systemd itself accepts', async function () {
    if ((await findInPath(['systemd-analyze'])) === undefined) {
      console.log('    skipped: there is no systemd-analyze');
      return this.skip();
    }
    const units = join(folder, 'config/systemd/user');
    const flag = openFlagStore('CACHE_ENABLED', surroundings());
    await flag.write({ expected: undefined, value: '50% "quoted"' }, never);
    await writeFile(join(units, 'desk.service'), '[Service]\nExecStart=/bin/true\n');
    const verify = async (): Promise<string> => {
      const { stderr } = await promisify(execFile)('systemd-analyze', ['verify', join(units, 'desk.service')]);
      return stderr;
    };
    assert.doesNotMatch(await verify(), /cache-ops\.conf/);
    await writeFile(join(units, 'desk.service.d/broken.conf'), '[Service]\nEnvironment="A=b\n');
    assert.match(await verify(), /broken\.conf/, 'it does read drop-ins');
  });
});
