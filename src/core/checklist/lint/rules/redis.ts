import type { TextEdit } from '../../../environment/jsonInsert.ts';
import { passwordInUrl } from '../../../environment/secretFields.ts';
import type { LintWord } from '../events.ts';
import { redisCallOf } from '../redisCommand.ts';
import type { RedisCall } from '../redisCommand.ts';
import type { Found, LintFix, LintRule } from '../types.ts';
import { commandsWithPlaces } from './places.ts';

export const redisKeys: LintRule = {
  id: 'redis-keys',
  severity: 'warning',
  documentation: '`KEYS` walks all keys in one go, and Redis answers nobody else meanwhile; `--scan` does it in steps.',
  *check(document) {
    for (const { command } of commandsWithPlaces(document)) {
      const call = redisCallOf(command);
      const words = call?.words ?? command.words;
      const [name, pattern, more] = words;
      if (name === undefined || (call === undefined ? name.text !== 'KEYS' : !/^keys$/i.test(name.text))) continue;
      yield {
        message:
          'KEYS stops Redis for everyone until all keys are read. Use `redis-cli --scan --pattern`, which reads them in steps.',
        range: { start: name.range.start, end: words.at(-1)?.range.end ?? name.range.end },
        fixes:
          call && pattern && !more
            ? [{ title: 'Use --scan --pattern', edits: [replace(name, '--scan --pattern')] }]
            : [],
      };
    }
  },
};

export const redisFlushall: LintRule = {
  id: 'redis-flushall',
  severity: 'warning',
  documentation: '`FLUSHALL` empties every database of the server, not only the cache’s.',
  *check(document) {
    for (const { command } of commandsWithPlaces(document)) {
      const call = redisCallOf(command);
      const [name] = call?.words ?? command.words;
      if (name === undefined || (call === undefined ? name.text !== 'FLUSHALL' : !/^flushall$/i.test(name.text)))
        continue;
      yield {
        message:
          'FLUSHALL deletes the keys of every database of this server, also those that are not the cache’s. Use FLUSHDB with the cache’s database (`-n`), or delete by prefix.',
        range: name.range,
      };
    }
  },
};

export const passwordOnCommandLine: LintRule = {
  id: 'password-on-command-line',
  severity: 'warning',
  documentation:
    'A password among the arguments of redis-cli can be read by every user of the machine, and stays in the shell’s history; `REDISCLI_AUTH` keeps it in the environment.',
  *check(document) {
    const { text } = document.context;
    for (const { command } of commandsWithPlaces(document)) {
      const call = redisCallOf(command);
      if (call === undefined) continue;
      for (const [option, value] of call.options) {
        if (value !== undefined && isPassword(option.text, value.text)) yield exposed(call, option, value, text);
      }
    }
  },
};

function isPassword(option: string, value: string): boolean {
  return option === '-a' || option === '--pass' || (option === '-u' && passwordInUrl(value) !== undefined);
}

function exposed(call: RedisCall, option: LintWord, value: LintWord, text: string): Found {
  const literal = option.text !== '-u' && !/[$`<]/.test(value.text);
  const fix = option.text === '-u' || call.at > 0 ? undefined : moveToEnvironment(call, option, value, text);
  return {
    message: `${literal ? 'This password stands in the document, and everyone' : 'Everyone'} on the machine can read what follows ${option.text} while the command runs. Set REDISCLI_AUTH in its environment instead.`,
    range: { start: option.range.start, end: value.range.end },
    fixes: fix === undefined ? [] : [fix],
  };
}

/** More blank space than anyone puts between two words; looking no further keeps long documents fast. */
const NEARBY = 200;

/** `redis-cli -h x -a $P ping` → `REDISCLI_AUTH=$P redis-cli -h x ping`. */
function moveToEnvironment({ program }: RedisCall, option: LintWord, value: LintWord, text: string): LintFix {
  const after = /^(?:[ \t]|\\\r?\n)+/.exec(text.slice(value.range.end, value.range.end + NEARBY))?.[0].length ?? 0;
  const before =
    /[ \t]*$/.exec(text.slice(Math.max(0, option.range.start - NEARBY), option.range.start))?.[0].length ?? 0;
  const start = after > 0 ? option.range.start : option.range.start - before;
  return {
    title: 'Set REDISCLI_AUTH instead',
    edits: [
      { offset: program.range.start, length: 0, content: `REDISCLI_AUTH=${value.raw} ` },
      { offset: start, length: value.range.end + after - start, content: '' },
    ],
  };
}

function replace({ range }: LintWord, content: string): TextEdit {
  return { offset: range.start, length: range.end - range.start, content };
}
