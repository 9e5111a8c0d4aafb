import assert from 'node:assert/strict';
import { parseSnapshots, stateBetween } from '../../../../src/core/run/shellState.ts';
import type { Snapshot } from '../../../../src/core/run/shellState.ts';

function snapshot(kind: 'baseline' | 'state', records: Readonly<Record<string, string>>): Snapshot {
  return { kind, records: new Map(Object.entries(records)) };
}

const start = snapshot('baseline', {
  directory: '/srv\n',
  options: 'set +o nounset\nset +o errexit\nshopt -u extglob\numask 0022\n',
  'variable PATH': 'declare -x PATH="/bin"\n',
  'variable TOKEN': 'declare -x TOKEN="given"\n',
  'variable SHLVL': 'declare -x SHLVL="1"\n',
});

function stateAfter(changes: Readonly<Record<string, string>>, without: readonly string[] = []): readonly string[] {
  const records = new Map([...start.records, ...Object.entries(changes)]);
  for (const name of without) records.delete(name);
  return stateBetween(start, { kind: 'state', records })
    .script.split('\n')
    .filter((line) => line !== '' && line !== "__cacheOps_flags=''");
}

describe('The state that passes to the next block', () => {
  it('holds what changed, and not the variables that were given', () => {
    assert.deepEqual(stateAfter({ 'variable HOST': 'declare -- HOST="redis"\n' }), ['declare -- HOST="redis"']);
  });

  it('takes away what was taken away', () => {
    assert.deepEqual(stateAfter({}, ['variable TOKEN']), ['unset -v TOKEN']);
  });

  it('leaves out what is the shell’s own or ours', () => {
    const own = {
      'variable SHLVL': 'declare -x SHLVL="2"\n',
      'variable RANDOM': 'declare -i RANDOM="7"\n',
      'variable __cacheOps_code': 'declare -- __cacheOps_code="0"\n',
      'function __cacheOps_end': '__cacheOps_end () { :; }\n',
      'variable CACHE_OPS_BLOCK': 'declare -x CACHE_OPS_BLOCK="x"\n',
    };
    assert.deepEqual(stateAfter(own), []);
  });

  it('sets options before functions, which may need them, and flags that stop the shell last', () => {
    const { script } = stateBetween(
      start,
      snapshot('state', {
        ...Object.fromEntries(start.records),
        options: 'set -o nounset\nset +o errexit\nshopt -s extglob\numask 0077\n',
        'function f': 'f () \n{ \n    echo @(a|b)\n}\n',
        flags: 'e\n',
      }),
    );
    const order = ['set -o nounset', 'shopt -s extglob', 'umask 0077', 'f ()', "__cacheOps_flags='e'"];
    const places = order.map((text) => script.indexOf(text));
    assert.ok(
      places.every((place, index) => place > (places[index - 1] ?? -1)),
      script,
    );
    assert.doesNotMatch(script, /errexit/);
  });

  it('knows the directory, whatever characters its name has', () => {
    const latin1 = Buffer.from('/srv/Köln ✅\n').toString('latin1');
    assert.equal(stateBetween(start, snapshot('state', { directory: latin1 })).directory, '/srv/Köln ✅');
  });

  it('is read only from a snapshot that was told to its end', () => {
    const whole = 'baseline\0variable A\ndeclare -- A="1\n2"\n\0end\0';
    const [first, ...more] = parseSnapshots(`${whole}state\0variable A\ndecl`);
    assert.deepEqual(more, []);
    assert.equal(first?.records.get('variable A'), 'declare -- A="1\n2"\n');
  });
});
