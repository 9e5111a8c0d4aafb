import type { LintCommand, LintWord } from './events.ts';

/** A call of redis-cli, taken apart. */
export interface RedisCall {
  /** Where `redis-cli` stands among the command's words; 0 where nothing is before it. */
  readonly at: number;
  readonly program: LintWord;
  /** Options with their values: `[-h, $REDIS_HOST]`, `[--scan]`. */
  readonly options: readonly (readonly [option: LintWord, value?: LintWord])[];
  /** The Redis command with its arguments: `KEYS`, `cache:*`. */
  readonly words: readonly LintWord[];
}

const NO_CALLS = new Set(['echo', 'printf', 'grep', 'which', 'man', 'apt', 'apt-get', 'brew', 'pip', 'alias']);
const WITH_VALUE = new Set(
  `-h -p -t -s -a -u -r -i -n -d -D -X --user --pass --sni --cacert --cacertdir --cert --key --tls-ciphers
  --tls-ciphersuites --pattern --quoted-pattern --count --cursor --intrinsic-latency --lru-test --eval --rdb
  --functions-rdb --memkeys-samples --show-pushes --name`.split(/\s+/),
);

/** The call of redis-cli that a command is, or passes on: `docker-compose exec redis redis-cli PING`. */
export function redisCallOf({ words }: LintCommand): RedisCall | undefined {
  if (NO_CALLS.has(words[0]?.text ?? '')) return undefined;
  const at = words.findIndex(({ text }) => /^(?:\S*\/)?(?:redis|valkey)-cli$/.test(text));
  const program = words[at];
  if (program === undefined) return undefined;
  const options: (readonly [LintWord, LintWord?])[] = [];
  let next = at + 1;
  for (let option = words[next]; option?.text.startsWith('-'); option = words[next]) {
    const value = WITH_VALUE.has(option.text) ? words[next + 1] : undefined;
    options.push(value === undefined ? [option] : [option, value]);
    next += value === undefined ? 1 : 2;
  }
  return { at, program, options, words: words.slice(next) };
}
