import { changing, destructive, readOnly, unknown, words } from './finding.ts';
import type { Call, Finding } from './finding.ts';
import { readOptions } from './options.ts';
import type { Options } from './options.ts';
import { DELETES, ENDLESS, FLUSHES, GROUP_READS, GROUP_RUINS, READS, RUINS, SCRIPTS, WRITES } from './redisCommands.ts';

const VALUED = words(`-h -p -t -s -a -u -r -i -n -d -D -X --user --pass --sni --cacert --cacertdir --cert --key
  --tls-ciphers --tls-ciphersuites --pattern --quoted-pattern --eval --rdb --functions-rdb --intrinsic-latency
  --lru-test --pipe-timeout --memkeys-samples --count --cursor --top`);

/** `redis-cli` and `valkey-cli`: by their options, then by what Redis itself says of the command. */
export function judgeRedisCli(call: Call): Finding {
  const options = readOptions(call.arguments, { valued: VALUED, stopsAtOperand: true });
  const finding = judgeMode(options) ?? judgeCommand(options);
  const secret = secretOf(options);
  const repeats = options.given.get('-r') === '-1' ? { endless: 'redis-cli -r -1 repeats the command for ever' } : {};
  return { ...finding, ...repeats, ...(secret === undefined ? {} : { secretOnCommandLine: secret }) };
}

function secretOf({ given }: Options): string | undefined {
  if (given.has('-a')) return 'redis-cli -a';
  if (given.has('--pass')) return 'redis-cli --pass';
  const address = given.get('-u');
  return address !== undefined && /\/\/[^@/]*:[^@/]+@/.test(address) ? 'redis-cli -u' : undefined;
}

/** Ways of running that are not a command. */
function judgeMode(options: Options): Finding | undefined {
  if (options.has('--eval')) return unknown('A Lua script may do anything');
  if (options.has('--pipe')) return changing('redis-cli --pipe sends a stream of commands to Redis');
  if (options.has('--rdb', '--functions-rdb')) return changing('redis-cli writes a copy of the database to a file');
  if (options.has('--lru-test')) return changing('--lru-test fills Redis with keys');
  if (options.has('--cluster')) return judgeCluster(options);
  if (options.has('--latency-history')) {
    return readOnly('--latency-history measures round trips', {
      endless: '--latency-history measures until it is stopped',
      instead: 'redis-cli LATENCY LATEST',
    });
  }
  if (options.has('--latency', '--latency-dist', '--stat', '--replica', '--slave')) {
    return readOnly('redis-cli only measures', {
      endless: 'redis-cli goes on until it is stopped',
      instead: 'redis-cli INFO stats',
    });
  }
  if (options.has('--bigkeys', '--memkeys', '--hotkeys', '--scan')) return walksAllKeys();
  return options.has('--intrinsic-latency') ? readOnly('It measures this machine') : undefined;
}

function walksAllKeys(): Finding {
  return readOnly('It walks over all keys', {
    costly: { why: 'It asks for every key of the database', instead: 'redis-cli DBSIZE' },
  });
}

function judgeCluster({ given }: Options): Finding {
  const action = given.get('--cluster') ?? '';
  return words('info check help').has(action)
    ? readOnly('It looks at the cluster')
    : destructive('It changes the cluster');
}

function judgeCommand({ operands, has }: Options): Finding {
  const [first, second] = operands;
  if (first === undefined) {
    return has('-x') || has('--version') || has('-v') || has('--help')
      ? readOnly('It says what redis-cli is')
      : unknown('redis-cli without a command waits for commands', { interactive: 'redis-cli waits for commands' });
  }
  if (first.text === undefined) return unknown('The command to Redis is not known before it runs');
  // `redis-cli "FLUSHALL"` and `redis-cli "CONFIG GET x"` are not the same to redis-cli; the first word is what counts.
  const [name = '', rest] = first.text.trim().split(/\s+/);
  return judgeRedis(name.toLowerCase(), rest ?? second?.text);
}

function judgeRedis(name: string, next: string | undefined): Finding {
  const shown = name.toUpperCase();
  if (FLUSHES.has(name)) {
    return destructive(`${shown} deletes every key of ${name === 'flushall' ? 'all databases' : 'the database'}`);
  }
  if (DELETES.has(name)) return destructive(`${shown} deletes data`);
  if (RUINS.has(name)) return destructive(`${shown} can take the server out of service`);
  if (SCRIPTS.has(name)) return unknown(`${shown} runs a script that may do anything`);
  if (GROUP_READS[name] !== undefined) return judgeGroup(name, next?.toLowerCase());
  if (ENDLESS.has(name)) return readOnly(`${shown} only listens`, { endless: `${shown} listens until it is stopped` });
  if (name === 'keys') {
    const costly = { why: 'KEYS stops the server while it looks at every key', instead: 'redis-cli --scan --pattern' };
    return readOnly('KEYS only reads', { costly });
  }
  if (READS.has(name)) return readOnly(`${shown} only reads`);
  return WRITES.has(name) ? changing(`${shown} changes data or writes to disk`) : unknown(`${shown} is not known`);
}

function judgeGroup(group: string, next: string | undefined): Finding {
  const shown = `${group} ${next ?? ''}`.trim().toUpperCase();
  if (next === undefined) return unknown(`What ${shown} is asked to do is not known`);
  if (GROUP_READS[group]?.has(next)) return readOnly(`${shown} only reads`);
  if (GROUP_RUINS[group]?.has(next)) return destructive(`${shown} cannot be undone`);
  return changing(`${shown} changes the server`);
}
